import type { IndexEntry } from '../binhost/index-entry.ts';
import type { PlanItem } from './build-plan.ts';
import type { DependencyGraph, GraphPackage } from './dependency-graph.ts';
import { formatUse } from './use-text.ts';

/** Why an item is built: compared with what the binhost has of it. */
export function explainItem(
  item: GraphPackage,
  solved: DependencyGraph,
  published: readonly IndexEntry[],
): Pick<PlanItem, 'reason' | 'because' | 'useText'> {
  const before = published.filter(({ name }) => name === item.cp);
  const same = before.filter(({ cpv }) => cpv === item.cpv).at(-1);
  const older = before.filter(({ slot }) => slot === item.slot).at(-1);
  return { ...findReason(item, solved, { same, older }), useText: formatUse(item, same ?? older, solved.use_expand) };
}

function findReason(
  item: GraphPackage,
  solved: DependencyGraph,
  { same, older }: { readonly same: IndexEntry | undefined; readonly older: IndexEntry | undefined },
): Pick<PlanItem, 'reason' | 'because'> {
  const stale = solved.stale[item.cpv];
  if (stale !== undefined) return { reason: 'rebuild', because: stale };
  if (same !== undefined) return { reason: 'rebuild', because: describeUse(item, same) };
  if (older !== undefined) return { reason: 'upgrade', because: `from ${older.cpv.slice(item.cp.length + 1)}` };
  if (solved.targets.includes(item.id)) return { reason: 'new', because: 'requested' };
  const parent = solved.packages.find((one) => one.edge_kinds[item.id] !== undefined);
  return { reason: 'new', because: parent === undefined ? 'needed' : `needed by ${parent.cpv}` };
}

function describeUse(item: GraphPackage, before: IndexEntry): string {
  const added = item.use.filter((flag) => !before.use.has(flag));
  const removed = [...before.use].filter((flag) => item.iuse.includes(flag) && !item.use.includes(flag));
  const changes = [...added.map((flag) => `+${flag}`), ...removed.map((flag) => `-${flag}`)];
  return changes.length > 0 ? `USE changed: ${changes.join(' ')}` : 'its dependencies changed';
}
