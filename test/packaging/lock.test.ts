import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(packageRoot(), 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** The entry that Node finds for `name` when the package at `path` asks for it: in its own node_modules, or in one above. */
function entryOf(path: string, name: string): Locked | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (found !== undefined || folder === '') return found;
  }
}

test('the lock file has every package of every platform, so that `npm ci` works on each', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => {
        const { version, integrity } = entryOf(path, name) ?? {};
        return version === undefined || integrity === undefined;
      })
      .map((name) => `${path || 'this package'} needs ${name}`),
  );
  expect(missing, 'remove node_modules and package-lock.json, then run npm install').toEqual([]);
});

test('the lock file names no registry', () => {
  expect(Object.entries(packages).flatMap(([path, { resolved }]) => (resolved === undefined ? [] : [`${path}: ${resolved}`]))).toEqual([]);
});
