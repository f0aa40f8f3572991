import { SwarmError } from '../../core/error/swarm-error.ts';
import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';
import { parseCpv } from '../../gentoo/atom/cpv.ts';
import type { IndexEntry } from '../../gentoo/binhost/index-entry.ts';
import type { BuildPlan, PlanItem } from '../../gentoo/plan/build-plan.ts';
import type { DependencyGraph } from '../../gentoo/plan/dependency-graph.ts';
import { makeBuildPlan } from '../../gentoo/plan/make-build-plan.ts';
import { isMerged, selectNamed } from '../../gentoo/plan/select-packages.ts';

/** A package that would be built and is not. */
export interface ExcludedItem {
  readonly cpv: string;
  /** `excluded`, or the excluded package that it needs. */
  readonly because: string;
}

/** A plan, and what it would be without `--exclude`. */
export interface PlanWithout {
  readonly plan: BuildPlan;
  readonly excluded: readonly ExcludedItem[];
  readonly whole: BuildPlan;
}

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

/** The plan of a graph without what is excluded, without every package that is built with one of these or needs it to run, and without
 *  what only those need. Throws SW6024 where a requested package is left out. */
export function planWithout(
  graph: DependencyGraph,
  entries: readonly IndexEntry[],
  { exclude, requested }: { readonly exclude: readonly string[]; readonly requested: readonly string[] },
): PlanWithout {
  const plan = makeBuildPlan(graph, entries);
  const excluded = listExcluded(plan.items, exclude.map(parseExclude));
  if (excluded.length === 0) return { plan, excluded, whole: plan };
  const out = new Set(excluded.map(({ cpv }) => cpv));
  const packages = graph.packages.filter((one) => !isMerged(one) || !out.has(one.cpv));
  const named = selectNamed(graph, requested);
  assertRequestedStay(
    graph.packages.filter((one) => named.includes(one.id) && !packages.includes(one)),
    excluded,
  );
  return { plan: makeBuildPlan({ ...graph, packages }, entries), excluded, whole: plan };
}

function assertRequestedStay(left: readonly { readonly cpv: string }[], excluded: readonly ExcludedItem[]): void {
  const [first, ...more] = left.map(({ cpv }) => cpv);
  if (first === undefined) return;
  const needed = excluded.find(({ cpv }) => cpv === first)?.because ?? 'excluded';
  const why = needed === 'excluded' ? 'excluded' : `built with or needs ${needed}, which is not built`;
  throw new SwarmError('SW6024', `${first} is requested, and is ${why}`, {
    hint: 'Leave out the package or the --exclude. What is only in package lists and sets may be left out.',
    detail: more.length === 0 ? undefined : `So are: ${more.join(', ')}`,
  });
}

/** What is excluded, and every package that is built with one of these or needs it to run. */
function listExcluded(items: readonly PlanItem[], exclude: readonly PackageAtom[]): readonly ExcludedItem[] {
  const out = new Map<string, string>();
  for (const item of items) if (exclude.some((atom) => isMatch(atom, item))) out.set(item.cpv, 'excluded');
  for (let before = -1; before < out.size; ) {
    before = out.size;
    for (const item of items) {
      const missing = [...item.needs, ...item.builtWith.map(({ cpv }) => cpv)].find((cpv) => out.has(cpv));
      if (missing !== undefined && !out.has(item.cpv)) out.set(item.cpv, missing);
    }
  }
  return [...out].map(([cpv, because]) => ({ cpv, because }));
}

const isMatch = (atom: PackageAtom, { cpv, slot, repo }: PlanItem): boolean =>
  isSameName(atom, parseCpv(cpv)) && (atom.slot ?? slot) === slot && (atom.repository ?? repo) === repo;

const isSameName = (a: PackageName, b: PackageName): boolean => a.category === b.category && a.name === b.name;

interface PackageName {
  readonly category: string;
  readonly name: string;
}
