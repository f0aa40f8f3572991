import { SwarmError } from '../../core/error/swarm-error.ts';
import type { IndexEntry } from '../binhost/index-entry.ts';
import { explainEmergeFailure } from '../build-log/emerge-failure.ts';
import { findBuildDependencies, toDependency, toSlot } from './build-dependencies.ts';
import type { DependencyGraph } from './dependency-graph.ts';
import { explainItem } from './explain-item.ts';
import { BUILD, byOrder, findUnpublishable, neighbours, RUN, selectPackages } from './select-packages.ts';

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
  /** What clients need of all that was asked for, by cpv: also what is published. */
  readonly wanted: readonly string[];
}

/** The packages to build, in emerge's order. A package waits for its build dependencies (BDEPEND, DEPEND and what those need at run
 *  time), not for its own RDEPEND or PDEPEND. Binary and installed packages are no items. A package that may not be published is an item
 *  only when it was requested by name. `published` is what the binhost has. Throws SW6004 to SW6007 when emerge refuses. */
export function makeBuildPlan(solved: DependencyGraph, published: readonly IndexEntry[] = []): BuildPlan {
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
  const toRun = [...wanted.toRun].sort(byOrder);
  return {
    items,
    unpublishable: toRun.flatMap((one) => findUnpublishable(one, wanted.toBuild)),
    wanted: toRun.map(({ cpv }) => cpv),
  };
}

function resolverError(failed: DependencyGraph): SwarmError {
  const why = explainEmergeFailure(failed.status === 0 ? 1 : failed.status, failed.messages.split('\n'), failed.error ?? '');
  return new SwarmError(why.code, why.message, { hint: why.hint, detail: why.detail });
}
