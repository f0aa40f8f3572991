import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatePages } from '../../src/cli/reference/docs.ts';
import { argumentRows } from '../../src/language/argument-table.ts';
import { KEYWORD_MEANINGS } from '../../src/language/playbook/playbook-page.ts';
import { argSchema, blockSchema, handlerSchema, playbookFileSchema, playSchema } from '../../src/language/playbook/playbook-schema.ts';

const docs = join(import.meta.dirname, '../../docs');

test('the generated pages are those of this code: npm run docs', async () => {
  for (const [name, text] of await generatePages())
    expect(readFileSync(join(docs, name), 'utf8') === text, `docs/${name} is stale`).toBe(true);
});

test('every keyword of a playbook is explained', () => {
  const keys = [playbookFileSchema, argSchema, playSchema, handlerSchema, blockSchema].flatMap((schema) =>
    argumentRows(schema).map(([name]) => name),
  );
  expect(keys.filter((key) => KEYWORD_MEANINGS[key] === undefined)).toEqual([]);
  expect(Object.keys(KEYWORD_MEANINGS).filter((key) => !keys.includes(key))).toEqual([]);
});
