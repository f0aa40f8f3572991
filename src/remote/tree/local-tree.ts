import { createExcludeTest } from './exclude-patterns.ts';
import { readLocalTree, type Tree, type TreeEntry } from './list-tree.ts';

/** Permissions that count in place of those of the files here. A file that may be run stays so. */
export interface TreeModes {
  readonly file?: number;
  readonly folder?: number;
}

const pendingListings = new Map<string, Promise<Tree>>();

/** Hosts that ask at the same moment wait for one walk over the folder. */
export async function listLocalTree(from: string, exclude: readonly string[], modes: TreeModes = {}): Promise<Tree> {
  const key = [from, ...exclude].join('\0');
  const walk = pendingListings.get(key) ?? readLocalTree(from, createExcludeTest(exclude)).finally(() => pendingListings.delete(key));
  pendingListings.set(key, walk);
  const tree = await walk;
  return Object.keys(modes).length === 0
    ? tree
    : new Map([...tree].map(([path, entry]) => [path, { ...entry, mode: wantedMode(entry, modes) }]));
}

function wantedMode({ type, mode }: TreeEntry, { file = mode, folder = mode }: TreeModes): number {
  if (type === 'link') return mode;
  if (type === 'dir') return folder;
  return (mode & 0o111) === 0 ? file : file | ((file & 0o444) >> 2);
}
