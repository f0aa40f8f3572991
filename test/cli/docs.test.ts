import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { argRows } from '../../src/cli/reference/describe-modules.ts';
import { pages } from '../../src/cli/reference/docs.ts';
import { meaning } from '../../src/language/playbook/playbook-page.ts';
import { argSchema, blockSchema, fileSchema, handlerSchema, playSchema } from '../../src/language/playbook/playbook-schema.ts';

const docs = join(import.meta.dirname, '../../docs');

test('the generated pages are those of this code: npm run docs', async () => {
  for (const [name, text] of await pages()) expect(readFileSync(join(docs, name), 'utf8') === text, `docs/${name} is stale`).toBe(true);
});

test('every keyword of a playbook is explained', () => {
  const keys = [fileSchema, argSchema, playSchema, handlerSchema, blockSchema].flatMap((schema) => argRows(schema).map(([name]) => name));
  expect(keys.filter((key) => meaning[key] === undefined)).toEqual([]);
  expect(Object.keys(meaning).filter((key) => !keys.includes(key))).toEqual([]);
});
