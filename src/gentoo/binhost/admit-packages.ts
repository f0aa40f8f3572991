import { type PackageAtom, parseAtom } from '../atom/atom.ts';
import { findBuiltSlots } from '../atom/built-slots.ts';
import { type DependencyTree, parseDependencies } from '../atom/dependency-string.ts';
import { type MatchablePackage, satisfiesAtom } from '../atom/satisfies-atom.ts';
import { compareEntries, findNewest, type IndexEntry } from './index-entry.ts';
import { findMoved, type MovedEntry, type PackageMove } from './package-moves.ts';

/** A verified package that no client sees yet. */
export interface CandidatePackage extends IndexEntry {
  /** What clients have without the binhost, among what it needs. Undefined: unknown, so it is not checked. */
  readonly base?: readonly MatchablePackage[];
  /** Packages of the index that do not count, by cpv: those that the target takes no more and those that cannot be built again. */
  readonly ignored: ReadonlySet<string>;
}

/** A package that stays out, with what it needs. */
export interface HeldPackage<T> {
  readonly one: T;
  readonly needs: readonly string[];
}

/** Divides what waits into the most packages that clients can install together with what is published, and the rest. A package needs
 *  its run-time dependencies; one with a new sub-slot also needs all that is built against the old one, built again, and one with a new
 *  name (`moves`) all that needs the old name. */
export function admitPackages<T extends CandidatePackage>(
  published: readonly IndexEntry[],
  candidates: readonly T[],
  moves: readonly PackageMove[] = [],
): { readonly admitted: readonly T[]; readonly held: readonly HeldPackage<T>[] } {
  let admitted = candidates;
  const moved = findMoved(published, moves);
  for (;;) {
    const set = makeSet(published, admitted, moved);
    const missing = admitted.filter((one) => findMissing(one, set).length > 0);
    // What is built against an older sub-slot goes last: the newer one may have gone already.
    const failing = missing.length > 0 ? missing : admitted.filter((one) => findOutdated(one, set).length > 0);
    if (failing.length === 0) {
      const held = candidates.filter((one) => !admitted.includes(one));
      return { admitted, held: held.map((one) => ({ one, needs: explainHeld(one, { published, candidates, admitted, moved }) })) };
    }
    admitted = admitted.filter((one) => !failing.includes(one));
  }
}

/** What is nowhere yet; where all of it is there, what is itself held back. */
function explainHeld<T extends CandidatePackage>(
  one: T,
  {
    published,
    candidates,
    admitted,
    moved,
  }: {
    readonly published: readonly IndexEntry[];
    readonly candidates: readonly T[];
    readonly admitted: readonly T[];
    readonly moved: PackageSet['moved'];
  },
): readonly string[] {
  const whole = makeSet(published, candidates, moved);
  const entering = makeSet(published, [...admitted, one], moved);
  const [needs = []] = [findMissing(one, whole), findMissing(one, entering), findOutdated(one, entering)].filter(
    (found) => found.length > 0,
  );
  return [...new Set(needs)];
}

interface PackageSet {
  readonly byName: ReadonlyMap<string, readonly IndexEntry[]>;
  readonly newest: ReadonlyMap<string, IndexEntry>;
  /** Of what is published alone. */
  readonly before: ReadonlyMap<string, IndexEntry>;
  /** What is published under an old name, or needs one. */
  readonly moved: ReadonlyMap<IndexEntry, readonly MovedEntry[]>;
}

function makeSet(published: readonly IndexEntry[], added: readonly IndexEntry[], moved: PackageSet['moved']): PackageSet {
  const entries = [...published, ...added];
  const byName = new Map<string, IndexEntry[]>();
  for (const entry of entries) {
    const same = byName.get(entry.name);
    if (same === undefined) byName.set(entry.name, [entry]);
    else same.push(entry);
  }
  return { byName, newest: findNewest(entries), before: findNewest(published), moved };
}

/** Run-time dependencies that nothing meets, and consumers of its slot that are built against another sub-slot. */
function findMissing(one: CandidatePackage, set: PackageSet): readonly string[] {
  if (one.base === undefined) return [];
  return [...findUnmet(one, set), ...findLeftBehind(one, set)];
}

