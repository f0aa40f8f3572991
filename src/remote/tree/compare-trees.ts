import { hashFiles } from './hash-files.ts';
import type { CommandRunner, ExcludeTest, Tree, TreeEntry } from './list-tree.ts';

/** What a host lacks of a tree. All paths are relative to the root. */
export interface TreePlan {
  /** Files and links whose content is sent, new folders, and folders with other permissions. */
  readonly sent: readonly string[];
  readonly deleted: readonly string[];
  /** Of the files sent. */
  readonly bytes: number;
  /** Of the files that replace an older one. */
  readonly updatedBytes: number;
}

/** A folder of the host that is in the way of a file or link and holds what may not be deleted. */
export function findObstacle(local: Tree, remote: Tree, { deleted }: TreePlan): string | undefined {
  const gone = new Set(deleted);
  return [...remote.keys()].map(parentFolder).find((folder) => {
    const localEntry = local.get(folder);
    return (
      localEntry !== undefined &&
      localEntry.type !== 'dir' &&
      [...remote.keys()].some((path) => path.startsWith(`${folder}/`) && !gone.has(path))
    );
  });
}

/** The folder that a path is in; empty at the root. */
export const parentFolder = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Compares by type, size, permissions and whole seconds of mtime; with `same` (equal content, by path) mtime does not count. */
export function compareTrees(local: Tree, remote: Tree, remove: boolean, excluded: ExcludeTest, same?: ReadonlySet<string>): TreePlan {
  const sent = [...local].filter(([path, entry]) => entryDiffers(entry, remote.get(path), same?.has(path))).map(([path]) => path);
  const sizes = sent.map((path) => [local.get(path), remote.get(path)] as const).filter(([entry]) => entry?.type === 'file');
  const sum = (list: typeof sizes): number => list.reduce((total, [entry]) => total + (entry?.size ?? 0), 0);
  return {
    sent,
    deleted: remove ? findDeletable(local, remote, excluded) : [],
    bytes: sum(sizes),
    updatedBytes: sum(sizes.filter(([, old]) => old?.type === 'file')),
  };
}

function entryDiffers(entry: TreeEntry, old: TreeEntry | undefined, same: boolean | undefined): boolean {
  if (old === undefined || old.type !== entry.type) return true;
  if (entry.type === 'link') return old.target !== entry.target;
  if (old.mode !== entry.mode) return true;
  if (entry.type === 'dir') return false;
  return old.size !== entry.size || !(same ?? old.mtime === entry.mtime);
}

/** What exists on the host only. A folder that holds something excluded stays, without the rest. Deepest first. */
function findDeletable(local: Tree, remote: Tree, excluded: ExcludeTest): readonly string[] {
  const kept = new Set<string>();
  for (const [path, { type }] of remote) {
    if (!excluded(path, type)) continue;
    for (let at = path; at !== ''; at = parentFolder(at)) kept.add(at);
  }
  return [...remote.keys()].filter((path) => !local.has(path) && !kept.has(path)).reverse();
}

/** The files of equal size whose SHA-256 is equal too: one round trip; each side reads a file once. Files in `known` were
 *  compared before and are not read again. */
export async function findEqualFiles(
  host: CommandRunner,
  { from, to }: { readonly from: string; readonly to: string },
  local: Tree,
  remote: Tree,
  known: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const sameSize = [...local].filter(
    ([path, { type, size }]) => type === 'file' && remote.get(path)?.type === 'file' && remote.get(path)?.size === size,
  );
  const alreadyEqual = sameSize.flatMap(([path]) => (known.has(path) ? [path] : []));
  const toCompare = sameSize.filter(([path]) => !known.has(path));
  if (toCompare.length === 0) return new Set(alreadyEqual);
  const paths = toCompare.map(([path]) => path);
  const names = Buffer.from(paths.map((path) => `./${path}\0`).join(''));
  const remoteSums = host.exec({ argv: ['sh', '-c', 'cd -- "$1" && xargs -0 sha256sum', 'swarm', to], stdin: names }, signal);
  const [{ stdout }, localSums] = await Promise.all([remoteSums, hashFiles(from, toCompare)]);
  // the sha256sum of busybox writes a name with a line break on two lines
  const lines = stdout.split('\n').filter((line) => /^\\?[0-9a-f]{64} [ *]\.\//.test(line));
  if (lines.length !== paths.length) return new Set(alreadyEqual); // a file of the host cannot be read: all are sent
  // in the order of the list; sha256sum puts a backslash before the sum of a name that it had to write differently
  return new Set([...alreadyEqual, ...paths.filter((_, index) => lines[index]?.replace(/^\\/, '').slice(0, 64) === localSums[index])]);
}
