import { parseAtom } from '../atom/atom.ts';
import type { Unpublishable } from './build-plan.ts';
import type { DependencyGraph, GraphEdgeKind, GraphPackage } from './dependency-graph.ts';

export const BUILD = ['BDEPEND', 'DEPEND'] as const;
export const RUN = ['RDEPEND', 'IDEPEND', 'PDEPEND'] as const;

/** Whether Portage would build the package from an ebuild. */
export const isMerged = (one: GraphPackage): boolean => one.type === 'ebuild' && one.operation === 'merge';

/** Ids of the packages that these atoms name. What only clients want is not named: RESTRICT=bindist keeps it from being built. */
export function selectNamed({ named, packages }: DependencyGraph, atoms: readonly string[]): string[] {
  const names = new Set(atoms.map(parseAtom).map((atom) => (atom.kind === 'package' ? `${atom.category}/${atom.name}` : '')));
  return packages.filter(({ id, cp }) => named.includes(id) && names.has(cp)).map(({ id }) => id);
}

/** What a plan takes of a graph. */
export interface Selection {
  readonly toBuild: ReadonlySet<GraphPackage>;
  /** Run-time dependencies of the targets: what a client needs. */
  readonly toRun: ReadonlySet<GraphPackage>;
}

/** Follows the dependencies of the targets: all of them for a package that is built, the run-time ones for the others. emerge's graph
 *  also has packages that it would only rebuild on this host; they are not reached. */
export function selectPackages(solved: DependencyGraph): Selection {
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

/** Why the binhost will not have a package that clients need. Empty where it will. */
export function findUnpublishable(one: GraphPackage, toBuild: ReadonlySet<GraphPackage>): readonly Unpublishable[] {
  if (one.type === 'installed') return one.system ? [] : [{ cpv: one.cpv, reason: 'no ebuild' }];
  return isMerged(one) && !toBuild.has(one) ? [{ cpv: one.cpv, reason: 'bindist' }] : [];
}

/** The packages that one depends on in these ways. */
export function neighbours(one: GraphPackage, kinds: readonly GraphEdgeKind[], byId: ReadonlyMap<string, GraphPackage>): GraphPackage[] {
  return Object.entries(one.edge_kinds).flatMap(([id, found]) => {
    const neighbour = byId.get(id);
    return neighbour && found.some((kind) => kinds.includes(kind)) ? [neighbour] : [];
  });
}

/** emerge's order of merging. What it does not merge is last. */
export function byOrder(a: GraphPackage, b: GraphPackage): number {
  return (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER);
}
