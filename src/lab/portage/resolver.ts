import {
  buildId,
  DEMO_EBUILDS,
  DEPENDENCY_KINDS,
  type DemoPackage,
  type DependencyKind,
  dependenciesOf,
  dependencyName,
  matchesAtom,
} from './demo-package.ts';
import { DEMO_SETS, type Dependency } from './demo-tree.ts';
import type { DroneSystem } from './drone-system.ts';
import { circularMessage, findMask, flagChangeMessage, maskedMessage, noEbuildMessage, type RequiredBy } from './emerge-messages.ts';

export interface ResolveRequest {
  readonly atoms: readonly string[];
  readonly binaries: readonly DemoPackage[];
  readonly installed: readonly DemoPackage[];
  /** --usepkg-exclude: what is built although there is a binary of it. */
  readonly exclude: string | undefined;
  /** Of the targets only what they are built with. */
  readonly buildtimeOnly: boolean;
}

export interface MergeResolution {
  readonly targets: readonly DemoPackage[];
  /** What is merged, dependencies first. */
  readonly order: readonly DemoPackage[];
  /** Each package that was met, installed ones too, with what it needs and in which way. */
  readonly edges: ReadonlyMap<DemoPackage, ReadonlyMap<DemoPackage, readonly DependencyKind[]>>;
  /** What emerge prints on stderr when this cannot be done. */
  readonly problem?: string;
  readonly circular: boolean;
}

class ResolveError extends Error {}

/** Chooses packages of the demo tree, and their order. No backtracking, no slot conflicts, no blockers: the tree has none. */
export function resolvePackages(request: ResolveRequest, system: DroneSystem): MergeResolution {
  const targets: DemoPackage[] = [];
  const order: DemoPackage[] = [];
  const done = new Set<DemoPackage>();
  const edges = new Map<DemoPackage, Map<DemoPackage, readonly DependencyKind[]>>();
  const chosen = new Map<string, DemoPackage>();
  let circular = false;

  const choose = (wanted: Dependency, by: readonly RequiredBy[]): DemoPackage => {
    const atom = dependencyName(wanted);
    const old = by.length > 1 ? request.installed.find((pkg) => matchesAtom(pkg, atom)) : undefined; // a target is merged again
    if (old !== undefined) return old;
    const [newest, ...others] = DEMO_EBUILDS.filter((pkg) => matchesAtom(pkg, atom));
    if (newest === undefined) throw new ResolveError(noEbuildMessage(atom, by));
    const visible = [newest, ...others].find((pkg) => findMask(pkg, system) === undefined);
    if (visible === undefined) throw new ResolveError(maskedMessage(atom, newest, by, system));
    const flag = typeof wanted === 'string' ? undefined : wanted.use;
    if (flag !== undefined && !visible.ebuild.flags?.[flag]) throw new ResolveError(flagChangeMessage(visible, flag, by));
    if (request.exclude !== undefined && matchesAtom(visible, request.exclude)) return visible;
    const builds = request.binaries.filter(({ cpv }) => cpv === visible.cpv);
    return builds.sort((a, b) => Number(buildId(b)) - Number(buildId(a)))[0] ?? visible;
  };
  const pick = (wanted: Dependency, by: readonly RequiredBy[]): DemoPackage => {
    const found = choose(wanted, by);
    const known = chosen.get(found.cpv) ?? found;
    chosen.set(found.cpv, known);
    return known;
  };
  const visit = (pkg: DemoPackage, by: readonly RequiredBy[]): void => {
    if (edges.has(pkg)) return;
    const needs = new Map<DemoPackage, readonly DependencyKind[]>();
    edges.set(pkg, needs);
    const kinds = request.buildtimeOnly && targets.includes(pkg) ? BUILDTIME : KINDS[pkg.type];
    for (const kind of kinds) {
      for (const wanted of dependenciesOf(pkg)[kind]) {
        const needed = pick(wanted, by);
        needs.set(needed, [...(needs.get(needed) ?? []), kind]);
        if (kind !== 'RDEPEND' && edges.has(needed) && !done.has(needed)) {
          circular = true;
          throw new ResolveError(circularMessage(needed, pkg));
        }
        visit(needed, [needed, ...by]);
      }
    }
    done.add(pkg);
    if (pkg.type !== 'installed') order.push(pkg);
  };

  try {
    for (const atom of request.atoms) {
      const target = pick(atom, [atom]);
      targets.push(target);
      visit(target, [target, atom]);
    }
    return { targets, order, edges, circular };
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    return { targets, order: [], edges: circular ? edges : new Map(), problem: error.message, circular };
  }
}

const BUILDTIME = ['BDEPEND', 'DEPEND'] as const;
const KINDS: Readonly<Record<DemoPackage['type'], readonly DependencyKind[]>> = {
  ebuild: DEPENDENCY_KINDS,
  binary: ['RDEPEND'],
  installed: [],
};

/** The words of a command line, each set replaced by its members. */
export const expandSets = (words: readonly string[]): readonly string[] =>
  words.flatMap((word) => (word.startsWith('@') && DEMO_SETS[word.slice(1)]) || [word]);

export const isSystem = ({ ebuild }: DemoPackage): boolean => DEMO_SETS['system']?.includes(ebuild.name) ?? false;
