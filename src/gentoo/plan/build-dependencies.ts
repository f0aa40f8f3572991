import type { PackageSlot, PlannedDependency } from './build-plan.ts';
import type { GraphPackage } from './dependency-graph.ts';
import { BUILD, byOrder, isMerged, neighbours } from './select-packages.ts';

/** Everything that must be installed while the item is built, in emerge's order; what is installed already comes first. */
export function findBuildDependencies(
  item: GraphPackage,
  toBuild: ReadonlySet<GraphPackage>,
  byId: ReadonlyMap<string, GraphPackage>,
): readonly GraphPackage[] {
  const reached = new Set<GraphPackage>();
  const queue = neighbours(item, BUILD, byId);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    const compiledAlong = isMerged(next) && !toBuild.has(next);
    queue.push(...neighbours(next, compiledAlong ? [...BUILD, 'RDEPEND', 'IDEPEND'] : ['RDEPEND', 'IDEPEND'], byId));
  }
  // emerge breaks cycles of run-time dependencies with its order: a package that it merges later is not needed first.
  return [...reached].filter((one) => !isMerged(one) || byOrder(one, item) < 0).sort(byInstallation);
}

/** Its cpv and slot. */
export const toSlot = ({ cpv, slot, sub_slot }: Pick<GraphPackage, 'cpv' | 'slot' | 'sub_slot'>): PackageSlot => ({
  cpv,
  slot,
  subSlot: sub_slot,
});

/** How a drone gets what an item is built with. */
export function toDependency(one: GraphPackage, toBuild: ReadonlySet<GraphPackage>): PlannedDependency {
  if (one.type === 'installed') return { ...toSlot(one), from: 'base' };
  return { ...toSlot(one), from: one.type === 'binary' || toBuild.has(one) ? 'binary' : 'source' };
}

function byInstallation(a: GraphPackage, b: GraphPackage): number {
  if (a.type === 'installed' || b.type === 'installed') return Number(b.type === 'installed') - Number(a.type === 'installed');
  return byOrder(a, b);
}
