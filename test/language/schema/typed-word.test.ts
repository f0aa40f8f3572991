import { expect, test } from 'vitest';
import { z } from 'zod';
import { readTypedWord } from '../../../src/language/schema/typed-word.ts';

const schema = z.strictObject({
  argv: z.array(z.string()).optional(),
  ports: z.array(z.number()).optional(),
  name: z.string().optional(),
  on: z.boolean().optional(),
});

test.each([
  ['argv', '[echo, hi]', ['echo', 'hi']],
  ['argv', 'echo,hi', ['echo', 'hi']],
  ['argv', '[true]', ['true']],
  ['argv', '[sleep, 1.50]', ['sleep', '1.50']],
  ['ports', '[80, 443]', [80, 443]],
  ['name', '1.0', '1.0'],
  ['on', 'true', true],
  ['on', 'perhaps', 'perhaps'],
])('%s=%s on the command line is what the argument takes', (key, word, value) => {
  expect(readTypedWord(schema, key, word)).toEqual(value);
});
