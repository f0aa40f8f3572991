import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';
import { compareNewestFirst, DEPENDENCY_KINDS, type DemoPackage, type DependencyKind, matchesAtom, withUseFlags } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';
import {
  circularMessage,
  findMask,
  formatUseChanges,
  maskedMessage,
  noBinaryMessage,
  noEbuildMessage,
  type RequiredBy,
} from './emerge-messages.ts';

export interface AvailablePackages {
  readonly ebuilds: readonly DemoPackage[];
  readonly binaries: readonly DemoPackage[];
  readonly installed: readonly DemoPackage[];
}

export interface ResolveRequest {
  readonly atoms: readonly PackageAtom[];
  /** Binary packages may be taken, must be taken, or are not looked at. */
  readonly binaries: 'never' | 'welcome' | 'only';
  /** --usepkg-exclude: names, `cat/name` or `cat/*` that are built all the same. */
  readonly exclude: readonly string[];
  readonly onlydeps: boolean;
  /** Of the targets only what they are built with: --buildpkgonly, and --onlydeps with --onlydeps-with-rdeps=n. */
  readonly buildtimeOnly: boolean;
  readonly nodeps: boolean;
  readonly noreplace: boolean;
  readonly emptytree: boolean;
  /** Cpvs that count as not installed, and are held at their version: what the plan script asks of Portage. */
  readonly reinstall: ReadonlySet<string>;
  /** --with-bdeps=y: build dependencies of binary and installed packages count too. */
  readonly withBdeps: boolean;
}

export interface MergeResolution {
  /** What the atoms of the wish came to. */
  readonly targets: readonly DemoPackage[];
  /** What is merged, dependencies first. */
  readonly order: readonly DemoPackage[];
  /** Every package met, installed ones too. */
  readonly packages: readonly DemoPackage[];
  readonly edges: ReadonlyMap<DemoPackage, ReadonlyMap<DemoPackage, readonly DependencyKind[]>>;
  /** What emerge says on stderr when this cannot be done. */
  readonly problem?: string;
  readonly circular: boolean;
}

class ResolveError extends Error {
  readonly circular: boolean;
  constructor(text: string, circular = false) {
    super(text);
    this.circular = circular;
  }
}

