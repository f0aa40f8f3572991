import { SwarmError } from '../../core/error/swarm-error.ts';
import type { PackageAtom } from '../../gentoo/atom/atom.ts';
import { parseCpv } from '../../gentoo/atom/cpv.ts';
import type { IndexEntry } from '../../gentoo/binhost/index-entry.ts';
import type { BuildPlan, PlanItem } from '../../gentoo/plan/build-plan.ts';
import type { DependencyGraph } from '../../gentoo/plan/dependency-graph.ts';
import { makeBuildPlan } from '../../gentoo/plan/make-build-plan.ts';
import { isMerged, selectNamed } from '../../gentoo/plan/select-packages.ts';
import { isSameName, parseExclude } from './parse-exclude.ts';

/** A package that would be built and is not. */
export interface ExcludedItem {
  readonly cpv: string;
  /** `excluded`, or the excluded package that it needs. */
  readonly because: string;
}

/** A plan, and what it would be without `--exclude`. */
export interface PlanWithoutExcluded {
  readonly plan: BuildPlan;
  readonly excluded: readonly ExcludedItem[];
  readonly whole: BuildPlan;
}

/** The plan of a graph without what is excluded, without every package that is built with one of these or needs it to run, and without
 *  what only those need. Throws SW6024 where a requested package is left out. */
export function planWithoutExcluded(
  graph: DependencyGraph,
  entries: readonly IndexEntry[],
  { exclude, requested }: { readonly exclude: readonly string[]; readonly requested: readonly string[] },
): PlanWithoutExcluded {
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
