import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const emergeFamily = ['binhost_publish', 'binpkg_fetch', 'emerge', 'emerge_clean', 'emerge_plan', 'emerge_update'].map(
  (name) => `gentoo/${name}.ts`,
);

const importedFiles = (file: string): readonly string[] =>
  [...readFileSync(join(root, 'modules', file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) => path ?? '');

test.each(readdirSync(join(root, 'modules'), { encoding: 'utf8', recursive: true }).filter((file) => file.endsWith('.ts')))(
  '%s uses the public door, as any module does',
  (file) => {
    const allowed = emergeFamily.includes(file) ? /^\.\.\/\.\.\/src\/(index\.ts$|builds\/|gentoo\/)/ : /^\.\.\/\.\.\/src\/index\.ts$/;
    expect(importedFiles(file).filter((path) => !allowed.test(path))).toEqual([]);
  },
);

test.each(['src/index.ts', 'src/testing.ts'])('docs/writing-modules.md names every export of %s', (door) => {
  const docs = readFileSync(join(root, 'docs/writing-modules.md'), 'utf8');
  const lists = [...readFileSync(join(root, door), 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)];
  const names = lists.flatMap(([, list = '']) => list.split(',').map((name) => name.replace(/\btype\b/, '').trim()));
  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((name) => name !== '' && !new RegExp(`\`[^\`\\n]*\\b${name}\\b`).test(docs))).toEqual([]);
});
