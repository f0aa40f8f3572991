import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { RunPaths } from '../core/module.ts';
import { makeReadableFolder } from '../core/program/readable-folder.ts';
import { parseCpv } from '../gentoo/atom/cpv.ts';

/** What the name of a staged copy is made of. */
export interface StagedName {
  readonly cpv: string;
  readonly buildId: number;
  readonly host: string;
  /** Path on the host. */
  readonly path: string;
  readonly target?: string | undefined;
}

/** Computed from what was asked for, never from a name that a host gave; only the known ending is the host's. */
export function stagedName({ cpv, buildId, host, path, target }: StagedName): string {
  const { category, pf } = parseCpv(cpv);
  for (const name of [host, target ?? 'default']) assertPlainName(name);
  const ending = path.endsWith('.tbz2') ? 'tbz2' : path.endsWith('.xpak') ? 'xpak' : 'gpkg.tar';
  return join(host, ...(target === undefined ? [] : [target]), category, `${pf}-${buildId}.${ending}`);
}

function assertPlainName(name: string): void {
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.'))
    throw new SwarmError('SW1203', `not a name of the inventory: ${JSON.stringify(name)}`);
}

/** The whole copy of a package that this run or another one has fetched; undefined where there is none. */
export async function findStagedCopy(
  { staging }: Pick<RunPaths, 'staging'>,
  file: StagedName & { readonly size: number; readonly sha256: string },
): Promise<string | undefined> {
  const all = dirname(staging);
  const runs = (await readdir(all, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory());
  for (const folder of [staging, ...runs.map(({ name }) => join(all, name))]) {
    const path = join(folder, stagedName(file));
    if (await hasContent(path, file)) return path;
  }
  return undefined;
}

async function hasContent(path: string, { size, sha256 }: { readonly size: number; readonly sha256: string }): Promise<boolean> {
  const info = await lstat(path).catch(() => undefined);
  if (!info?.isFile() || info.size !== size) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') === sha256;
}

/** Moves the copy of another run into the staging of this one. */
export async function takeStagedCopy(copy: string, staged: string): Promise<void> {
  await makeReadableFolder(dirname(staged));
  await rename(copy, staged);
}

/** Removes a staged copy, and the folders of the run's staging that are empty then. */
export async function removeStagedCopy({ staging }: Pick<RunPaths, 'staging'>, file: string): Promise<void> {
  if (relative(staging, file).startsWith('..')) return; // a file that a playbook named
  await rm(file, { force: true });
  for (let folder = dirname(file); !relative(staging, folder).startsWith('..'); folder = dirname(folder)) {
    if (
      !(await rmdir(folder).then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}
