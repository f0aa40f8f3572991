import { SwarmError } from '../../core/error.ts';
import { explainEmergeFailure } from '../build-log/emerge-failure.ts';
import type { DependencyGraph, GraphEdgeKind, GraphPackage } from './dependency-graph.ts';

/** One package to build; its id in the queue is its cpv. */
export interface PlanItem {
  readonly cpv: string;
  readonly slot: string;
  readonly repo: string;
  /** The flags that are on, among those that it has. */
  readonly use: readonly string[];
  readonly restrict: readonly string[];
  /** Cpvs of other items that must be published before this one can start. */
  readonly needs: readonly string[];
}

/** A package that a client needs at run time and that the binhost will not have. */
export interface Unpublishable {
  readonly cpv: string;
  /** `bindist`: RESTRICT forbids publishing it. `no ebuild`: it is installed on the host, but its ebuild is gone. */
  readonly reason: 'bindist' | 'no ebuild';
}

/** What to build, and what the binhost will not have. */
export interface BuildPlan {
  readonly items: readonly PlanItem[];
  readonly unpublishable: readonly Unpublishable[];
}

/** The packages to build, in emerge's order. A package waits for its build dependencies (BDEPEND, DEPEND and what those need at run
 *  time), not for its own RDEPEND or PDEPEND. Binary and installed packages are no items. A package that may not be published is an item
 *  only when it was requested by name. Throws SW6004 to SW6007 when emerge refuses. */
export function makeBuildPlan(solved: DependencyGraph): BuildPlan {
  if (!solved.success) throw resolverError(solved);
  const wanted = selectPackages(solved);
  const ordered = [...wanted.toBuild].sort(byOrder);
  const unordered = ordered.find((one) => one.order === null);
  if (unordered) throw new SwarmError('SW6007', `emerge found no build order for ${unordered.cpv}`, { detail: solved.messages });
  const byId = new Map(solved.packages.map((one) => [one.id, one]));
  const seen = new Set<string>();
  const items = ordered
    .filter(({ cpv }) => !seen.has(cpv) && seen.add(cpv))
    .map((item) => ({
      cpv: item.cpv,
      slot: item.slot,
      repo: item.repo,
      use: item.use,
      restrict: item.restrict,
      needs: findNeeds(item, wanted.toBuild, byId),
    }));
  return { items, unpublishable: [...wanted.toRun].sort(byOrder).flatMap((one) => findUnpublishable(one, wanted.toBuild)) };
}

interface Selection {
  readonly toBuild: ReadonlySet<GraphPackage>;
  /** Run-time dependencies of the targets: what a client needs. */
  readonly toRun: ReadonlySet<GraphPackage>;
}

/** Follows the dependencies of the targets: all of them for a package that is built, the run-time ones for the others. emerge's graph
 *  also has packages that it would only rebuild on this host; they are not reached. */
function selectPackages(solved: DependencyGraph): Selection {
  const byId = new Map(solved.packages.map((one) => [one.id, one]));
  const named = new Set(solved.named);
  const [toBuild, toRun, toHave] = [new Set<GraphPackage>(), new Set<GraphPackage>(), new Set<GraphPackage>()];
  const queue: (readonly [GraphPackage, Set<GraphPackage>])[] = solved.targets.flatMap((id) => {
    const target = byId.get(id);
    return target ? [[target, toRun] as const] : [];
  });
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [one, purpose] = next;
    if (purpose.has(one)) continue;
    purpose.add(one);
    // A client has the system set. Requested packages are in the queue themselves.
    queue.push(...neighbours(one, RUN, byId).map((each) => [each, each.system ? toHave : purpose] as const));
    if (isMerged(one) && (named.has(one.id) || !one.restrict.includes('bindist'))) toBuild.add(one);
    // A package that may not be published is compiled on each drone that needs it, in the job of the item that needs it.
    if (!isMerged(one) || toBuild.has(one) || purpose === toHave)
      queue.push(...neighbours(one, BUILD, byId).map((each) => [each, toHave] as const));
  }
  return { toBuild, toRun };
}

function findUnpublishable(one: GraphPackage, toBuild: ReadonlySet<GraphPackage>): readonly Unpublishable[] {
  if (one.type === 'installed') return one.system ? [] : [{ cpv: one.cpv, reason: 'no ebuild' }];
  return isMerged(one) && !toBuild.has(one) ? [{ cpv: one.cpv, reason: 'bindist' }] : [];
}

const BUILD = ['BDEPEND', 'DEPEND'] as const;
const RUN = ['RDEPEND', 'IDEPEND', 'PDEPEND'] as const;

const isMerged = (one: GraphPackage): boolean => one.type === 'ebuild' && one.operation === 'merge';

function findNeeds(item: GraphPackage, toBuild: ReadonlySet<GraphPackage>, byId: ReadonlyMap<string, GraphPackage>): readonly string[] {
  const reached = new Set<GraphPackage>();
  const queue = neighbours(item, BUILD, byId);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    const compiledAlong = isMerged(next) && !toBuild.has(next);
    queue.push(...neighbours(next, compiledAlong ? [...BUILD, 'RDEPEND', 'IDEPEND'] : ['RDEPEND', 'IDEPEND'], byId));
  }
  // emerge breaks cycles of run-time dependencies with its order: a package that it merges later is not needed first.
  const needed = [...reached].filter((one) => toBuild.has(one) && byOrder(one, item) < 0);
  return [...new Set(needed.sort(byOrder).map((one) => one.cpv))].filter((cpv) => cpv !== item.cpv);
}

function neighbours(one: GraphPackage, kinds: readonly GraphEdgeKind[], byId: ReadonlyMap<string, GraphPackage>): GraphPackage[] {
  return Object.entries(one.edge_kinds).flatMap(([id, found]) => {
    const neighbour = byId.get(id);
    return neighbour && found.some((kind) => kinds.includes(kind)) ? [neighbour] : [];
  });
}

function byOrder(a: GraphPackage, b: GraphPackage): number {
  return (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER);
}

function resolverError(failed: DependencyGraph): SwarmError {
  const why = explainEmergeFailure(failed.status === 0 ? 1 : failed.status, failed.messages.split('\n'), failed.error ?? '');
  return new SwarmError(why.code, why.message, { hint: why.hint, detail: why.detail });
}
