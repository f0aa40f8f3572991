import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeModule } from '../../../src/cli/reference/describe-modules.ts';
import { defineModule } from '../../../src/core/module.ts';

const motd = defineModule({
  summary: 'The text that a login shows',
  args: z.strictObject({ text: z.string().describe('The text'), state: z.string().default('present or absent').describe('Whether') }),
  freeForm: 'text',
  example: 'motd: hello\n',
  async *run() {
    yield { verb: 'run', subject: 'x', apply: async () => undefined };
    return null;
  },
});

test('the page of a module shows the argument that may be written alone', () => {
  expect(describeModule('motd', motd)).toContain('Short form: motd: VALUE is the same as motd: { text: VALUE }');
});

test('a long cell moves the column, so that descriptions begin below each other', () => {
  const lines = describeModule('motd', motd);
  const [text = '', state = ''] = lines.slice(2, 4);
  expect(text.indexOf('The text')).toBe(state.indexOf('Whether'));
});

test('a module without arguments says so in place of a table', () => {
  const lines = describeModule('setup', { ...motd, args: z.strictObject({}), freeForm: undefined } as never);
  expect(lines.slice(0, 4)).toEqual([expect.stringMatching(/^setup: /), '', 'It takes no arguments.', '']);
});
