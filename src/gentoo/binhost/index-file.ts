import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { formatIndex, normalizeIndex, type PackagesIndex, parseIndex, type Stanza } from './packages-index.ts';
import type { BinhostStore } from './store/binhost-store.ts';

export const INDEX_NAME = 'Packages';
export const INDEX_GZ_NAME = 'Packages.gz';
const GENERATIONS = '.swarm/generations';
const TEMPORARY = { plain: '.Packages.swarm', gz: '.Packages.gz.swarm', generation: `${GENERATIONS}/new` };
/** A client that has an index asks for one at least 5 s younger: each is stamped so much later. */
const STEP_SECONDS = 6;

/** The index that clients read now. */
export interface CurrentIndex {
  readonly index: PackagesIndex;
  /** As it stands in the file; undefined where the binhost has none yet. */
  readonly text: string | undefined;
  /** Of the latest, whichever of the two files has it; unix seconds, 0 for none. */
  readonly timestamp: number;
}

/** Reads and checks the index; an empty one where there was none yet. Throws SW4006. */
export async function readCurrentIndex(store: BinhostStore): Promise<CurrentIndex> {
  const bytes = await store.read(INDEX_NAME);
  if (bytes === undefined) {
    await refuseLostIndex(store);
    return { index: { header: new Map(), packages: [] }, text: undefined, timestamp: 0 };
  }
  const text = Buffer.from(bytes).toString('utf8');
  const index = parseIndex(text);
  const times = await store.stat([INDEX_GZ_NAME]);
  const stamped = Number(index.header.get('TIMESTAMP'));
  return { index, text, timestamp: Math.max(stamped, times.get(INDEX_GZ_NAME)?.mtime ?? 0) };
}

/** A new index in place of one that was lost would take every package from the clients. */
async function refuseLostIndex(store: BinhostStore): Promise<void> {
  if ((await latestGeneration(store)) > 0)
    throw new SwarmError('SW4006', `${INDEX_NAME} is missing in ${store.label}, which had one`, {
      hint: `To restore it, run: swarm binhost rollback. To begin anew, remove ${GENERATIONS} there.`,
    });
  if ((await store.stat([INDEX_GZ_NAME])).size > 0)
    throw new SwarmError('SW4006', `${INDEX_NAME} is missing in ${store.label}, and clients read ${INDEX_GZ_NAME}`, {
      hint: `Restore it in that folder: gunzip -k ${INDEX_GZ_NAME}`,
    });
}

/** The index alone, for those who only look. */
export async function readBinhostIndex(store: BinhostStore): Promise<PackagesIndex> {
  return (await readCurrentIndex(store)).index;
}

/** gzip as Portage writes it: no name, and the time of the index. */
export function gzipIndex(text: string, timestamp: number): Buffer {
  const packed = gzipSync(text);
  packed.writeUInt32LE(timestamp >>> 0, 4);
  return packed;
}

/** What Packages.gz says, beside this text of Packages. `behind`: the index before it, as a change that was cut short leaves it. */
export async function compareGz(store: BinhostStore, text: string): Promise<'current' | 'behind' | 'different'> {
  const packed = await readGzText(store);
  if (packed === text) return 'current';
  if (packed === undefined) return 'different';
  const latest = await latestGeneration(store);
  const isLatest = latest > 0 && (await store.digest(generationPath(latest), 'sha256')) === sha256(packed);
  return isLatest ? 'behind' : 'different';
}

