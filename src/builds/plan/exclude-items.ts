import { SwarmError } from '../../core/error/swarm-error.ts';
import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';
import { parseCpv } from '../../gentoo/atom/cpv.ts';
import type { PlanItem } from '../../gentoo/plan/build-plan.ts';

/** A package that would be built and is not. */
export interface ExcludedItem {
  readonly cpv: string;
  /** `excluded`, or the excluded package that it needs. */
  readonly because: string;
}

/** Reads `--exclude`: a name with a slot at most, as emerge takes it. Throws SW1201. */
export function parseExclude(text: string): PackageAtom {
  const atom = parseAtom(text);
  if (atom.kind === 'package' && atom.operator === undefined && atom.blocks === undefined && atom.use.length === 0) return atom;
  throw new SwarmError('SW1201', `--exclude takes no ${atom.kind === 'set' ? 'set' : 'version'}: ${text}`, {
    hint: 'Write category/name, or category/name:slot.',
  });
}

/** Leaves out what is excluded, and every package that is built with one of these or needs it to run. */
export function excludeItems(
  items: readonly PlanItem[],
  exclude: readonly PackageAtom[],
): { readonly items: readonly PlanItem[]; readonly excluded: readonly ExcludedItem[] } {
  const out = new Map<string, string>();
  for (const item of items) if (exclude.some((atom) => isMatch(atom, item))) out.set(item.cpv, 'excluded');
  for (let before = -1; before < out.size; ) {
    before = out.size;
    for (const item of items) {
      const missing = [...item.needs, ...item.builtWith.map(({ cpv }) => cpv)].find((cpv) => out.has(cpv));
      if (missing !== undefined && !out.has(item.cpv)) out.set(item.cpv, missing);
    }
  }
  return {
    items: items.filter(({ cpv }) => !out.has(cpv)),
    excluded: [...out].map(([cpv, because]) => ({ cpv, because })),
  };
}

function isMatch(atom: PackageAtom, { cpv, slot, repo }: PlanItem): boolean {
  const { category, name } = parseCpv(cpv);
  return category === atom.category && name === atom.name && (atom.slot ?? slot) === slot && (atom.repository ?? repo) === repo;
}
