import { SwarmError } from '../../core/error/swarm-error.ts';
import type { IndexEntry } from '../binhost/index-entry.ts';
import { explainEmergeFailure } from '../build-log/emerge-failure.ts';
import { findBuildDependencies, toDependency, toSlot } from './build-dependencies.ts';
import type { BuildPlan, PlanItem } from './build-plan.ts';
import type { DependencyGraph } from './dependency-graph.ts';
import { explainItem } from './explain-item.ts';
import { BUILD, byOrder, findUnpublishable, neighbours, RUN, selectPackages } from './select-packages.ts';

/** The packages to build, in emerge's order. A package waits for its build dependencies (BDEPEND, DEPEND and what those need at run
 *  time), not for its own RDEPEND or PDEPEND. Binary and installed packages are not items. A package that may not be published is an item
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
        ...{ cpv: item.cpv, slot: item.slot, subSlot: item.sub_slot, repo: item.repo },
        ...{ eapi: item.eapi ?? null, ebuild: item.ebuild ?? null },
        ...{ use: item.use, iuse: item.iuse, restrict: item.restrict, flags: item.flags ?? {} },
        needs: [...new Set(needs)].filter((cpv) => cpv !== item.cpv),
        dependencies: dependencies.filter((one) => one.cpv !== item.cpv).map((one) => toDependency(one, wanted.toBuild)),
        builtWith: neighbours(item, [...BUILD, ...RUN], byId).map(toSlot),
        base: [...neighbours(item, RUN, byId).filter((one) => one.type !== 'binary' && !wanted.toBuild.has(one)), ...solved.libc].map(
          (one) => ({ ...toSlot(one), use: one.use }),
        ),
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
