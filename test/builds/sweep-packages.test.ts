import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProgram } from '../../src/core/program/package-root.ts';

let dir: string;
let packages: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-sweep-'));
  packages = join(dir, 'var/lib/swarm/packages/key/default');
  mkdirSync(packages, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true }));

const GIB = 2 ** 30;

/** A folder of packages with these files, so many days old, as Portage's index has them. The files have holes and need no disk. */
function fill(files: Readonly<Record<string, { readonly size: number; readonly days: number }>>, folder = packages): void {
  const stanzas = Object.entries(files).map(([path, { size, days }]) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    truncateSync(file, size);
    const time = Date.now() / 1000 - days * 86400;
    utimesSync(file, time, time);
    return `CPV: ${path.replace(/\/[^/]+\/|-1\.gpkg\.tar$/g, '/')}\nPATH: ${path}\nSIZE: ${size}\n\n`;
  });
  writeFileSync(join(folder, 'Packages'), `ARCH: amd64\nPACKAGES: ${stanzas.length}\nTIMESTAMP: 1\n\n${stanzas.join('')}`);
}

function sweep(path: string, keep = '-', folder = packages): readonly string[] {
  const { status, stderr } = spawnSync('python3', ['-c', readProgram('src/builds/sweep-packages.py'), join(folder, path), keep]);
  expect([status, String(stderr)]).toEqual([0, '']);
  const text = readFileSync(join(folder, 'Packages'), 'utf8');
  const listed = [...text.matchAll(/^PATH: (.*)$/gm)].map(([, name = '']) => name);
  expect(text).toContain(`PACKAGES: ${listed.length}\n`);
  expect(listed.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
  return listed;
}

test('the package that was published goes, from the index too, with the folders that are empty then', () => {
  fill({ 'app/one/one-1-1.gpkg.tar': { size: 10, days: 0 }, 'app/two/two-1-1.gpkg.tar': { size: 10, days: 9 } });
  expect(sweep('app/one/one-1-1.gpkg.tar')).toEqual(['app/two/two-1-1.gpkg.tar']);
  expect([existsSync(join(packages, 'app/one')), existsSync(join(packages, 'app/two'))]).toEqual([false, true]);
  expect(sweep('app/one/one-1-1.gpkg.tar')).toEqual(['app/two/two-1-1.gpkg.tar']); // done before
});

test('of what was fetched 2 GiB stay, the newest; what a build may use at this time stays whatever its size', () => {
  fill({
    'app/built/built-1-1.gpkg.tar': { size: 10, days: 0 },
    'app/old/old-1-1.gpkg.tar': { size: GIB, days: 9 },
    'app/mid/mid-1-1.gpkg.tar': { size: GIB, days: 5 },
    'app/new/new-1-1.gpkg.tar': { size: GIB, days: 0 },
  });
  expect(sweep('app/built/built-1-1.gpkg.tar')).toEqual(['app/mid/mid-1-1.gpkg.tar', 'app/new/new-1-1.gpkg.tar']);
  fill({ 'app/a/a-1-1.gpkg.tar': { size: 9 * GIB, days: 0 }, 'app/b/b-1-1.gpkg.tar': { size: 1, days: 0 } });
  expect(sweep('app/b/b-1-1.gpkg.tar')).toEqual(['app/a/a-1-1.gpkg.tar']);
});

test('what another project has on the drone stays, until that project did not use it for 30 days', () => {
  const folders = ['packages/busy/default', 'packages/gone/default', 'targets/busy/default', 'targets/gone/default'];
  const paths = folders.map((name) => join(dir, 'var/lib/swarm', name));
  for (const path of paths) mkdirSync(path, { recursive: true });
  const [busy = '', gone = ''] = paths;
  fill({ 'app/one/one-1-1.gpkg.tar': { size: 10, days: 99 } }, gone);
  fill({ 'app/one/one-1-1.gpkg.tar': { size: 10, days: 9 } }, busy);
  const old = Date.now() / 1000 - 31 * 86400;
  for (const path of [join(gone, 'Packages'), join(busy, 'Packages'), join(gone, '..'), join(busy, '..')]) utimesSync(path, old, old);
  fill({ 'app/one/one-1-1.gpkg.tar': { size: 10, days: 0 } });
  expect(sweep('app/one/one-1-1.gpkg.tar')).toEqual([]);
  expect(paths.map((path) => existsSync(path))).toEqual([true, false, true, false]);
  expect(existsSync(join(busy, 'app/one/one-1-1.gpkg.tar'))).toBe(true);
});

test('in a folder of packages that is not of swarm only what was built goes', () => {
  const own = join(dir, 'pkgdir');
  mkdirSync(own);
  fill({ 'app/built/built-1-1.gpkg.tar': { size: 10, days: 0 }, 'app/old/old-1-1.gpkg.tar': { size: 5 * GIB, days: 9 } }, own);
  expect(sweep('app/built/built-1-1.gpkg.tar', '-', own)).toEqual(['app/old/old-1-1.gpkg.tar']);
});

test('with a limit of the target packages and sources stay within it, and what was built may stay', () => {
  const sources = join(dir, 'distfiles');
  mkdirSync(join(sources, 'folder'), { recursive: true });
  const source = (name: string, size: number, days: number): void => {
    writeFileSync(join(sources, name), Buffer.alloc(size));
    const time = Date.now() / 1000 - days * 86400;
    utimesSync(join(sources, name), time, time);
  };
  source('old.tar.xz', 600, 8);
  source('new.tar.xz', 600, 1);
  writeFileSync(join(dir, 'portage.py'), `settings = {"DISTDIR": ${JSON.stringify(sources)}}\n`);
  fill({ 'app/built/built-1-1.gpkg.tar': { size: 400, days: 0 }, 'app/old/old-1-1.gpkg.tar': { size: 500, days: 9 } });
  process.env['PYTHONPATH'] = dir;
  try {
    expect(sweep('app/built/built-1-1.gpkg.tar', '1000')).toEqual(['app/built/built-1-1.gpkg.tar']);
  } finally {
    delete process.env['PYTHONPATH'];
  }
  expect(['old.tar.xz', 'new.tar.xz', 'folder'].map((name) => existsSync(join(sources, name)))).toEqual([false, true, true]);
});
