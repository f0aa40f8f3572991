import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { generatePages } from '../../src/cli/reference/docs.ts';
import { argumentRows } from '../../src/language/argument-table.ts';
import { KEYWORD_MEANINGS } from '../../src/language/playbook/keyword-meanings.ts';
import {
  argSchema,
  blockSchema,
  handlerSchema,
  playbookFileSchema,
  playSchema,
} from '../../src/language/playbook/shapes/playbook-schema.ts';

const root = join(import.meta.dirname, '../..');

test('the generated pages are those of this code: npm run docs', async () => {
  for (const [name, text] of await generatePages(commands))
    expect(readFileSync(join(root, name), 'utf8') === text, `${name} is out of date`).toBe(true);
});

test('every keyword of a playbook is explained', () => {
  const keys = [playbookFileSchema, argSchema, playSchema, handlerSchema, blockSchema].flatMap((schema) =>
    argumentRows(schema).map(([name]) => name),
  );
  expect(keys.filter((key) => KEYWORD_MEANINGS[key] === undefined)).toEqual([]);
  expect(Object.keys(KEYWORD_MEANINGS).filter((key) => !keys.includes(key))).toEqual([]);
});
