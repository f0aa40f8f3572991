import { SwarmError } from '../../core/error/swarm-error.ts';
import { type HeldFile, readHeld, toHeldFile } from './held-packages.ts';
import { findBrokenEntries, listGenerationNumbers, readCurrentIndex, readGeneration, repairIndex, replaceIndex } from './index-file.ts';
import type { PackagesIndex } from './packages-index.ts';
import { type BinhostStore, LOCK_WAIT_MS } from './store/binhost-store.ts';

/** One published state of the index. */
export interface Generation {
  readonly generation: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly packages: number;
  readonly current: boolean;
}

/** The kept generations, oldest first. The last one is current. */
export async function listGenerations(store: BinhostStore): Promise<readonly Generation[]> {
  const numbers = await listGenerationNumbers(store);
  const generations: Generation[] = [];
  for (const generation of numbers) {
    const index = await readGeneration(store, generation);
    const timestamp = Number(index.header.get('TIMESTAMP'));
    generations.push({ generation, timestamp, packages: index.packages.length, current: generation === numbers.at(-1) });
  }
  return generations;
}

/** What a rollback did. `left`: the packages that clients saw before it, and no longer see. */
export interface RollbackResult {
  readonly from: number;
  readonly to: number;
  readonly generation: number;
  readonly held: readonly HeldFile[];
  readonly left: readonly string[];
}

/** Which generations rollbacks made, and which ones they restored: the next rollback goes further back. */
const RESTORED = '.swarm/restored';
const MAX_RESTORED = 1000;

/** Publishes the entries of an older generation (by default the previous one) as a new generation. Its timestamp is newer than the
 *  current one, because clients accept no older index. What is held back stays so, and is in the result.
 *  Throws SW1203 for an unknown generation, SW4006 when one of its files is missing. */
export async function rollBackIndex(store: BinhostStore, to?: number): Promise<RollbackResult> {
  await using _lock = await store.lock(LOCK_WAIT_MS);
  const current = await readCurrentIndex(store).catch((error: unknown) => {
    // A rollback also repairs a damaged index.
    if (error instanceof SwarmError && error.code === 'SW4006') return undefined;
    throw error;
  });
  const from = current === undefined ? ((await listGenerationNumbers(store)).at(-1) ?? 0) : await repairIndex(store, current);
  const restored = await readRestored(store);
  const before = findOriginal(restored, from);
  const older = (await listGenerationNumbers(store)).filter((number) => (current === undefined ? number <= from : number < before));
  const target = to ?? (await findReadable(store, older));
  if (target === undefined)
    throw new SwarmError('SW1203', 'there is no older generation', { hint: 'To list them, run: swarm binhost status' });
  const index = await readGeneration(store, target);
  const broken = await findBrokenEntries(store, index);
  if (broken.length > 0) {
    throw new SwarmError('SW4006', `generation ${target} lists files that are missing or have another size (${broken.length})`, {
      hint: 'Choose a newer generation, or build the packages again.',
      detail: broken
        .slice(0, 20)
        .map(({ stanza }) => stanza.get('PATH'))
        .join('\n'),
    });
  }
  const base = current ?? (await damagedIndex(store));
  const generation = await replaceIndex(store, base, index, Math.floor(Date.now() / 1000));
  const lines = [...restored, [generation, target]].slice(-MAX_RESTORED).map((pair) => `${pair.join(' ')}\n`);
  await store.write(RESTORED, Buffer.from(lines.join('')));
  const held = (await readHeld(store, index)).map(toHeldFile);
  return { from, to: target, generation, held, left: listLeaving(base.index, index) };
}

/** By generation that a rollback made, the one that it restored. */
async function readRestored(store: BinhostStore): Promise<ReadonlyMap<number, number>> {
  const text = Buffer.from((await store.read(RESTORED)) ?? []).toString('utf8');
  const pairs = text.split('\n').map((line) => line.split(' ').map(Number));
  return new Map(pairs.flatMap(([made = 0, restored = 0]) => (restored > 0 && restored < made ? [[made, restored] as const] : [])));
}

/** The generation whose entries this one has, through any number of rollbacks. */
function findOriginal(restored: ReadonlyMap<number, number>, generation: number): number {
  let original = generation;
  for (let next = restored.get(original); next !== undefined; next = restored.get(original)) original = next;
  return original;
}

function listLeaving(before: PackagesIndex, after: PackagesIndex): readonly string[] {
  const paths = new Set(after.packages.map((stanza) => stanza.get('PATH')));
  return before.packages.flatMap((stanza) => (paths.has(stanza.get('PATH')) ? [] : [stanza.get('CPV') ?? '']));
}

/** The newest of these that is whole. Where an older version of swarm linked the index to it, a change of the index damaged it too. */
async function findReadable(store: BinhostStore, numbers: readonly number[]): Promise<number | undefined> {
  for (const number of [...numbers].reverse()) {
    const isWhole = await readGeneration(store, number).then(
      () => true,
      () => false,
    );
    if (isWhole) return number;
  }
  return numbers.at(-1); // its error says what is wrong
}

/** A substitute for an index that cannot be read, with the time of its file. */
async function damagedIndex(store: BinhostStore): Promise<Parameters<typeof replaceIndex>[1]> {
  const bytes = await store.read('Packages');
  const times = await store.stat(['Packages', 'Packages.gz']);
  return {
    index: { header: new Map(), packages: [] },
    text: bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'),
    timestamp: Math.max(0, ...[...times.values()].map(({ mtime }) => mtime)),
  };
}
