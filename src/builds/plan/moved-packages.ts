import { SwarmError } from '../../core/error/swarm-error.ts';
import { parseAtom } from '../../gentoo/atom/atom.ts';
import { readEntry } from '../../gentoo/binhost/index-entry.ts';
import { addMoves, findMoved, findRetired, type PackageMove } from '../../gentoo/binhost/package-moves.ts';
import type { DroneIndex } from '../binhost-access.ts';

/** What renames and slot moves of the repositories mean for a binhost. */
export interface MovedPackages {
  readonly moves: readonly PackageMove[];
  /** One line for each package of the index that is out of date. */
  readonly lines: readonly string[];
  /** The packages that the index lists and need not list any more, and the moves that the binhost does not know yet. */
  readonly changes: readonly string[];
}

/** Compares the index with the moves that a plan saw and that earlier plans saw. */
export function describeMoved({ index, moves: known }: Pick<DroneIndex, 'index' | 'moves'>, seen: readonly PackageMove[]): MovedPackages {
  const moves = addMoves(known, seen, 0);
  const entries = index.packages.map(readEntry);
  const moved = findMoved(entries, moves);
  const retired = findRetired(entries, moves);
  const news = moves.filter(
    ({ at, from }) => at === 0 && [...moved.values()].some((reasons) => reasons.some(({ move }) => move.from === from)),
  );
  return {
    moves,
    lines: [...moved].map(
      ([entry, [reason]]) =>
        `${entry.cpv} on the binhost is out of date: ${reason?.because}. ` +
        (retired.has(entry) ? 'It leaves the index now.' : `It leaves the index when ${reason?.move.to} is published.`),
    ),
    changes: [...[...retired].map(({ cpv }) => cpv), ...news.map(({ from, to }) => `${from} is now ${to}`)],
  };
}

/** Adds the new names of what was asked for by an old one to the error of a plan. */
export function hintNewNames(thrown: unknown, atoms: readonly string[], moves: readonly PackageMove[]): unknown {
  if (!(thrown instanceof SwarmError)) return thrown;
  const names = atoms.map((text) => {
    const atom = parseAtom(text);
    return atom.kind === 'set' ? '' : `${atom.category}/${atom.name}`;
  });
  const asked = moves.filter(({ from }) => names.includes(from));
  if (asked.length === 0) return thrown;
  const { code, message, detail } = thrown;
  const hint = `Use the new name of each: ${asked.map(({ from, to }) => `${from} is now ${to}`).join(', ')}.`;
  return new SwarmError(code, message, { hint, detail, cause: thrown });
}
