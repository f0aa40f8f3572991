import { expect, test } from 'vitest';
import { z } from 'zod';
import { closestName } from '../../../src/core/closest-name.ts';
import { dropIssuesOfMisspelt } from '../../../src/language/schema/misspelt-keys.ts';

const task = z
  .strictObject({ line: z.string().optional(), path: z.string(), mode: z.string().optional() })
  .refine(({ line }) => line !== undefined, 'a text of the file is wanted'); // the message names no key
const schema = z.strictObject({ tasks: z.array(task) });

const messagesOf = (value: unknown): readonly string[] =>
  dropIssuesOfMisspelt(schema, value, schema.safeParse(value).error?.issues ?? [], closestName).map(({ message }) => message);

test.each([
  ['a rule that only the misspelt key breaks', { tasks: [{ lines: 'a', path: '/x' }] }, ['Unrecognized key: "lines"']],
  [
    'a rule that another entry breaks is told',
    { tasks: [{ lines: 'a', path: '/x' }, { path: '/y' }] },
    ['Unrecognized key: "lines"', 'a text of the file is wanted'],
  ],
  ['a key that is missing', { tasks: [{ line: 'a', paths: '/x' }] }, ['Unrecognized key: "paths"']],
  [
    'a rule that is broken with the right key too is told',
    { tasks: [{ path: '/x', modes: '1' }] },
    ['Unrecognized key: "modes"', 'a text of the file is wanted'],
  ],
])('%s', (_, value, messages) => {
  expect(messagesOf(value)).toEqual(messages);
});
