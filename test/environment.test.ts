import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

test('docs/debugging.md lists every environment variable that the program reads', () => {
  const page = readFileSync(join(root, 'docs/debugging.md'), 'utf8');
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('lab/portage/')) // the programs of a lab drone read what Portage reads
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\benv(?:\['|\.)([A-Z][A-Z_]+)|_VARIABLE = '([A-Z_]+)'/g)])
    .map(([, read, named]) => read ?? named ?? '');
  expect(names).toEqual(expect.arrayContaining(['SWARM_DEBUG', 'SWARM_RUN_ID', 'NO_COLOR']));
  expect([...new Set(names)].filter((name) => !page.includes(`\`${name}\``)).sort()).toEqual([]);
});
