import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { DemoPackage, Fields } from './demo-package.ts';
import { type DroneEnvironment, type DroneSystem, openDroneSystem } from './drone-system.ts';

/** The entries of a Packages index: paragraphs of `KEY: value` lines, after the header. */
export function readEntries(text: string): Fields[] {
  const paragraphs = text.split('\n\n').map((paragraph) =>
    Object.fromEntries(
      paragraph
        .split('\n')
        .filter((line) => line.includes(': '))
        .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
    ),
  );
  return paragraphs.filter((fields) => 'CPV' in fields);
}

/** The entries of this drone's PKGDIR. */
export function readLocalEntries({ pkgdir }: DroneSystem): Fields[] {
  const file = join(pkgdir, 'Packages');
  return existsSync(file) ? readEntries(readFileSync(file, 'utf8')) : [];
}

/** Takes the next free BUILD_ID by making the empty place-holder that Portage makes before it packs. */
export function reserveBuildId({ pkgdir }: DroneSystem, { ebuild, pf }: DemoPackage, known: readonly number[]) {
  mkdirSync(join(pkgdir, ebuild.name), { recursive: true });
  for (let id = Math.max(0, ...known) + 1; ; id++) {
    const path = `${ebuild.name}/${pf}-${id}.gpkg.tar`;
    try {
      closeSync(openSync(join(pkgdir, path), 'wx', 0o644));
      return { id, path };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export const digest = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');

/** Puts a package into PKGDIR and lists it in the index. */
export async function addToPkgdir(system: DroneSystem, path: string, bytes: Buffer, fields: Fields): Promise<void> {
  const file = join(system.pkgdir, path);
  const { REPO = '', ...rest } = fields;
  const keys = { ...rest, MD5: digest('md5', bytes), PATH: path, SHA1: digest('sha1', bytes), SIZE: String(bytes.length) };
  const sorted = Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));
  const entry = { ...sorted, MTIME: String(Math.floor(Date.now() / 1000)), REPO }; // Portage's order
  await withIndexLock(system, () => {
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, bytes);
    writeIndex(system, [...readLocalEntries(system).filter((each) => each['PATH'] !== path), entry]);
  });
}

/** What src/builds/sweep-packages.py does for a drone without a limit of its own. With one, all stays: a lab is small. */
export async function removeFromPkgdir(file: string, keep: string, env: DroneEnvironment): Promise<number> {
  let pkgdir = dirname(file);
  while (pkgdir !== '/' && !existsSync(join(pkgdir, 'Packages'))) pkgdir = dirname(pkgdir);
  if (keep !== '-' || pkgdir === '/') return 0;
  const system = { ...openDroneSystem(env), pkgdir };
  await withIndexLock(system, () => {
    rmSync(file, { force: true });
    writeIndex(
      system,
      readLocalEntries(system).filter(({ PATH = '' }) => join(pkgdir, PATH) !== file),
    );
  });
  return 0;
}

function writeIndex({ arch, chost, pkgdir }: DroneSystem, entries: readonly Fields[]): void {
  const header = {
    ACCEPT_KEYWORDS: arch,
    ARCH: arch,
    CBUILD: chost,
    CHOST: chost,
    ELIBC: 'glibc',
    KERNEL: 'linux',
    PACKAGES: String(entries.length),
    PROFILE: 'demo',
    TIMESTAMP: String(Math.floor(Date.now() / 1000)),
    VERSION: '0',
  };
  const key = (fields: Fields): string => `${fields['CPV']} ${fields['BUILD_ID']?.padStart(6)}`;
  const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const paragraph = (fields: Fields): string =>
    `${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join('')}\n`;
  const text = [header, ...sorted].map(paragraph).join('');
  replaceFile(join(pkgdir, 'Packages'), text);
  replaceFile(join(pkgdir, 'Packages.gz'), gzipSync(text));
}

function replaceFile(file: string, content: string | Buffer): void {
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

/** One emerge at a time changes the index. Portage's own lock is a record lock, which Node does not have. */
async function withIndexLock({ pkgdir }: DroneSystem, work: () => void): Promise<void> {
  const file = join(pkgdir, '.Packages.lab_lockfile');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (!isLockHeld(file)) rmSync(file, { force: true });
      await sleep(10);
    }
  }
  try {
    work();
  } finally {
    rmSync(file, { force: true });
  }
}

function isLockHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
