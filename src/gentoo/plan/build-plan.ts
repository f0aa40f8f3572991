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

/** What a client needs to run the targets, and the binhost will not have. */
export interface Unpublishable {
  readonly cpv: string;
  /** `bindist`: RESTRICT says that it may not be handed on. `no ebuild`: it is installed on the host, and cannot be built again. */
  readonly reason: 'bindist' | 'no ebuild';
}

export interface BuildPlan {
  readonly items: readonly PlanItem[];
  readonly unpublishable: readonly Unpublishable[];
}

/** What must be built, in emerge's own order. A package waits for what its build needs (BDEPEND, DEPEND, and what those need to run),
 *  not for its own RDEPEND or PDEPEND. Binary and installed packages are no items, nor is what may not be handed on, unless it was asked
 *  for by its name. Throws what emerge's refusal amounts to: SW6004 to SW6007, and SW6007 for a cycle. */
export function makeBuildPlan(solved: DependencyGraph): BuildPlan {
  if (!solved.success) throw resolverError(solved);
  const wanted = selectPackages(solved);
  const ordered = [...wanted.toBuild].sort(byOrder);
  const unordered = ordered.find((one) => one.order === null);
  if (unordered)
    throw new SwarmError('SW6007', `emerge found no order in which ${unordered.cpv} could be built`, { detail: solved.messages });
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
  /** Reached from the targets by what is needed to run, so that a client needs it. */
  readonly toRun: ReadonlySet<GraphPackage>;
}

/** Goes from the targets along the edges: of what is built along all, of the rest along those that it needs to run. emerge's graph holds
 *  more than that: what it would rebuild on the host, say, as a library is replaced. */
function selectPackages(solved: DependencyGraph): Selection {
  const byId = new Map(solved.packages.map((one) => [one.id, one]));
  const named = new Set(solved.named);
  const [toBuild, toRun, toHave] = [new Set<GraphPackage>(), new Set<GraphPackage>(), new Set<GraphPackage>()];
  const queue: (readonly [GraphPackage, Set<GraphPackage>])[] = solved.targets.flatMap((id) => {
    const target = byId.get(id);
    return target ? [[target, toRun] as const] : [];
  });
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [one, as] = next;
    if (as.has(one)) continue;
    as.add(one);
    // A client has the system set. What was asked for is in the queue by itself.
    queue.push(...neighbours(one, RUN, byId).map((each) => [each, each.system ? toHave : as] as const));
    if (isMerged(one) && (named.has(one.id) || !one.restrict.includes('bindist'))) toBuild.add(one);
    // What may not be handed on is compiled on each drone that needs it, within the job of the item that needs it.
    if (!isMerged(one) || toBuild.has(one) || as === toHave)
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
  // emerge breaks circles of run-time dependencies by its order: what it merges later is no condition.
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