function findUnmet(one: CandidatePackage, { byName }: PackageSet): readonly string[] {
  const dependencies = parseDependencies(one.runtime);
  const blockers = findBlockers(one);
  const isMet = (dependency: DependencyTree): boolean => {
    if (typeof dependency !== 'string') return dependency.any ? dependency.items.some(isMet) : dependency.items.every(isMet);
    const atom = parseAtom(dependency);
    if (atom.kind === 'set' || atom.blocks !== undefined) return true;
    const name = `${atom.category}/${atom.name}`;
    const listed = byName.get(name) ?? [];
    return (
      listed.some((each) => satisfiesAtom(atom, each) && (each.path === one.path || !excludeEachOther(one, blockers, each))) ||
      (one.base ?? []).some((each) => satisfiesAtom(atom, each))
    );
  };
  return dependencies.filter((each) => !isMet(each)).map(formatDependency);
}

/** True where a package blocks the other or is blocked by it. */
const excludeEachOther = (one: IndexEntry, blockers: readonly PackageAtom[], other: IndexEntry): boolean =>
  blockers.some((blocker) => satisfiesAtom(blocker, other)) || findBlockers(other).some((blocker) => satisfiesAtom(blocker, one));

function findBlockers({ runtime }: IndexEntry): readonly PackageAtom[] {
  if (!runtime.includes('!')) return [];
  return runtime
    .split(' ')
    .filter((word) => word.startsWith('!'))
    .map(parseAtom)
    .filter((atom) => atom.kind === 'package');
}

/** What clients would take and is built against another sub-slot than this package brings, or needs it by its old name. */
function findLeftBehind(one: CandidatePackage, { byName, newest, before, moved }: PackageSet): readonly string[] {
  if (before.get(one.key)?.subSlot === one.subSlot) return [];
  const taken = findTaken(byName, one.ignored, one);
  if (taken !== undefined && compareEntries(taken, one) > 0) return []; // clients do not take this one
  const others = [...newest.values()].filter(({ cpv }) => !one.ignored.has(cpv));
  const needsOldName = (other: IndexEntry): boolean =>
    moved.get(other)?.some(({ move, isOld }) => !isOld && (move.to === one.name || move.to === one.key)) === true;
  return [
    ...others
      .filter(({ runtime }) => findBuiltSlots(runtime).some((built) => isOtherSubSlot(built, one)))
      .map(({ cpv }) => `${cpv} built against ${one.key}/${one.subSlot}`),
    ...others.filter(needsOldName).map(({ cpv }) => `${cpv} built with ${one.key}`),
  ];
}

/** What clients take of a name and slot, without what does not count. */
function findTaken(
  byName: PackageSet['byName'],
  ignored: ReadonlySet<string>,
  { name, slot }: { readonly name: string; readonly slot: string },
): IndexEntry | undefined {
  return findNewest((byName.get(name) ?? []).filter(({ cpv }) => !ignored.has(cpv))).get(`${name}:${slot}`);
}

const isOtherSubSlot = (built: { readonly name: string; readonly slot: string; readonly subSlot: string }, one: IndexEntry): boolean =>
  `${built.name}:${built.slot}` === one.key && built.subSlot !== one.subSlot;

/** Sub-slots that it is built against and that clients leave for a newer one. */
function findOutdated(one: CandidatePackage, { byName }: PackageSet): readonly string[] {
  if (one.base === undefined) return [];
  return findBuiltSlots(one.runtime).flatMap((built) => {
    const taken = findTaken(byName, one.ignored, built);
    if (taken === undefined || taken.subSlot === built.subSlot) return [];
    return [`a build against ${built.name}:${built.slot}/${taken.subSlot}, not ${built.slot}/${built.subSlot}`];
  });
}

function formatDependency(one: DependencyTree): string {
  if (typeof one === 'string') return one;
  return one.any ? one.items.map(formatDependency).join(' or ') : `( ${one.items.map(formatDependency).join(' ')} )`;
}
