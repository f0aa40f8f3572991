import { expect, test } from 'vitest';
import { z } from 'zod';
import { listKeysAt } from '../../../src/language/schema/schema-keys.ts';

const inner = z.strictObject({ a: z.string(), b: z.string() });

// A new version of zod that stores its schemas in another way fails here, in the row of the type that changed.
test.each([
  ['an object', inner, []],
  ['an object in an object', z.object({ x: inner }), ['x']],
  ['a list', z.array(inner), [0]],
  ['a record', z.record(z.string(), inner), ['any']],
  ['a catch-all', z.object({}).catchall(inner), ['any']],
  ['an optional value', inner.optional(), []],
  ['a value with a default', inner.default({ a: '', b: '' }), []],
  ['a value that may be null', inner.nullable(), []],
  ['a converted value', inner.transform((value) => value.a), []],
  ['a checked value', inner.refine(() => true), []],
  ['a schema made when it is needed', z.lazy(() => inner), []],
  ['alternatives', z.union([z.string(), z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]), []],
] as const)('the keys of %s', (_, schema, path) => {
  expect(listKeysAt(schema, path)).toEqual(['a', 'b']);
});

test('a schema without keys has none', () => {
  expect([listKeysAt(z.string(), []), listKeysAt(inner, ['a', 'deeper'])]).toEqual([[], []]);
});
