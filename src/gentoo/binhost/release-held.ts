import { enterIndex } from './enter-index.ts';
import { type HeldFile, type HeldRecord, toHeldFile } from './held-packages.ts';
import { readCurrentIndex, repairIndex } from './index-file.ts';
import type { PackageMove } from './package-moves.ts';
import { type BinhostStore, LOCK_WAIT_MS } from './store/binhost-store.ts';

/** A package file on the binhost. */
export interface PublishedFile {
  readonly cpv: string;
  /** Below the binhost's folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** The same file was published before. */
  readonly already: boolean;
}

/** A package that was held back and enters the index. */
export function toReleasedFile({ stanza, sha256 }: HeldRecord): PublishedFile {
  return { cpv: stanza['CPV'] ?? '', path: stanza['PATH'] ?? '', size: Number(stanza['SIZE']), sha256, already: false };
}

/** What was held back: what entered the index now, and what is still held back. */
export interface ReleaseResult {
  readonly published: readonly PublishedFile[];
  readonly held: readonly HeldFile[];
  readonly generation: number;
}

/** What a plan found that decides on held packages. */
export interface PlanFindings {
  /** Packages of the binhost, by cpv, that it does not count. */
  readonly ignored: readonly string[];
  /** What repositories renamed, or moved to another slot. */
  readonly moves: readonly PackageMove[];
}

/** Examines held packages again, and publishes those that clients can install now. Takes out of the index what a move makes useless.
 *  Throws SW3003 (locked), SW4006. */
export async function releaseHeld(store: BinhostStore, findings?: PlanFindings): Promise<ReleaseResult> {
  await using _lock = await store.lock(LOCK_WAIT_MS);
  return await releaseLocked(store, findings);
}

const NOTHING_FOUND: PlanFindings = { ignored: [], moves: [] };

/** The same under a lock that the caller has. */
export async function releaseLocked(store: BinhostStore, { ignored, moves: seen }: PlanFindings = NOTHING_FOUND): Promise<ReleaseResult> {
  const current = await readCurrentIndex(store);
  const settled = await repairIndex(store, current);
  const { admitted, held, generation } = await enterIndex(store, current, { added: [], ignored, seen, settled });
  return { published: admitted.map(toReleasedFile), held: held.map(toHeldFile), generation };
}
