import { formatTargetOption, type Target } from '../../core/inventory/target.ts';
import { isVersionOf } from '../../gentoo/atom/cpv.ts';
import { divideCandidates } from '../../gentoo/binhost/enter-index.ts';
import type { HeldRecord } from '../../gentoo/binhost/held-packages.ts';
import { readEntry } from '../../gentoo/binhost/index-entry.ts';
import { findMoved, type PackageMove } from '../../gentoo/binhost/package-moves.ts';
import type { PackagesIndex } from '../../gentoo/binhost/packages-index.ts';
import type { WhyAnswer } from './why-answer.ts';

/** A package that is asked about, for one target. */
interface AskedPackage {
  readonly target: Target;
  /** Category and name. */
  readonly name: string;
}

/** What repositories renamed or moved to another slot: the package itself, and what a listed build of it needs. */
export function explainMoves({ target, name }: AskedPackage, index: PackagesIndex, moves: readonly PackageMove[]): readonly WhyAnswer[] {
  const option = formatTargetOption(target.name);
  const question = 'Is what the binhost has up to date?';
  const entries = index.packages.map(readEntry);
  return [...findMoved(entries, moves)].flatMap(([entry, reasons]) =>
    reasons
      .filter(({ move }) => entry.name === name || move.to === name || move.to.startsWith(`${name}:`))
      .map(({ move, isOld, because }) => ({
        ...{ question, answer: `no: ${entry.cpv}` },
        because: `${because}. To build it again, run: swarm run build ${isOld ? move.to : `${entry.name}:${entry.slot}`}${option}`,
      })),
  );
}

/** What of a package is on the binhost and not in the index. */
export function explainHeld(
  { target, name }: AskedPackage,
  { index, held, moves }: { readonly index: PackagesIndex; readonly held: readonly HeldRecord[]; readonly moves: readonly PackageMove[] },
): readonly WhyAnswer[] {
  const divided = divideCandidates(index, { heldBefore: held, added: [], ignored: [], moves });
  const question = `Do clients of ${target.name} see it?`;
  const option = formatTargetOption(target.name);
  const own = ({ stanza }: HeldRecord): boolean => isVersionOf(stanza['CPV'] ?? '', name);
  return [
    ...divided.held.filter(own).map(({ stanza, needs }) => ({
      ...{ question, answer: `no: ${stanza['CPV']} is held back` },
      because: `it needs ${needs.join(', ')}. To build what it needs, run: swarm run build ${name}${option}`,
    })),
    ...divided.admitted.filter(own).map(({ stanza }) => ({
      ...{ question, answer: `not yet: ${stanza['CPV']} is held back` },
      because: `clients can install it now. To publish it, run: swarm binhost gc${option}`,
    })),
  ];
}
