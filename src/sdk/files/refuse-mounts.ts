import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript } from '../host-script.ts';

/** Throws SW6012 where a file system is mounted at the folder or below it: whoever removes the folder would empty that too. `removed`: what
 *  is removed of the folder, as paths from it; left out: all of it. */
export async function refuseMounts(probe: Probe, folder: string, removed?: readonly string[]): Promise<void> {
  const listed = await queryScript(probe, readProgram('src/sdk/files/list-mounts.sh'), [folder], folder);
  const gone = new Set(removed);
  /** Of a mount below the folder: the path that is removed and has it. */
  const removedAbove = (mount: string): string | undefined =>
    removed === undefined ? '.' : listFolders(mount.slice(2)).find((path) => gone.has(path));
  const mount = listed.split('\n').find((line) => line !== '' && removedAbove(line) !== undefined);
  if (mount === undefined) return;
  const root = folder.replace(/\/+$/, '');
  const place = `${root}${mount.slice(1)}`;
  const what = removed === undefined ? folder : `${root}/${removedAbove(mount)}`;
  throw new SwarmError('SW6012', `${what} is not removed: a file system is mounted at ${place}, and its files would be removed too`, {
    hint: `Unmount it first. Write: mount: { path: ${JSON.stringify(place)}, state: unmounted }`,
  });
}

/** A path and the folders that it is in: `a/b` is a, a/b. */
const listFolders = (path: string): readonly string[] => path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
