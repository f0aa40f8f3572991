import { sums } from './hash-files.ts';
import type { Entry, Excluded, Looks, Tree } from './list-tree.ts';

/** What a host lacks of a tree. All paths are relative to the root. */
export interface TreePlan {
  /** Files and links whose content goes over, new folders, and folders with other permissions. */
  readonly sent: readonly string[];
  readonly deleted: readonly string[];
  /** Of the files sent. */
  readonly bytes: number;
  /** Of those whose older content is there already. */
  readonly updated: number;
}

/** A folder of the host that stands where a file or link has to be, and holds what may not be deleted. */
export function obstacle(here: Tree, there: Tree, { deleted }: TreePlan): string | undefined {
  const gone = new Set(deleted);
  return [...there.keys()].map(folderOf).find((folder) => {
    const mine = here.get(folder);
    return mine !== undefined && mine.type !== 'dir' && [...there.keys()].some((path) => path.startsWith(`${folder}/`) && !gone.has(path));
  });
}

/** The folder that a path is in; empty at the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Compares by type, size, permissions and whole seconds of mtime; with `same` (equal content, by path) mtime does not count. */
export function comparePlan(here: Tree, there: Tree, remove: boolean, excluded: Excluded, same?: ReadonlySet<string>): TreePlan {
  const sent = [...here].filter(([path, entry]) => differs(entry, there.get(path), same?.has(path))).map(([path]) => path);
  const sizes = sent.map((path) => [here.get(path), there.get(path)] as const).filter(([entry]) => entry?.type === 'file');
  const sum = (list: typeof sizes): number => list.reduce((total, [entry]) => total + (entry?.size ?? 0), 0);
  return {
    sent,
    deleted: remove ? deletable(here, there, excluded) : [],
    bytes: sum(sizes),
    updated: sum(sizes.filter(([, old]) => old?.type === 'file')),
  };
}

function differs(entry: Entry, old: Entry | undefined, same: boolean | undefined): boolean {
  if (old === undefined || old.type !== entry.type) return true;
  if (entry.type === 'link') return old.target !== entry.target;
  if (old.mode !== entry.mode) return true;
  if (entry.type === 'dir') return false;
  return old.size !== entry.size || !(same ?? old.mtime === entry.mtime);
}

/** What is only there; a folder that holds something excluded stays, without the rest. Deepest first. */
function deletable(here: Tree, there: Tree, excluded: Excluded): readonly string[] {
  const kept = new Set<string>();
  for (const [path, { type }] of there) {
    if (!excluded(path, type)) continue;
    for (let at = path; at !== ''; at = folderOf(at)) kept.add(at);
  }
  return [...there.keys()].filter((path) => !here.has(path) && !kept.has(path)).reverse();
}

/** The files of equal size whose SHA-256 is equal too: one round trip, and one reading on each side. What `known` has was compared
 *  before, and is not read again. */
export async function equalFiles(
  host: Looks,
  { from, to }: { readonly from: string; readonly to: string },
  here: Tree,
  there: Tree,
  known: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const sameSize = [...here].filter(
    ([path, { type, size }]) => type === 'file' && there.get(path)?.type === 'file' && there.get(path)?.size === size,
  );
  const sure = sameSize.flatMap(([path]) => (known.has(path) ? [path] : []));
  const open = sameSize.filter(([path]) => !known.has(path));
  if (open.length === 0) return new Set(sure);
  const paths = open.map(([path]) => path);
  const names = Buffer.from(paths.map((path) => `./${path}\0`).join(''));
  const theirs = host.exec({ argv: ['sh', '-c', 'cd -- "$1" && xargs -0 sha256sum', 'swarm', to], stdin: names }, signal);
  const [{ stdout }, ours] = await Promise.all([theirs, sums(from, open)]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length !== paths.length) return new Set(sure); // something there cannot be read: all goes over
  // in the order of the list; sha256sum puts a backslash before the sum of a name that it had to write differently
  return new Set([...sure, ...paths.filter((_, index) => lines[index]?.replace(/^\\/, '').slice(0, 64) === ours[index])]);
}
