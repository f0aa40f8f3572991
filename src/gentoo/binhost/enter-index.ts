import { parseCpv } from '../atom/cpv.ts';
import type { MatchablePackage } from '../atom/satisfies-atom.ts';
import { admitPackages, type CandidatePackage } from './admit-packages.ts';
import { type BasePackage, type HeldRecord, heldStanza, readHeld, writeHeld } from './held-packages.ts';
import { compareEntries, findNewest, readEntry } from './index-entry.ts';
import { type CurrentIndex, replaceIndex } from './index-file.ts';
import { addMoves, findMoved, findRetired, type PackageMove, readMoves, writeMoves } from './package-moves.ts';
import type { PackagesIndex, Stanza } from './packages-index.ts';
import type { BinhostStore } from './store/binhost-store.ts';

/** What is to enter the index. */
export interface EnteringPackages {
  /** What was held back before, as far as its file is there. */
  readonly heldBefore: readonly HeldRecord[];
  readonly added: readonly HeldRecord[];
  /** Packages of the binhost, by cpv, that the latest plan does not count. */
  readonly ignored: readonly string[];
  /** What repositories renamed, or moved to another slot. */
  readonly moves: readonly PackageMove[];
}

/** What clients can install now, and the rest. */
export interface DividedPackages {
  readonly admitted: readonly HeldRecord[];
  readonly held: readonly HeldRecord[];
}

/** What enters, for an index whose generation is `settled`. `seen`: moves that a plan found in the repositories. */
export type EnteringRequest = Omit<EnteringPackages, 'heldBefore' | 'moves'> & {
  readonly settled: number;
  readonly seen?: readonly PackageMove[];
};

/** Lets everything enter the index that clients can install now, and what was moved leave it, in one generation, and holds the rest
 *  back. Under the lock. */
export async function enterIndex(
  store: BinhostStore,
  current: CurrentIndex,
  { settled, added, ignored, seen = [] }: EnteringRequest,
): Promise<DividedPackages & { readonly before: readonly HeldRecord[]; readonly generation: number }> {
  const before = await readHeld(store, current.index);
  const moves = await keepMoves(store, current.index, seen);
  if (added.length === 0 && before.length === 0 && moves.length === 0) return { admitted: [], held: [], before, generation: settled };
  const kept = await store.stat(before.map(({ stanza }) => stanza['PATH'] ?? ''));
  const heldBefore = before.filter(({ stanza: { PATH: path = '', SIZE: size } }) => String(kept.get(path)?.size) === size);
  const { admitted, held } = divideCandidates(current.index, { heldBefore, added, ignored, moves });
  // Every package is in one of the two files at each moment: first in the held ones, then also in the index, then in the index alone.
  if (held.length > 0 || before.length > 0) await writeHeld(store, [...admitted, ...held]);
  const generation = await addToIndex(store, current, admitted.map(heldStanza), { settled, moves });
  if (admitted.length > 0 && (held.length > 0 || before.length > 0)) await writeHeld(store, held);
  return { admitted, held, before, generation };
}

/** Stores the moves that concern a listed package, and returns them. */
async function keepMoves(store: BinhostStore, index: PackagesIndex, seen: readonly PackageMove[]): Promise<readonly PackageMove[]> {
  const known = await readMoves(store);
  if (known.length === 0 && seen.length === 0) return [];
  const entries = index.packages.map(readEntry);
  const moves = addMoves(known, seen, Math.floor(Date.now() / 1000)).filter((move) => findMoved(entries, [move]).size > 0);
  if (JSON.stringify(moves) !== JSON.stringify(known)) await writeMoves(store, moves);
  return moves;
}

interface Candidate extends CandidatePackage {
  readonly record: HeldRecord;
}

/** Divides the new packages and those held back before: what clients can install now, and the rest. */
export function divideCandidates(index: PackagesIndex, { heldBefore, added, ignored: more, moves }: EnteringPackages): DividedPackages {
  const paths = new Set(added.map(({ stanza }) => stanza['PATH'] ?? ''));
  const old = heldBefore.filter(({ stanza }) => !paths.has(stanza['PATH'] ?? ''));
  // What the latest plan does not count is not counted for any of them.
  const ignored = new Set([...more, ...[...old, ...added].flatMap((each) => each.ignored)]);
  const candidates = [...old, ...added].map(
    (record): Candidate => ({
      ...{ ...readEntry(heldStanza(record)), ignored, record },
      ...(record.base === null ? {} : { base: record.base.map(toMatchable) }),
    }),
  );
  const listed = new Set(index.packages.map((stanza) => stanza.get('PATH')));
  const published = index.packages.filter((stanza) => !paths.has(stanza.get('PATH') ?? '')).map(readEntry);
  const isListed = ({ path }: Candidate): boolean => listed.has(path);
  const divided = admitPackages(
    [...published, ...candidates.filter(isListed)],
    candidates.filter((one) => !isListed(one)),
    moves,
  );
  const admitted = [...candidates.filter(isListed), ...divided.admitted];
  const newest = findNewest([...published, ...admitted]);
  const isSuperseded = ({ one }: { readonly one: Candidate }): boolean => {
    const taken = newest.get(one.key);
    return taken !== undefined && compareEntries(taken, one) > 0;
  };
  const held = divided.held.filter((each) => !isSuperseded(each)).map(({ one, needs }) => ({ ...one.record, needs }));
  return { admitted: admitted.map(({ record }) => record), held };
}

function toMatchable({ cpv, slot, subSlot, use }: BasePackage): MatchablePackage {
  const { category, name, version } = parseCpv(cpv);
  return { name: `${category}/${name}`, version, slot, subSlot, use: new Set(use), iuse: new Set(use) };
}

/** Adds entries to the index, and takes out those that a move makes useless. The index stays as it is where nothing differs. */
async function addToIndex(
  store: BinhostStore,
  current: CurrentIndex,
  stanzas: readonly Stanza[],
  { settled, moves }: { readonly settled: number; readonly moves: readonly PackageMove[] },
): Promise<number> {
  const listed = new Map(current.index.packages.map((stanza) => [stanza.get('PATH'), stanza]));
  const isListed = (stanza: Stanza): boolean => listed.get(stanza.get('PATH'))?.get('SHA1') === stanza.get('SHA1');
  const paths = new Set(stanzas.map((stanza) => stanza.get('PATH')));
  const kept = current.index.packages.filter((stanza) => !paths.has(stanza.get('PATH')));
  const retired = new Set([...findRetired([...kept, ...stanzas].map(readEntry), moves)].map(({ path }) => path));
  if (retired.size === 0 && stanzas.every(isListed) && (current.text !== undefined || stanzas.length === 0)) return settled;
  const packages = [...kept, ...stanzas].filter((stanza) => !retired.has(stanza.get('PATH') ?? ''));
  const next = { header: current.index.header, packages };
  return await replaceIndex(store, current, next, Math.floor(Date.now() / 1000));
}
