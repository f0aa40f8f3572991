import { SwarmError } from '../../core/error/swarm-error.ts';
import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';

/** Reads `--exclude`: a name with a slot at most, as emerge takes it. Throws SW1201. */
export function parseExclude(text: string): PackageAtom {
  const atom = parseAtom(text);
  if (atom.kind === 'package' && atom.operator === undefined && atom.blocks === undefined && atom.use.length === 0) return atom;
  throw new SwarmError('SW1201', `--exclude takes no ${atom.kind === 'set' ? 'set' : 'version'}: ${text}`, {
    hint: 'Write category/name, or category/name:slot.',
  });
}

/** Throws SW1205 where a package is requested and excluded at once. */
export function assertNotExcluded(requested: readonly string[], exclude: readonly string[]): void {
  const excluded = exclude.map(parseExclude);
  for (const text of requested) {
    const atom = parseAtom(text);
    if (atom.kind !== 'package' || !excluded.some((one) => isSameName(one, atom) && (one.slot ?? atom.slot) === atom.slot)) continue;
    const name = `${atom.category}/${atom.name}`;
    throw new SwarmError('SW1205', `${text} is requested and excluded`, { hint: `Leave out one of both: ${name}, or --exclude ${name}.` });
  }
}

/** Whether both are versions of one package. */
export const isSameName = (a: PackageName, b: PackageName): boolean => a.category === b.category && a.name === b.name;

interface PackageName {
  readonly category: string;
  readonly name: string;
}
