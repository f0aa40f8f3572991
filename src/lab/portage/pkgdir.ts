import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Cpv } from '../../gentoo/atom/cpv.ts';
import { formatIndex, normalizeIndex, type PackagesIndex, parseIndex, type Stanza } from '../../gentoo/binhost/packages-index.ts';
import { buildStanza } from '../../gentoo/binhost/stanza.ts';
import { readPackageFile } from '../../gentoo/package/package-file.ts';
import type { DroneSystem } from './drone-system.ts';

/** The index of this machine's PKGDIR; an empty one where there is none yet. */
export function readLocalIndex(system: DroneSystem): PackagesIndex {
  const file = join(system.pkgdir, 'Packages');
  if (existsSync(file)) return parseIndex(readFileSync(file, 'utf8'));
  const header = {
    ACCEPT_KEYWORDS: system.arch,
    ARCH: system.arch,
    CBUILD: system.chost,
    CHOST: system.chost,
    ELIBC: 'glibc',
    KERNEL: 'linux',
  };
  return { header: new Map([...Object.entries(header), ['PROFILE', 'demo']]), packages: [] };
}

/** Takes the next free BUILD_ID, above every one known, by making the 0-byte place-holder that Portage makes before it packs. */
export function reserveBuildId(
  system: DroneSystem,
  cpv: Cpv,
  known: readonly number[],
): { readonly buildId: number; readonly path: string } {
  const folder = `${cpv.category}/${cpv.name}`;
  mkdirSync(join(system.pkgdir, folder), { recursive: true });
  for (let buildId = Math.max(0, ...known) + 1; ; buildId++) {
    const path = `${folder}/${cpv.pf}-${buildId}.gpkg.tar`;
    try {
      closeSync(openSync(join(system.pkgdir, path), 'wx', 0o644));
      return { buildId, path };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Puts the bytes in the place-holder's stead and lists them in the index. */
export async function addToPkgdir(system: DroneSystem, path: string, bytes: Buffer, buildId: number, mtime?: number): Promise<Stanza> {
  const file = join(system.pkgdir, path);
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, bytes);
  if (mtime !== undefined) utimesSync(temporary, mtime, mtime);
  return withIndexLock(system, async () => {
    renameSync(temporary, file);
    const index = readLocalIndex(system);
    const placed = { path, buildId, mtime: Math.floor(statSync(file).mtimeMs / 1000) };
    const stanza = buildStanza(await readPackageFile(file), placed, index.header);
    writeIndex(system, { header: index.header, packages: [...index.packages.filter((each) => each.get('PATH') !== path), stanza] });
    return stanza;
  });
}

function writeIndex(system: DroneSystem, index: PackagesIndex): void {
  const now = Math.floor(Date.now() / 1000);
  const text = formatIndex(normalizeIndex(index, now));
  for (const [name, bytes] of [
    ['Packages', Buffer.from(text)],
    ['Packages.gz', gzipSync(text)],
  ] as const) {
    const file = join(system.pkgdir, name);
    writeFileSync(`${file}.${process.pid}`, bytes);
    utimesSync(`${file}.${process.pid}`, now, now);
    renameSync(`${file}.${process.pid}`, file);
  }
}

/** Portage's own lock is a POSIX record lock, which Node has not: a file made by one holder at a time does for stand-ins among themselves. */
async function withIndexLock<T>(system: DroneSystem, work: () => Promise<T>): Promise<T> {
  const file = join(system.pkgdir, '.Packages.lab_lockfile');
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
    return await work();
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
