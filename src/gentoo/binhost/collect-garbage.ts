import { type HeldFile, readHeld } from './held-packages.ts';
import { findSuperseded, readEntry } from './index-entry.ts';
import {
  findBrokenEntries,
  generationPath,
  listGenerationNumbers,
  readCurrentIndex,
  readGeneration,
  repairIndex,
  replaceIndex,
} from './index-file.ts';
import { findMoved, readMoves } from './package-moves.ts';
import type { Stanza } from './packages-index.ts';
import { listProvenance, removeProvenance } from './provenance.ts';
import { findChangedEntries } from './recorded-entry.ts';
import { type PublishedFile, releaseLocked } from './release-held.ts';
import { type BinhostStore, LOCK_WAIT_MS } from './store/binhost-store.ts';

/** A client uses the index that it fetched when it started, so files stay this long after they leave the index. */
const GRACE_SECONDS = 48 * 3600;
/** The newest generations stay at any age, so that a rollback to them is possible. */
const KEEP_GENERATIONS = 3;

/** What was removed. */
export interface GarbageReport {
  /** Package files removed. */
  readonly removed: readonly string[];
  /** Bytes. */
  readonly freed: number;
  /** Generations removed. */
  readonly generations: readonly number[];
  /** Removed from the index, because their files are missing or have another size. */
  readonly dropped: readonly string[];
  /** Entries that another program changed, and that say again what their packages say. */
  readonly corrected: readonly string[];
  /** Removed from the index, because a newer build of the same package is in it. */
  readonly superseded: readonly string[];
  /** Removed from the index: they, or what they need, have another name or slot since a move, and the grace time has passed since. */
  readonly moved: readonly string[];
  /** Unfinished copies removed. */
  readonly staged: number;
  /** What was held back: what clients can install now, and what still waits. */
  readonly released: readonly PublishedFile[];
  readonly held: readonly HeldFile[];
}

/** Corrects entries that another program changed, takes entries without a file, builds that a newer one replaces and what was moved out of
 *  the index, and adds what was held back and fits now. Then removes what no client can request any more: generations that are older than the grace time and not among the last three, packages of
 *  swarm that no generation lists and that are not held back, and unfinished copies. Files of others stay. `now` in unix seconds. */
export async function collectGarbage(
  store: BinhostStore,
  options: { readonly now?: number; readonly graceSeconds?: number } = {},
): Promise<GarbageReport> {
  const now = options.now ?? Math.floor(Date.now() / 1000);
  const before = now - (options.graceSeconds ?? GRACE_SECONDS);
  await using _lock = await store.lock(LOCK_WAIT_MS);
  const provenance = await listProvenance(store);
  const entries = await tidyIndex(store, new Set(provenance), { now, before });
  const { published: released, held } = await releaseLocked(store);
  const { retired, kept } = await sortGenerations(store, before);
  const listed = await listedPaths(store, kept);
  const unlisted = provenance.filter((path) => !listed.has(path));
  const stats = await store.stat(unlisted);
  // By the time of its file, so that a package of an interrupted run is still there when the run is resumed.
  const removed = unlisted.filter((path) => (stats.get(path)?.mtime ?? 0) <= before);
  for (const generation of retired) await store.remove(generationPath(generation));
  for (const path of removed) {
    await store.remove(path);
    await removeProvenance(store, path);
  }
  return {
    removed: removed.filter((path) => stats.has(path)),
    freed: removed.reduce((sum, path) => sum + (stats.get(path)?.size ?? 0), 0),
    generations: retired,
    ...entries,
    released,
    held,
    staged: await sweepStaging(store, before),
  };
}

async function tidyIndex(
  store: BinhostStore,
  ours: ReadonlySet<string>,
  { now, before }: { readonly now: number; readonly before: number },
): Promise<Pick<GarbageReport, 'dropped' | 'corrected' | 'superseded' | 'moved'>> {
  const current = await readCurrentIndex(store);
  await repairIndex(store, current);
  const { header } = current.index;
  const changed = new Map((await findChangedEntries(store, current.index)).map(({ path, stanza }) => [path, stanza]));
  const packages = current.index.packages.map((stanza) => changed.get(pathOf(stanza)) ?? stanza);
  const dropped = (await findBrokenEntries(store, { header, packages })).map(({ stanza }) => pathOf(stanza));
  const whole = packages.filter((stanza) => !dropped.includes(pathOf(stanza)));
  const superseded = findSuperseded(whole.filter((stanza) => ours.has(pathOf(stanza)))).map(pathOf);
  const moves = (await readMoves(store)).filter(({ at }) => at <= before);
  const moved = [...findMoved(whole.map(readEntry), moves).keys()].map(({ path }) => path).filter((path) => !superseded.includes(path));
  const out = new Set([...superseded, ...moved]);
  const corrected = [...changed.keys()].filter((path) => !dropped.includes(path) && !out.has(path));
  if (dropped.length + corrected.length + out.size > 0)
    await replaceIndex(store, current, { header, packages: whole.filter((stanza) => !out.has(pathOf(stanza))) }, now);
  return { dropped, corrected, superseded, moved };
}

const pathOf = (stanza: Stanza): string => stanza.get('PATH') ?? '';

/** A generation is in use until the grace time has passed since the next one replaced it. */
async function sortGenerations(
  store: BinhostStore,
  before: number,
): Promise<{ readonly retired: readonly number[]; readonly kept: readonly number[] }> {
  const numbers = await listGenerationNumbers(store);
  const retired: number[] = [];
  for (const [i, generation] of numbers.slice(0, -KEEP_GENERATIONS).entries()) {
    const successor = await readGeneration(store, numbers[i + 1] ?? generation);
    if (Number(successor.header.get('TIMESTAMP')) <= before) retired.push(generation);
  }
  return { retired, kept: numbers.filter((number) => !retired.includes(number)) };
}

async function listedPaths(store: BinhostStore, generations: readonly number[]): Promise<ReadonlySet<string>> {
  const paths = new Set<string>();
  for (const generation of generations) {
    for (const stanza of (await readGeneration(store, generation)).packages) paths.add(stanza.get('PATH') ?? '');
  }
  const { index } = await readCurrentIndex(store);
  for (const stanza of index.packages) paths.add(stanza.get('PATH') ?? '');
  for (const { stanza } of await readHeld(store, index)) paths.add(stanza['PATH'] ?? '');
  return paths;
}

async function sweepStaging(store: BinhostStore, before: number): Promise<number> {
  const stats = await store.stat(await store.list('.swarm/stage'));
  const old = [...stats].filter(([, { mtime }]) => mtime <= before);
  for (const [path] of old) await store.remove(path);
  return old.length;
}
