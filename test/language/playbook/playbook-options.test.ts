import { expect, test } from 'vitest';
import type { Arg, Playbook } from '../../../src/core/playbook/playbook-model.ts';
import { readPlaybookOptions } from '../../../src/language/playbook/playbook-options.ts';

const arg = (name: string, type: Arg['type']): Arg => ({ name, type, positional: false, required: false }) as unknown as Arg;
const playbook = {
  name: 'site',
  file: '/p/playbooks/site.yml',
  args: [arg('port', 'int'), arg('dry_run', 'bool'), arg('packages', 'list')],
} as unknown as Playbook;
const read = (...words: string[]) => readPlaybookOptions(playbook, words, ['--check', '--limit']);

test.each([
  [['a', 'b'], { positional: ['a', 'b'], named: {} }],
  [['--port', '99'], { positional: [], named: { port: '99' } }],
  [['--port=99', 'a'], { positional: ['a'], named: { port: '99' } }],
  [['--port=a=b'], { positional: [], named: { port: 'a=b' } }],
  [['--dry-run', 'a'], { positional: ['a'], named: { dry_run: true } }],
  [['--dry_run=false'], { positional: [], named: { dry_run: 'false' } }],
  [['--packages', 'x', '--packages=y'], { positional: [], named: { packages: 'x,y' } }],
  [['a', '--', '--port', '-x'], { positional: ['a', '--port', '-x'], named: {} }],
  [['-', '-5'], { positional: ['-', '-5'], named: {} }],
  [['--port', '-5'], { positional: [], named: { port: '-5' } }],
])('%j', (words, expected) => {
  expect(read(...words)).toMatchObject(expected);
});

test.each([
  [['--prt', '1'], 'Did you mean --port?'],
  [['--chek'], 'Did you mean --check?'],
  [['--nothing-like-it'], 'The arguments of site are --port, --dry_run, --packages.'],
  [['-x'], 'The arguments of site are --port, --dry_run, --packages.'],
])('%j is an error with what there is', (words, hint) => {
  expect(() => read(...words)).toThrow(expect.objectContaining({ code: 'SW1202', hint }));
});

test('a playbook without args says where to declare one', () => {
  expect(() => readPlaybookOptions({ ...playbook, args: [] }, ['--port'], [])).toThrow(
    expect.objectContaining({ hint: 'Declare it under args: of the playbook site.' }),
  );
});

test('an option without its value is an error', () => {
  expect(() => read('--port')).toThrow(
    expect.objectContaining({ message: '--port needs a value.', hint: expect.stringContaining('swarm run site --help') }),
  );
});
