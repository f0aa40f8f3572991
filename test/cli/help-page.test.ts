import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { commandPage, formatHelpPage } from '../../src/cli/help-page.ts';

const pageOf = (name: string, width?: number): readonly string[] => {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  return formatHelpPage(commandPage(command), width).split('\n');
};
const isOneWord = (line: string): boolean => line.trim().split(/ (?!\\$)/).length === 1;

describe.each([40, 60, 80, 132])('in %i columns', (width) => {
  test.each(commands.map(({ name }) => [name]))('the help of %s fits', (name) => {
    for (const line of pageOf(name, width)) if (!isOneWord(line)) expect(line.length, line).toBeLessThanOrEqual(width);
  });
});

test('a terminal of less than 40 columns gets the page for 40', () => {
  expect(pageOf('hosts list', 12)).toEqual(pageOf('hosts list', 40));
});

test('a command that takes two lines can be copied', () => {
  const lines = pageOf('exec', 40);
  const at = lines.findIndex((line) => line.endsWith(' \\'));
  expect(lines.slice(at, at + 2)).toEqual(['  swarm exec a,b --shell -- \\', "      'df -h | tail -n 1'"]);
});
