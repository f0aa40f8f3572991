import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const sources = ['src', 'modules'].flatMap((dir) =>
  readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name))),
);

/** Names that a file declares and exports. Re-exports do not count: they are the same thing. */
const exportedNames = (file: string): readonly string[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const declared = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;
  return [...new Set([...text.matchAll(declared)].map(([, name]) => name ?? ''))];
};

/** The files of each key, for keys with more than one file. */
function shared(entries: readonly (readonly [key: string, file: string])[]): Readonly<Record<string, readonly string[]>> {
  const files = new Map<string, string[]>();
  for (const [key, file] of entries) files.set(key, [...(files.get(key) ?? []), file]);
  return Object.fromEntries([...files].filter(([, found]) => found.length > 1));
}

/** True for a name with a word that does not say what happens. */
const isVague = (name: string): boolean =>
  name.split(/(?=[A-Z])|_/).some((word) => /^(tell|told|say|said|look|here|there|place)(s|ing)?$/i.test(word));

describe('one name for one thing', () => {
  test('no two files export the same name', () => {
    expect(shared(sources.flatMap((file) => exportedNames(file).map((name) => [name, file] as const)))).toEqual({});
  });

  test('a file is known by its base name; only a command may share it with what it is about', () => {
    const perFolder = new Set(['index', 'messages']); // each folder may have one
    const named = sources
      .filter((file) => file.startsWith('src/') && !file.startsWith('src/cli/'))
      .map((file) => [basename(file).replace(/\.tsx?$/, ''), file] as const)
      .filter(([name]) => !perFolder.has(name));
    expect(shared(named)).toEqual({});
  });

  test('two commands do not share a base name', () => {
    const named = sources
      .filter((file) => file.startsWith('src/cli/'))
      .map((file) => [basename(file).replace(/\.tsx?$/, ''), file] as const)
      .filter(([name]) => name !== 'index' && name !== 'messages');
    expect(shared(named)).toEqual({});
  });

  test.each([
    ['tellOfRun', true],
    ['sayHello', true],
    ['watchHere', true],
    ['replacePath', false],
    ['lookupTable', false],
    ['essayist', false],
  ])('%s: %s', (name, vague) => {
    expect(isVague(name)).toBe(vague);
  });

  test('exported names use words that say what happens', () => {
    const found = sources.flatMap((file) =>
      exportedNames(file)
        .filter(isVague)
        .map((name) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });
});

describe('rooms', () => {
  test('no folder holds more than 20 files', () => {
    const counts = new Map<string, number>();
    for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
  });
});

/** `Object.values` and the like of a SharedMap compile, and give its fields instead of its entries. */
const readsFieldsOfSharedMap = (text: string): boolean =>
  /(?:Object\.(?:keys|values|entries)\(|\.\.\.)(?:\w+\.)*state\.(?:hosts|items)\b(?!\.)/.test(text);

test('the hosts and items of a run are read with the methods of SharedMap', () => {
  expect(readsFieldsOfSharedMap('Object.values(journal.state.hosts)')).toBe(true);
  expect(readsFieldsOfSharedMap('{ ...state.items }')).toBe(true);
  expect(readsFieldsOfSharedMap('[...state.items.entries()]')).toBe(false);
  expect(sources.filter((file) => readsFieldsOfSharedMap(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('the glossary has at most 50 terms, each once', () => {
  const rows = readFileSync(join(root, 'docs/glossary.md'), 'utf8').matchAll(/^\| (?!word \|)([^|]+) \|/gm);
  const terms = [...rows].map(([, term]) => term?.trim());
  expect(terms.length).toBeLessThanOrEqual(50);
  expect(new Set(terms).size).toBe(terms.length);
});
