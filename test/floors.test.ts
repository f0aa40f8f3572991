import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Folders by the short names that the table uses. */
const SHORT: Readonly<Record<string, string>> = { modules: 'modules', 'src/index.ts': 'src' };
const toFolder = (name: string): string => SHORT[name] ?? (name.startsWith('src/') ? name : `src/${name}`);

/** Which folders a folder may import from: the table of docs/architecture.md. Its own folder is always allowed. */
const rows = [...readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(/^\| (\d) \| `([^`]+)` \| ([^|]+) \|/gm)].map(
  ([, floor, name = '', imports = '']) => ({
    floor: Number(floor),
    folder: toFolder(name),
    imports: imports.trim() === 'nothing' ? [] : imports.split(',').map((each) => toFolder(each.replaceAll('`', '').trim())),
  }),
);
const floorOf = new Map(rows.map(({ floor, folder }) => [folder, floor]));
/** The files right in `src`: the public door, and what starts the program. */
const DOOR = ['src/core', 'src/remote', 'src/sdk', 'src/engine', 'src/cli'];
const floors: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(rows.map(({ folder, imports }) => [folder, imports])),
  src: DOOR,
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

/** What a file imports: the path as it is written, and its folder. */
const importsOf = (file: string): readonly (readonly [path: string, folder: string])[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) => [
    path,
    folderOf(resolve(dirname(file), path)),
  ]);

test('the table of docs/architecture.md lets a folder import from lower floors only', () => {
  const wrong = rows.flatMap(({ floor, folder, imports }) =>
    imports.filter((each) => each !== 'src' && (floorOf.get(each) ?? 9) >= floor).map((each) => `${folder} imports ${each}`),
  );
  expect([rows.length, wrong]).toEqual([14, []]);
});

test('the table names no import that no file has', () => {
  const used = new Set(sources.flatMap((file) => importsOf(file).map(([, to]) => `${folderOf(file)} ${to}`)));
  const unused = rows.flatMap(({ folder, imports }) => imports.map((each) => `${folder} ${each}`)).filter((pair) => !used.has(pair));
  expect(unused).toEqual([]);
});

test('a file imports only from lower floors or its own folder', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const from = folderOf(file);
    for (const [path, to] of importsOf(file))
      if (to !== from && !floors[from]?.includes(to)) wrong.push(`${relative(root, file)} imports ${path}`);
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