/** Undefined where it is missing or damaged. */
async function readGzText(store: BinhostStore): Promise<string | undefined> {
  const bytes = await store.read(INDEX_GZ_NAME);
  if (bytes === undefined) return undefined;
  try {
    return gunzipSync(bytes, { maxOutputLength: 1024 * 1024 * 1024 }).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Puts right what a crash between two renames left: Packages.gz behind Packages, an index that is not a generation yet. Under the
 *  lock. Returns the number of the generation that is current, 0 for an empty binhost. */
export async function repairIndex(store: BinhostStore, current: CurrentIndex): Promise<number> {
  await store.remove(TEMPORARY.plain);
  await store.remove(TEMPORARY.gz);
  if (current.text === undefined) return await latestGeneration(store);
  const timestamp = Number(current.index.header.get('TIMESTAMP'));
  // Each index has its own time, and both files have it.
  if ((await store.stat([INDEX_GZ_NAME])).get(INDEX_GZ_NAME)?.mtime !== timestamp) {
    await store.write(TEMPORARY.gz, gzipIndex(current.text, timestamp), timestamp);
    await store.rename(TEMPORARY.gz, INDEX_GZ_NAME);
    await store.sync([INDEX_GZ_NAME]);
  }
  return await keepGeneration(store, current.text);
}

/** Replaces the index: the new files are whole on the disk before each takes its name in one step. Under the lock, settled. Returns
 *  the new generation's number. */
export async function replaceIndex(store: BinhostStore, current: CurrentIndex, next: PackagesIndex, now: number): Promise<number> {
  const timestamp = Math.max(now, current.timestamp === 0 ? 0 : current.timestamp + STEP_SECONDS);
  const text = formatIndex(normalizeIndex(next, timestamp));
  await store.write(TEMPORARY.plain, Buffer.from(text), timestamp);
  await store.write(TEMPORARY.gz, gzipIndex(text, timestamp), timestamp);
  await refuseForeignChange(store, current);
  await store.rename(TEMPORARY.plain, INDEX_NAME);
  await store.rename(TEMPORARY.gz, INDEX_GZ_NAME);
  await store.sync([INDEX_NAME]);
  return await keepGeneration(store, text);
}

/** Portage itself, or a hand, may write here without our lock: their change is not to be lost. */
async function refuseForeignChange(store: BinhostStore, current: CurrentIndex): Promise<void> {
  const exists = (await store.stat([INDEX_NAME])).size > 0;
  if (exists ? (await store.digest(INDEX_NAME, 'sha256')) === sha256(current.text ?? '') : current.text === undefined) return;
  throw new SwarmError('SW3003', `another program changed ${INDEX_NAME} in ${store.label} meanwhile`, {
    hint: 'Nothing was changed. Run the command again.',
  });
}

/** Numbers of the generations that are kept, oldest first. */
export async function listGenerationNumbers(store: BinhostStore): Promise<readonly number[]> {
  const files = await store.list(GENERATIONS);
  return files
    .map((file) => /\/(\d{6,})$/.exec(file)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Where the binhost keeps the index of a generation. */
export function generationPath(generation: number): string {
  return `${GENERATIONS}/${String(generation).padStart(6, '0')}`;
}

/** The index of a generation; throws SW1203 where it is not kept. */
export async function readGeneration(store: BinhostStore, generation: number): Promise<PackagesIndex> {
  const bytes = await store.read(generationPath(generation));
  if (bytes === undefined) {
    const kept = await listGenerationNumbers(store);
    throw new SwarmError('SW1203', `generation ${generation} does not exist any more`, {
      hint: kept.length === 0 ? 'No generation is kept.' : `Choose one of: ${kept.join(', ')}.`,
    });
  }
  return parseIndex(Buffer.from(bytes).toString('utf8'));
}

async function latestGeneration(store: BinhostStore): Promise<number> {
  return (await listGenerationNumbers(store)).at(-1) ?? 0;
}

/** The number of the generation that has this text: the latest, or a new one. */
async function keepGeneration(store: BinhostStore, text: string): Promise<number> {
  const latest = await latestGeneration(store);
  const isKept = latest > 0 && (await store.digest(generationPath(latest), 'sha256')) === sha256(text);
  const path = generationPath(isKept ? latest : latest + 1);
  // A file of its own: what somebody writes into Packages must not reach what a rollback restores. Older versions linked the two.
  if (isKept && (await store.stat([path])).get(path)?.links === 1) return latest;
  await store.write(TEMPORARY.generation, Buffer.from(text));
  await store.rename(TEMPORARY.generation, path);
  await store.sync([path]);
  return isKept ? latest : latest + 1;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What the index lists and the disk does not have as listed. Reads no file, only sizes. */
export async function findBrokenEntries(
  store: BinhostStore,
  index: PackagesIndex,
): Promise<readonly { readonly stanza: Stanza; readonly found: number | undefined }[]> {
  const paths = index.packages.map((stanza) => stanza.get('PATH') ?? '');
  const found = await store.stat(paths);
  return index.packages.flatMap((stanza, i) => {
    const size = found.get(paths[i] ?? '')?.size;
    const listed = stanza.get('SIZE');
    return size === undefined || (listed !== undefined && String(size) !== listed) ? [{ stanza, found: size }] : [];
  });
}
