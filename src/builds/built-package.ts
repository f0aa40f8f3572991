import { SwarmError } from '../core/error/swarm-error.ts';
import type { Remote } from '../core/module.ts';
import { readProgram } from '../core/program/package-root.ts';
import { isCpv } from '../gentoo/atom/cpv.ts';
import { assertRoom } from './disk-space.ts';
import { type JobHeader, makePortageCommand } from './emerge-job.ts';

/** A package that a host built and still has; size and hash as the host itself read them. */
export interface BuiltPackage {
  readonly cpv: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly buildId: number;
  readonly buildTime: number;
  readonly host: string;
  /** The versions of glibc and gcc that it was built with. */
  readonly toolchain?: Readonly<Record<string, string>>;
}

/** Enough to read the largest package from a slow disk. A disk that hangs must not keep the item from other hosts. */
export const READ_LIMIT_MS = 30 * 60_000;

/** Finds what the job built: the newest entry of the index for it since the job began. Throws SW6012 where there is none, SW4009 where this
 *  machine has no room for it. */
export async function findBuiltPackage(
  remote: Remote,
  wanted: { readonly cpv?: string; readonly name: string },
  { started, packages }: JobHeader,
): Promise<BuiltPackage> {
  const words = [wanted.cpv ?? '', wanted.name, String(started), packages];
  const command = makePortageCommand(readProgram('src/builds/find-built-package.sh'), ...words);
  const { exit, stdout, stderr } = await remote.exec({ ...command, timeoutMs: READ_LIMIT_MS });
  const what = wanted.cpv ?? wanted.name;
  if (exit !== 0)
    throw new SwarmError('SW6012', `${what} was built, but its package file cannot be read on ${remote.host.name}`, {
      detail: stderr.trimEnd(),
    });
  const [entry = '', dir = '', size = '', sha256 = ''] = stdout.split('\n');

  if (entry === '') {
    throw new SwarmError('SW6012', `emerge succeeded on ${remote.host.name}, but wrote no package of ${what} to PKGDIR`, {
      hint: 'Check PKGDIR and FEATURES on the host, and whether a program there removes packages at once or sets the clock back.',
    });
  }
  const [cpv = '', id = '', time = '', ...path] = entry.split(' ');
  const binpkg = {
    cpv,
    path: `${dir}/${path.join(' ')}`,
    size: Number(size),
    sha256,
    buildId: Number(id),
    buildTime: Number(time),
    host: remote.host.name,
  };
  if (!isReadable(binpkg)) {
    throw new SwarmError('SW6012', `${remote.host.name} reports ${what} in a form that swarm cannot read`, { detail: stdout });
  }
  await assertRoom(remote.paths.staging, { ...binpkg, name: what });
  return binpkg;
}

/** What the host says is a package with its file: a name that is none would be taken for a mistake in the plan. */
function isReadable({ cpv, path, size, sha256, buildId, buildTime }: BuiltPackage): boolean {
  const numbers = [size, buildId, buildTime];
  return (
    isCpv(cpv) &&
    numbers.every((each) => Number.isSafeInteger(each) && each >= 0) &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    /^\/[^\x00-\x1f\x7f]+$/.test(path) &&
    !path.split('/').includes('..')
  );
}
