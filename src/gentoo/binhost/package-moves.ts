import { z } from 'zod';
import { type PackageAtom, parseAtom } from '../atom/atom.ts';
import { satisfiesAtom } from '../atom/satisfies-atom.ts';
import { findNewest, type IndexEntry } from './index-entry.ts';
import type { BinhostStore } from './store/binhost-store.ts';

/** A package that a repository renamed or moved to another slot (profiles/updates). `from`: the atom of what was moved; `to`: a name, or
 *  a name and slot. */
export const packageMoveSchema = z.object({ from: z.string(), to: z.string() });
export type PackageMove = z.output<typeof packageMoveSchema>;

const knownMoveSchema = packageMoveSchema.extend({
  /** When a plan saw it first, in unix seconds. */
  at: z.int(),
});
/** A move that concerns a package of the binhost. */
export type KnownMove = z.output<typeof knownMoveSchema>;

/** A file of the binhost: the moves that concern its packages. */
export const MOVES_PATH = '.swarm/moves.json';
const TEMPORARY = '.swarm/moves.json.new';
const fileSchema = z.object({ moves: z.array(knownMoveSchema) });

/** Why a listed package is out of date since a move. */
export interface MovedEntry {
  readonly move: PackageMove;
  /** Whether the package itself has the old name or slot; else it needs a package by its old one. */
  readonly isOld: boolean;
  readonly because: string;
}

/** Reads the text of the file. A damaged one has no moves: the next plan sees them again. */
export function parseMoves(bytes: Uint8Array | undefined): readonly KnownMove[] {
  if (bytes === undefined) return [];
  try {
    return fileSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).moves;
  } catch {
    return [];
  }
}

/** The moves that concern packages of the binhost. */
export async function readMoves(store: BinhostStore): Promise<readonly KnownMove[]> {
  return parseMoves(await store.read(MOVES_PATH));
}

/** Adds moves to those that are known. `now` in unix seconds. */
export function addMoves(known: readonly KnownMove[], seen: readonly PackageMove[], now: number): readonly KnownMove[] {
  const added = seen.filter(({ from, to }) => !known.some((one) => one.from === from && one.to === to));
  return [...known, ...added.map(({ from, to }) => ({ from, to, at: now }))];
}

/** Replaces the file in one step. Under the lock. */
export async function writeMoves(store: BinhostStore, moves: readonly KnownMove[]): Promise<void> {
  await store.write(TEMPORARY, Buffer.from(`${JSON.stringify({ moves }, null, 1)}\n`));
  await store.rename(TEMPORARY, MOVES_PATH);
  await store.sync([MOVES_PATH]);
}

/** The moves that concern one of these entries, by each entry. What an entry needs to run counts; what it was built with does not. */
export function findMoved(entries: readonly IndexEntry[], moves: readonly PackageMove[]): ReadonlyMap<IndexEntry, readonly MovedEntry[]> {
  const rules = moves.flatMap((move) => {
    const atom = parseAtom(move.from);
    return atom.kind === 'set' ? [] : [{ move, atom, name: `${atom.category}/${atom.name}` }];
  });
  const found = new Map<IndexEntry, readonly MovedEntry[]>();
  if (rules.length === 0) return found;
  for (const entry of entries) {
    const moved = rules.flatMap(({ move, atom, name }): readonly MovedEntry[] => {
      const because = `${move.from} is now ${move.to}`;
      if (satisfiesAtom(atom, entry)) return [{ move, isOld: true, because }];
      return entry.runtime.includes(name) && needsOld(entry, atom)
        ? [{ move, isOld: false, because: `it needs ${move.from}, which is now ${move.to}` }]
        : [];
    });
    if (moved.length > 0) found.set(entry, moved);
  }
  return found;
}

/** Whether it needs a package by its name or slot before the move. Portage changes no dependency for a move of some versions only. */
function needsOld({ runtime }: IndexEntry, { category, name, slot, version }: PackageAtom): boolean {
  if (version !== undefined) return false;
  return runtime.split(' ').some((word) => {
    if (!word.includes('/') || word.startsWith('!')) return false;
    const atom = parseAtom(word);
    return atom.kind === 'package' && atom.category === category && atom.name === name && (slot === undefined || atom.slot === slot);
  });
}

/** The entries that clients can do without: what has the new name or slot is listed, or a newer build of the same package that needs nothing
 *  by an old name. */
export function findRetired(entries: readonly IndexEntry[], moves: readonly PackageMove[]): ReadonlySet<IndexEntry> {
  const moved = findMoved(entries, moves);
  if (moved.size === 0) return new Set();
  const newest = findNewest(entries);
  const current = entries.filter((entry) => !moved.has(entry));
  const isListed = ({ move }: MovedEntry): boolean => current.some(({ name, key }) => name === move.to || key === move.to);
  const isBuiltAgain = (entry: IndexEntry): boolean => newest.has(entry.key) && !moved.has(newest.get(entry.key) ?? entry);
  return new Set([...moved].filter(([entry, reasons]) => reasons.some(isListed) || isBuiltAgain(entry)).map(([entry]) => entry));
}
