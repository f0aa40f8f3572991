import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { findObstacle, parentFolder } from '../../remote/tree/compare-trees.ts';
import { createExcludeTest } from '../../remote/tree/exclude-patterns.ts';
import { compareTree, type TreeDifference } from '../../remote/tree/push-tree.ts';
import { assertReplaceable, findDrift, type HostTree, readHostTree } from './host-tree.ts';
import type { TreeArgs } from './push-args.ts';
import type { TreeFiles } from './tree-record.ts';
import { openTreeSource, REPOSITORY_FOLDERS, readExclude, readModes, type TreeSource } from './tree-source.ts';

/** A tree of a push, as one host has it. */
export interface ComparedTree {
  readonly args: TreeArgs;
  readonly source: TreeSource;
  readonly host: HostTree;
  readonly difference: TreeDifference;
  /** What the new version lacks of the tree in use. */
  readonly deleted: readonly string[];
  /** Paths that somebody changed on the host since they were pushed. */
  readonly drift: readonly string[];
  /** Paths that swarm did not bring. What is in a folder of these is not named. */
  readonly added: readonly string[];
  readonly differs: boolean;
}

/** Compares a tree with its source and with the version that the host should have. Changes nothing. */
export async function compareHost(probe: Probe, args: TreeArgs): Promise<ComparedTree> {
  const { signal } = probe;
  const [source, host] = await Promise.all([openTreeSource(args, probe.paths), readHostTree(probe, args)]);
  assertReplaceable(host);
  const reader = { exec: (command: Parameters<Probe['query']>[0]) => probe.query(command) };
  const exclude = readExclude(args);
  const options = { checksum: true, delete: true, exclude, modes: readModes(args), by: 'tar' } as const;
  const root = host.live ?? `${host.versions}/.none`;
  const difference = await compareTree(reader, source.folder, root, options, signal);
  const unwanted = [...findDeleted(difference, args.delete ? undefined : (host.files ?? {})), ...findOldRepository(difference, args, host)];
  const deleted = [...new Set(unwanted)];
  const folder = findObstacle(difference.local, difference.remote.tree, { ...difference, deleted });
  if (folder !== undefined)
    throw new SwarmError('SW6012', `${args.dest}/${folder} is a folder with files that swarm did not bring, and a file in the source`, {
      hint: 'Remove it on the host, or write delete: true.',
    });
  const known = new Map([...(difference.same ?? [])].map((path) => [path, source.files[path]?.split(' ')[2] ?? '']));
  const { tree } = difference.remote;
  const drift = host.files === undefined ? [] : await findDrift(reader, root, { tree, files: host.files, known }, signal);
  const wrongOwner = [...host.otherOwner].some((path) => path === '' || source.files[path] !== undefined);
  const differs = host.live === undefined || difference.sent.length > 0 || deleted.length > 0 || wrongOwner;
  return { args, source, host, difference, deleted, drift, added: findAdded(difference, host), differs };
}

/** What an earlier push brought of a repository, which the source now leaves out. */
function findOldRepository({ remote }: TreeDifference, args: TreeArgs, { files = {} }: HostTree): readonly string[] {
  if (args.repository) return [];
  const [isExcluded, isKept] = [createExcludeTest(REPOSITORY_FOLDERS), createExcludeTest(args.exclude)];
  const paths = [...remote.tree].filter(([path, { type }]) => files[path] !== undefined && isExcluded(path, type) && !isKept(path, type));
  return paths.map(([path]) => path).reverse();
}

/** What is on the host and in no record of a push. */
function findAdded({ remote, options }: TreeDifference, { files }: HostTree): readonly string[] {
  if (files === undefined) return [];
  const isExcluded = createExcludeTest(options.exclude ?? []);
  const isAdded = (path: string): boolean => path !== '' && files[path] === undefined;
  return [...remote.tree].flatMap(([path, { type }]) =>
    isAdded(path) && !isAdded(parentFolder(path)) && !isExcluded(path, type) ? [path] : [],
  );
}

/** `files`: what swarm brought, which alone may go; undefined: all may. A folder stays where something in it stays. */
function findDeleted({ deleted, remote }: TreeDifference, files: TreeFiles | undefined): readonly string[] {
  if (files === undefined) return deleted;
  const gone = new Set(deleted.filter((path) => files[path] !== undefined));
  for (const path of remote.tree.keys()) {
    if (gone.has(path)) continue;
    for (let at = parentFolder(path); at !== ''; at = parentFolder(at)) gone.delete(at);
  }
  return deleted.filter((path) => gone.has(path));
}
