import { compareVersions } from '../../core/version/portage-version.ts';
import { findBuiltSlots } from '../atom/built-slots.ts';
import { findNewest, type IndexEntry } from '../binhost/index-entry.ts';
import { findMoved } from '../binhost/package-moves.ts';
import type { DependencyGraph } from './dependency-graph.ts';

/** A published package that was built against another sub-slot than clients will have. */
export interface BumpedConsumer {
  readonly cpv: string;
  /** `cat/name:slot`, to ask emerge for it. */
  readonly atom: string;
  readonly because: string;
}

/** The published packages whose recorded sub-slots are not those of the newest version in that slot, of the plan or of the binhost. */
export function findBumpedConsumers(entries: readonly IndexEntry[], packages: DependencyGraph['packages']): readonly BumpedConsumer[] {
  const newest = findNewest(entries);
  const current = new Map([...newest].map(([key, { version, subSlot }]) => [key, { version, subSlot }]));
  for (const { cp, version, slot, sub_slot: subSlot } of packages) {
    const key = `${cp}:${slot}`;
    const before = current.get(key);
    if (before === undefined || compareVersions(version, before.version) >= 0) current.set(key, { version, subSlot });
  }
  return [...newest.values()].flatMap(({ cpv, key, dependencies }): readonly BumpedConsumer[] => {
    const bumped = findBuiltSlots(dependencies).find(({ name, slot, subSlot }) => {
      const now = current.get(`${name}:${slot}`);
      return now !== undefined && now.subSlot !== subSlot;
    });
    if (bumped === undefined) return [];
    const { name, slot, subSlot } = bumped;
    const now = `${slot}/${current.get(`${name}:${slot}`)?.subSlot}`;
    return [{ cpv, atom: key, because: `built against ${name}:${slot}/${subSlot}, now ${now}` }];
  });
}

/** The published packages that need a package by its name or slot before a move. Those that were moved themselves are not among them. */
export function findMovedConsumers(entries: readonly IndexEntry[], moves: DependencyGraph['moves']): readonly BumpedConsumer[] {
  return [...findMoved([...findNewest(entries).values()], moves)].flatMap(([{ cpv, key }, reasons]): readonly BumpedConsumer[] => {
    const [reason] = reasons;
    return reason === undefined || reasons.some(({ isOld }) => isOld) ? [] : [{ cpv, atom: key, because: reason.because }];
  });
}

/** Published packages that are newer than what the plan has in their slot: the target does not take them. */
export function findPassedOver(entries: readonly IndexEntry[], packages: DependencyGraph['packages']): readonly string[] {
  const chosen = new Map(packages.map((one) => [`${one.cp}:${one.slot}`, one.version]));
  return entries.flatMap(({ cpv, key, version }) => {
    const taken = chosen.get(key);
    return taken !== undefined && compareVersions(version, taken) > 0 ? [cpv] : [];
  });
}