/** A small resolver with Portage's answers for the demo tree: no backtracking, no slot conflicts, no blockers. */
export function resolvePackages(request: ResolveRequest, available: AvailablePackages, system: DroneSystem): MergeResolution {
  const order: DemoPackage[] = [];
  const targets: DemoPackage[] = [];
  const asked: DemoPackage[] = []; // targets, and those that are installed and stay
  const edges = new Map<DemoPackage, Map<DemoPackage, readonly DependencyKind[]>>();
  const chosen = new Map<string, DemoPackage>(); // by name and slot
  const forced = new Map<string, Set<string>>(); // flags that dependencies ask for, by name
  const state = new Map<DemoPackage, 'open' | 'done'>();
  const changes: { readonly pkg: DemoPackage; readonly flag: string; readonly by: readonly RequiredBy[] }[] = [];

  const pick = (atom: PackageAtom, by: readonly RequiredBy[], argument: boolean): DemoPackage => {
    const old = available.installed.filter((pkg) => matchesAtom(pkg, atom) && hasUse(pkg, atom)).sort(compareNewestFirst)[0];
    const again = old !== undefined && request.reinstall.has(old.cpv.text);
    if (old !== undefined && !again && !request.emptytree && (!argument || request.noreplace)) return old;
    const all = available.ebuilds.filter((pkg) => matchesAtom(pkg, atom));
    const visible = all.filter((pkg) => findMask(pkg, system) === undefined).sort(compareNewestFirst);
    const held = again && (!argument || request.noreplace) ? visible.find((pkg) => pkg.cpv.text === old.cpv.text) : undefined;
    const best = held ?? visible[0];
    if (again && best === undefined) return old;
    if (request.binaries === 'only') {
      const binary = available.binaries.filter((pkg) => matchesAtom(pkg, atom)).sort(compareNewestFirst)[0];
      if (binary === undefined) throw new ResolveError(noBinaryMessage(atom.text, by));
      return binary;
    }
    if (all.length === 0) throw new ResolveError(noEbuildMessage(atom.text, by, available.ebuilds));
    if (best === undefined) throw new ResolveError(maskedMessage(atom.text, all, by, system));
    const wanted = withWantedUse(best, atom, by);
    return binaryFor(wanted) ?? wanted;
  };

  const withWantedUse = (pkg: DemoPackage, atom: PackageAtom, by: readonly RequiredBy[]): DemoPackage => {
    const name = `${pkg.cpv.category}/${pkg.cpv.name}`;
    const flags = forced.get(name) ?? new Set<string>();
    for (const { flag, kind } of atom.use) {
      if (kind !== 'on' || pkg.use.includes(flag) || flags.has(flag)) continue;
      flags.add(flag);
      changes.push({ pkg, flag, by });
    }
    forced.set(name, flags);
    return flags.size === 0 ? pkg : withUseFlags(pkg, [...pkg.use, ...flags].sort());
  };

  const binaryFor = (pkg: DemoPackage): DemoPackage | undefined => {
    const { category, name, text } = pkg.cpv;
    if (request.binaries === 'never') return undefined;
    const names = [name, `${category}/${name}`, `${category}/*`, '*/*'].flatMap((each) => [each, `${each}:${pkg.slot}`]);
    if (request.exclude.some((each) => names.includes(each))) return undefined;
    const same = (other: DemoPackage): boolean =>
      other.cpv.text === text && other.slot === pkg.slot && pkg.iuse.every((flag) => pkg.use.includes(flag) === other.use.includes(flag));
    return available.binaries.filter(same).sort(compareNewestFirst)[0];
  };

  const visit = (pkg: DemoPackage, by: readonly RequiredBy[]): void => {
    state.set(pkg, 'open');
    const out = new Map<DemoPackage, readonly DependencyKind[]>();
    edges.set(pkg, out);
    const later: (() => void)[] = [];
    for (const kind of targets.includes(pkg) && request.buildtimeOnly && pkg.type === 'ebuild' ? BUILDTIME : kindsOf(pkg, request)) {
      for (const atom of atomsOf(pkg.dependencies[kind], available)) {
        const found = pick(atom, by, false);
        const key = `${found.type}:${found.cpv.text}:${found.slot}`;
        const dep = chosen.get(key) ?? found;
        chosen.set(key, dep);
        out.set(dep, [...(out.get(dep) ?? []), kind]);
        const go = (): void => {
          if (state.get(dep) === undefined) visit(dep, [{ pkg: dep }, ...by]);
        };
        if (kind === 'PDEPEND') later.push(go);
        else if (state.get(dep) === 'open' && kind !== 'RDEPEND') throw new ResolveError(circularMessage(dep, pkg), true);
        else go();
      }
    }
    state.set(pkg, 'done');
    if (pkg.type !== 'installed') order.push(pkg);
    for (const go of later) go();
  };

  try {
    for (const atom of request.atoms) {
      const found = pick(atom, [{ argument: atom.text }], true);
      const key = `${found.type}:${found.cpv.text}:${found.slot}`;
      const pkg = chosen.get(key) ?? found;
      chosen.set(key, pkg);
      asked.push(pkg);
      if (pkg.type === 'installed') continue;
      targets.push(pkg);
      if (state.get(pkg) === undefined) visit(pkg, [{ pkg }, { argument: atom.text }]);
    }
    const merged = request.onlydeps ? order.filter((pkg) => !targets.includes(pkg)) : order;
    const problem = changes.length > 0 ? { problem: formatUseChanges(changes) } : {};
    return { targets: asked, order: merged, packages: [...state.keys()], edges, circular: false, ...problem };
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const packages = error.circular ? [...state.keys()] : [];
    return { targets: asked, order: [], packages, edges, problem: error.message, circular: error.circular };
  }
}

const BUILDTIME = ['BDEPEND', 'DEPEND'] as const;

function kindsOf(pkg: DemoPackage, request: ResolveRequest): readonly DependencyKind[] {
  if (request.nodeps) return [];
  if (pkg.type === 'ebuild') return DEPENDENCY_KINDS;
  if (pkg.type === 'installed') return [];
  return request.withBdeps ? DEPENDENCY_KINDS : ['RDEPEND', 'IDEPEND', 'PDEPEND'];
}

/** The atoms of a resolved dependency string; of `|| ( )` the first that is installed, else the first. Blockers are left out. */
function atomsOf(text: string, { installed }: AvailablePackages): PackageAtom[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const atoms: PackageAtom[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '||') {
      const end = words.indexOf(')', i);
      const choices = words.slice(i + 2, end).map(packageAtom);
      const first = choices.find((atom) => installed.some((pkg) => matchesAtom(pkg, atom))) ?? choices[0];
      if (first !== undefined) atoms.push(first);
      i = end;
    } else if (word !== '(' && word !== ')' && !word.startsWith('!')) atoms.push(packageAtom(word));
  }
  return atoms;
}

function packageAtom(text: string): PackageAtom {
  const atom = parseAtom(text);
  if (atom.kind === 'set') throw new RangeError(`a set among dependencies: ${text}`);
  return atom;
}

function hasUse(pkg: DemoPackage, atom: PackageAtom): boolean {
  return atom.use.every(({ flag, kind }) => (kind === 'on' ? pkg.use.includes(flag) : kind === 'off' ? !pkg.use.includes(flag) : true));
}
