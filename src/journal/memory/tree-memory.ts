import { join } from 'node:path';
import { isMapping } from '../../core/json-value.ts';
import type { RunState } from '../../core/run-state.ts';
import { readJsonFile, updateJsonFile } from '../atomic-json.ts';

const FILE = 'trees.json';

/** A pushed tree that somebody changed on the host, as the last push or `push --check` found it. */
export interface ChangedTree {
  /** Folder on the host. */
  readonly tree: string;
  /** Some of the paths. */
  readonly paths: readonly string[];
  /** ISO time. */
  readonly at: string;
  /** The playbook that pushes it. */
  readonly playbook: string;
}

/** By host, then by tree. */
type Stored = Readonly<Record<string, Readonly<Record<string, Omit<ChangedTree, 'tree'>>>>>;

/** As many as a person wants to read in a line. */
const KEPT_PATHS = 3;

/** Reads `trees.json` in the state folder of a project: by host, the trees that somebody changed there. A missing or damaged file counts
 *  as empty, because each push looks anew. */
export function readChangedTrees(dir: string): ReadonlyMap<string, readonly ChangedTree[]> {
  const stored = Object.entries(readJsonFile(join(dir, FILE), parseStored));
  return new Map(stored.map(([host, trees]) => [host, Object.entries(trees).map(([tree, found]) => ({ tree, ...found }))]));
}

type FinishedRun = Pick<RunState, 'playbook' | 'check' | 'startedAt' | 'hosts' | 'trees'>;

/** Records what a run found in the trees of hosts. A host that a push finished on has its trees as they were pushed. Throws SW50xx. */
export async function recordTrees(dir: string, run: FinishedRun): Promise<void> {
  if (run.trees === undefined) return;
  await updateJsonFile(join(dir, FILE), parseStored, (before) => addFound(before, run));
}

function addFound(before: Stored, { playbook, check, startedAt = '', hosts, trees = [] }: FinishedRun): Stored {
  const stored = new Map(Object.entries(before).map(([host, known]) => [host, new Map(Object.entries(known))]));
  for (const { host, tree, changedThere } of trees) {
    const known = stored.get(host) ?? new Map();
    stored.set(host, known);
    const { failed, unreachable, refused } = hosts.get(host)?.tally ?? { failed: 0, unreachable: 0, refused: 0 };
    const isUndone = !check && failed + unreachable + refused === 0;
    if (changedThere.length === 0 || isUndone) known.delete(tree);
    else known.set(tree, { paths: changedThere.slice(0, KEPT_PATHS), at: startedAt, playbook });
  }
  return Object.fromEntries([...stored].filter(([, known]) => known.size > 0).map(([host, known]) => [host, Object.fromEntries(known)]));
}

const parseStored = (value: unknown): Stored => (isStored(value) ? value : {});

const isStored = (value: unknown): value is Stored =>
  isMapping(value) && Object.values(value).every((trees) => isMapping(trees) && Object.values(trees).every(isFound));

function isFound(value: unknown): boolean {
  if (!isMapping(value)) return false;
  const { paths, at, playbook } = value;
  return (
    [at, playbook].every((text) => typeof text === 'string') && Array.isArray(paths) && paths.every((path) => typeof path === 'string')
  );
}
