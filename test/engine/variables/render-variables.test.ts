import { expect, test } from 'vitest';
import type { Json } from '../../../src/core/json-value.ts';
import { renderVariables } from '../../../src/engine/variables/render-variables.ts';

const at = { file: 'test.yml', line: 1, column: 1, length: 1, text: '' };

/** A list, and how often its entries were listed. */
function countedList(entries: readonly Json[]): { readonly list: Json; readonly walks: () => number } {
  let walks = 0;
  const list = new Proxy(entries, {
    ownKeys: (target) => {
      walks += 1;
      return Reflect.ownKeys(target);
    },
  });
  return { list, walks: () => walks };
}

test('a list without templates is walked once, however many tasks have it', () => {
  const { list, walks } = countedList(['a', 'b']);
  for (let task = 0; task < 50; task++) expect(renderVariables({ list }, {}, at).done).toEqual({ list: ['a', 'b'] });
  const after = walks();
  renderVariables({ list }, {}, at);
  expect(walks()).toBe(after);
});

test('a list with templates has the values of each call', () => {
  const list = ['{{ name }}', 'b'];
  expect(['x', 'y'].map((name) => renderVariables({ list }, { name }, at).done)).toEqual([{ list: ['x', 'b'] }, { list: ['y', 'b'] }]);
});

test('a variable whose name is computed is there, whatever the order', () => {
  const vars = { chosen: '{{ get vars (concat kind "_port") }}', web_port: '{{ add base 80 }}', base: 8000 };
  expect(renderVariables(vars, { kind: 'web' }, at).done).toEqual({ chosen: 8080, web_port: 8080, base: 8000 });
  expect(renderVariables(vars, { kind: 'db' }, at).findBroken?.('chosen')?.message).toContain('the task has no variable `db_port`');
});
