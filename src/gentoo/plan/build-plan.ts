import { SwarmError } from '../../core/error/swarm-error.ts';
import { explainEmergeFailure } from '../build-log/emerge-failure.ts';
import type { DependencyGraph, GraphEdgeKind, GraphPackage } from './dependency-graph.ts';
import { formatUse } from './use-text.ts';

/** One package to build, with everything that the result is compared with. */
export interface PlanItem {
  readonly cpv: string;
  readonly slot: string;
  readonly subSlot: string;
  readonly repo: string;
  readonly eapi: string | null;
  /** The flags that are on, among those that it has. */
  readonly use: readonly string[];
  readonly iuse: readonly string[];
  /** The flags as emerge shows them, compared with what is published. */
  readonly useText: string;
  readonly restrict: readonly string[];
  /** CHOST, CFLAGS, CXXFLAGS and LDFLAGS. */
  readonly flags: Readonly<Record<string, string>>;
  /** Cpvs of other items that must be published before this one can start. */
  readonly needs: readonly string[];
  /** What has to be installed while it is built, in the order of installing. */
  readonly dependencies: readonly PlannedDependency[];
  /** What it is compiled against or uses at run time: the sub-slots that its recorded dependencies must name. */
  readonly builtWith: readonly PackageSlot[];
  /** What it needs to run and clients have without the binhost. */
  readonly base: readonly (PackageSlot & { readonly use: readonly string[] })[];
  /** Packages of the binhost, by cpv, that do not count for whether clients can install it. */
  readonly ignored: readonly string[];
  readonly reason: 'new' | 'upgrade' | 'rebuild';
  /** Why: who needs it, what it replaces, what differs. */
  readonly because: string;
}

/** A version of a package with its slot. */
export interface PackageSlot {
  readonly cpv: string;
  readonly slot: string;
  readonly subSlot: string;
}

/** A package that must be installed on the drone while an item is built there. */
export interface PlannedDependency extends PackageSlot {
  /** `base`: part of the system that every drone has. `binary`: from the binhost. `source`: compiled on the drone, as it may not be published. */
  readonly from: 'base' | 'binary' | 'source';
}

/** A package that the binhost has already. */
export interface ListedPackage {
  readonly cpv: string;
  readonly name: string;
  readonly slot: string;
  readonly use: readonly string[];
  readonly iuse?: readonly string[];
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
 *  only when it was requested by name. `published` is what the binhost has. Throws SW6004 to SW6007 when emerge refuses. */
export function makeBuildPlan(solved: DependencyGraph, published: readonly ListedPackage[] = []): BuildPlan {
  if (!solved.success) throw resolverError(solved);
  const wanted = selectPackages(solved);
  const ordered = [...wanted.toBuild].sort(byOrder);
  const unordered = ordered.find((one) => one.order === null);
  if (unordered) throw new SwarmError('SW6007', `emerge found no build order for ${unordered.cpv}`, { detail: solved.messages });
  const byId = new Map(solved.packages.map((one) => [one.id, one]));
  const seen = new Set<string>();
  const items = ordered
    .filter(({ cpv }) => !seen.has(cpv) && seen.add(cpv))
    .map((item): PlanItem => {
      const dependencies = findBuildDependencies(item, wanted.toBuild, byId);
      const needs = dependencies.filter((one) => wanted.toBuild.has(one) && byOrder(one, item) < 0).map(({ cpv }) => cpv);
      return {
        ...{ cpv: item.cpv, slot: item.slot, subSlot: item.sub_slot, repo: item.repo, eapi: item.eapi ?? null },
        ...{ use: item.use, iuse: item.iuse, restrict: item.restrict, flags: item.flags ?? {} },
        needs: [...new Set(needs)].filter((cpv) => cpv !== item.cpv),
        dependencies: dependencies.filter((one) => one.cpv !== item.cpv).map((one) => toDependency(one, wanted.toBuild)),
        builtWith: neighbours(item, [...BUILD, ...RUN], byId).map(toSlot),
        base: neighbours(item, RUN, byId)
          .filter((one) => one.type !== 'binary' && !wanted.toBuild.has(one))
          .map((one) => ({ ...toSlot(one), use: one.use })),
        ignored: [],
        ...explainItem(item, solved, published),
      };
    });
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

/** Everything that must be installed while the item is built, in emerge's order; what is installed already comes first. */
function findBuildDependencies(
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

const toSlot = ({ cpv, slot, sub_slot }: GraphPackage): PackageSlot => ({ cpv, slot, subSlot: sub_slot });

function toDependency(one: GraphPackage, toBuild: ReadonlySet<GraphPackage>): PlannedDependency {
  if (one.type === 'installed') return { ...toSlot(one), from: 'base' };
  return { ...toSlot(one), from: one.type === 'binary' || toBuild.has(one) ? 'binary' : 'source' };
}

function byInstallation(a: GraphPackage, b: GraphPackage): number {
  if (a.type === 'installed' || b.type === 'installed') return Number(b.type === 'installed') - Number(a.type === 'installed');
  return byOrder(a, b);
}

/** Why an item is built: compared with what the binhost has of it. */
function explainItem(
  item: GraphPackage,
  solved: DependencyGraph,
  published: readonly ListedPackage[],
): Pick<PlanItem, 'reason' | 'because' | 'useText'> {
  const before = published.filter(({ name }) => name === item.cp);
  const same = before.filter(({ cpv }) => cpv === item.cpv).at(-1);
  const older = before.filter(({ slot }) => slot.split('/')[0] === item.slot).at(-1);
  return { ...findReason(item, solved, { same, older }), useText: formatUse(item, same ?? older, solved.use_expand) };
}

function findReason(
  item: GraphPackage,
  solved: DependencyGraph,
  { same, older }: { readonly same: ListedPackage | undefined; readonly older: ListedPackage | undefined },
): Pick<PlanItem, 'reason' | 'because'> {
  const stale = solved.stale[item.cpv];
  if (stale !== undefined) return { reason: 'rebuild', because: stale };
  if (same !== undefined) return { reason: 'rebuild', because: describeUse(item, same) };
  if (older !== undefined) return { reason: 'upgrade', because: `from ${older.cpv.slice(item.cp.length + 1)}` };
  if (solved.targets.includes(item.id)) return { reason: 'new', because: 'requested' };
  const parent = solved.packages.find((one) => one.edge_kinds[item.id] !== undefined);
  return { reason: 'new', because: parent === undefined ? 'needed' : `needed by ${parent.cpv}` };
}

function describeUse(item: GraphPackage, before: ListedPackage): string {
  const added = item.use.filter((flag) => !before.use.includes(flag));
  const removed = before.use.filter((flag) => item.iuse.includes(flag) && !item.use.includes(flag));
  const changes = [...added.map((flag) => `+${flag}`), ...removed.map((flag) => `-${flag}`)];
  return changes.length > 0 ? `USE changed: ${changes.join(' ')}` : 'its dependencies changed';
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
