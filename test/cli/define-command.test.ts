import { expect, test } from 'vitest';
import { defineCommand } from '../../src/cli/define-command.ts';

test('a command has its texts, and no args and options where it declares none', () => {
  const command = defineCommand({ name: 'ping', summary: 'Ping.', globals: ['limit'], examples: [], load: async () => () => 0 });
  expect(command).toMatchObject({ name: 'ping', summary: 'Ping.', globals: ['limit'], examples: [], args: [], options: {} });
  expect(command).not.toHaveProperty('load');
});

test('the handler is loaded when the command runs, and gets the args in order, then the options', async () => {
  const events: unknown[] = [];
  const command = defineCommand({
    name: 'hosts trust',
    summary: 'Trust.',
    globals: [],
    examples: [],
    args: [
      { usage: '<host>', text: 'A host.' },
      { usage: '[more...]', text: 'More.' },
    ],
    options: { yes: { flags: '--yes', text: 'Ask nothing.' } },
    load: async () => {
      events.push('loaded');
      return (host, more, options) => {
        events.push([host.toUpperCase(), more.length, options.yes]);
        return 7;
      };
    },
  });
  expect(events).toEqual([]);
  expect(await command.run(['tarn', ['a', 'b'], { yes: true }])).toBe(7);
  expect(events).toEqual(['loaded', ['TARN', 2, true]]);
});

test('a global option that the command does not declare has no effect in it: all that has one is on its page', async () => {
  const seen: unknown[] = [];
  const declaration = { name: 'x', summary: '', globals: ['limit', 'output'], examples: [] } as const;
  const command = defineCommand({ ...declaration, load: async () => (options) => seen.push(options) });
  await command.run([{ limit: 'a', output: 'json', color: 'always', verbose: 2, quiet: true, inventory: ['x'], directory: 'y' }]);
  expect(seen).toEqual([{ limit: 'a', output: 'json', color: 'auto', verbose: 0 }]);
});

test('an error of the handler is the error of the command', async () => {
  const load = async () => async (): Promise<number> => {
    throw new Error('no luck');
  };
  await expect(defineCommand({ name: 'x', summary: '', globals: [], examples: [], load }).run([{}])).rejects.toThrow('no luck');
});
