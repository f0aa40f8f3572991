import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Which folders a folder may import from: docs/architecture.md. Its own folder is always allowed. */
const floors: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/journal': ['src/core'],
  'src/gentoo': ['src/core'],
  'src/language': ['src/core'],
  'src/remote': ['src/core'],
  'src/report': ['src/core'],
  'src/builds': ['src/gentoo', 'src/journal', 'src/core'],
  'src/sdk': ['src/remote', 'src/language', 'src/core'],
  'src/engine': ['src/remote', 'src/language', 'src/core'],
  'src/lab': ['src/core'], // a double shares no parser with the product
  modules: ['src', 'src/builds', 'src/gentoo'],
  src: ['src/core', 'src/remote', 'src/sdk', 'src/engine', 'src/cli'],
  'src/fleet': ['src/core', 'src/journal', 'src/builds', 'src/gentoo', 'src/language', 'src/remote', 'src/report', 'src/engine'],
  'src/cli': [
    'src/core',
    'src/journal',
    'src/gentoo',
    'src/language',
    'src/remote',
    'src/report',
    'src/sdk',
    'src/engine',
    'src/lab',
    'src/fleet',
    'src/builds',
  ],
};

const folderOf = (file: string): string => {
  const parts = relative(root, file).split('/');
  return parts.slice(0, parts[0] === 'src' && parts.length > 2 ? 2 : 1).join('/');
};

const sources = ['src', 'modules'].flatMap((dir) =>
  readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name)),
);

test('a file imports only from lower floors or its own folder', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const from = folderOf(file);
    const text = readFileSync(file, 'utf8');
    for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const to = folderOf(resolve(dirname(file), path ?? ''));
      if (to !== from && !floors[from]?.includes(to)) wrong.push(`${relative(root, file)} imports ${path}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every folder of the house is on a floor', () => {
  expect([...new Set(sources.map(folderOf))].filter((folder) => !(folder in floors))).toEqual([]);
});

test('core needs nothing at run time but Node', () => {
  const packages = sources
    .filter((file) => folderOf(file) === 'src/core')
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^import (?!type)[^;]*from '([^.'][^']*)'/gm)].map(([, name]) => name));
  expect(packages.filter((name) => !name?.startsWith('node:'))).toEqual([]);
});

test('no files import one another in a circle, types included; a command declaration loads its command by import()', () => {
  const imports = new Map(
    sources.map((file) => {
      const paths = readFileSync(file, 'utf8').matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)'|^} from '(\.[^']+)'/gm);
      return [file, [...paths].map(([, first, last]) => resolve(dirname(file), first ?? last ?? ''))] as const;
    }),
  );
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].map((each) => relative(root, each)).join(' -> '));
    if (start >= 0 || finished.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    finished.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});
