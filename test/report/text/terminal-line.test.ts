import { expect, test } from 'vitest';
import { toTerminalLine } from '../../../src/report/text/terminal-line.ts';

const plain = { colour: false, ci: undefined } as const;

test('only colours of ours reach a terminal, and only where it has colours', () => {
  const line = 'a \x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07\x9b1A\u202eb\tc';
  expect(toTerminalLine(line, plain)).toBe('a red <U+202E>b\tc');
  expect(toTerminalLine(line, { ...plain, colour: true })).toBe('a \x1b[31mred\x1b[0m <U+202E>b\tc');
});

test('one line stays one line', () => {
  expect(toTerminalLine('name\n::warning ::x', plain)).toBe('name ::warning ::x');
});

test.each([
  ['::set-output name=x::y', ': :set-output name=x::y'],
  ['  ::error ::x', '  : :error ::x'],
  ['text ##vso[task.setvariable]x', 'text # #vso[task.setvariable]x'],
  ['##[group]x', '# #[group]x'],
  ["##teamcity[buildStatus text='x']", "# #teamcity[buildStatus text='x']"],
  ['a::b', 'a::b'],
  ['## heading', '## heading'],
])('%j is not a command to a build service', (line, shown) => {
  for (const ci of ['github', 'other'] as const) expect(toTerminalLine(line, { ...plain, ci })).toBe(shown);
  expect(toTerminalLine(line, plain)).toBe(line);
});
