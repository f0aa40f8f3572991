import { type PackageAtom, parseAtom } from '../../gentoo/atom/atom.ts';
import { KINDS, type Kind, matches, newestFirst, type Package, withUse } from './demo-package.ts';
import type { Place } from './drone-system.ts';
import { circularText, flagChangeText, maskedText, maskOf, noBinaryText, noEbuildText, type RequiredBy } from './emerge-messages.ts';

export interface Available {
  readonly ebuilds: readonly Package[];
  readonly binaries: readonly Package[];
  readonly installed: readonly Package[];
}

export interface Wish {
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
  readonly again: ReadonlySet<string>;
  /** --with-bdeps=y: build dependencies of binary and installed packages count too. */
  readonly withBdeps: boolean;
}

export interface Resolution {
  /** What the atoms of the wish came to. */
  readonly targets: readonly Package[];
  /** What is merged, dependencies first. */
  readonly order: readonly Package[];
  /** Every package met, installed ones too. */
  readonly packages: readonly Package[];
  readonly edges: ReadonlyMap<Package, ReadonlyMap<Package, readonly Kind[]>>;
  /** What emerge says on stderr when this cannot be done. */
  readonly problem?: string;
  readonly circular: boolean;
}

class Stop extends Error {
  readonly circular: boolean;
  constructor(text: string, circular = false) {
    super(text);
    this.circular = circular;
  }
}

/** A small resolver with Portage's answers for the demo tree: no backtracking, no slot conflicts, no blockers. */
export function resolve(wish: Wish, available: Available, place: Place): Resolution {
  const order: Package[] = [];
  const targets: Package[] = [];
  const asked: Package[] = []; // targets, and those that are installed and stay
  const edges = new Map<Package, Map<Package, readonly Kind[]>>();
  const chosen = new Map<string, Package>(); // by name and slot
  const forced = new Map<string, Set<string>>(); // flags that dependencies ask for, by name
  const state = new Map<Package, 'open' | 'done'>();
  const changes: { readonly pkg: Package; readonly flag: string; readonly by: readonly RequiredBy[] }[] = [];

  const pick = (atom: PackageAtom, by: readonly RequiredBy[], argument: boolean): Package => {
    const old = available.installed.filter((pkg) => matches(pkg, atom) && hasUse(pkg, atom)).sort(newestFirst)[0];
    const again = old !== undefined && wish.again.has(old.cpv.text);
    if (old !== undefined && !again && !wish.emptytree && (!argument || wish.noreplace)) return old;
    const all = available.ebuilds.filter((pkg) => matches(pkg, atom));
    const visible = all.filter((pkg) => maskOf(pkg, place) === undefined).sort(newestFirst);
    const held = again && (!argument || wish.noreplace) ? visible.find((pkg) => pkg.cpv.text === old.cpv.text) : undefined;
    const best = held ?? visible[0];
    if (again && best === undefined) return old;
    if (wish.binaries === 'only') {
      const binary = available.binaries.filter((pkg) => matches(pkg, atom)).sort(newestFirst)[0];
      if (binary === undefined) throw new Stop(noBinaryText(atom.text, by));
      return binary;
    }
    if (all.length === 0) throw new Stop(noEbuildText(atom.text, by, available.ebuilds));
    if (best === undefined) throw new Stop(maskedText(atom.text, all, by, place));
    const wanted = withWantedUse(best, atom, by);
    return binaryFor(wanted) ?? wanted;
  };

  const withWantedUse = (pkg: Package, atom: PackageAtom, by: readonly RequiredBy[]): Package => {
    const name = `${pkg.cpv.category}/${pkg.cpv.name}`;
    const flags = forced.get(name) ?? new Set<string>();
    for (const { flag, kind } of atom.use) {
      if (kind !== 'on' || pkg.use.includes(flag) || flags.has(flag)) continue;
      flags.add(flag);
      changes.push({ pkg, flag, by });
    }
    forced.set(name, flags);
    return flags.size === 0 ? pkg : withUse(pkg, [...pkg.use, ...flags].sort());
  };

  const binaryFor = (pkg: Package): Package | undefined => {
    const { category, name, text } = pkg.cpv;
    if (wish.binaries === 'never') return undefined;
    const names = [name, `${category}/${name}`, `${category}/*`, '*/*'].flatMap((each) => [each, `${each}:${pkg.slot}`]);
    if (wish.exclude.some((each) => names.includes(each))) return undefined;
    const same = (other: Package): boolean =>
      other.cpv.text === text && other.slot === pkg.slot && pkg.iuse.every((flag) => pkg.use.includes(flag) === other.use.includes(flag));
    return available.binaries.filter(same).sort(newestFirst)[0];
  };

  const visit = (pkg: Package, by: readonly RequiredBy[]): void => {
    state.set(pkg, 'open');
    const out = new Map<Package, readonly Kind[]>();
    edges.set(pkg, out);
    const later: (() => void)[] = [];
    for (const kind of targets.includes(pkg) && wish.buildtimeOnly && pkg.type === 'ebuild' ? BUILDTIME : kindsOf(pkg, wish)) {
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
        else if (state.get(dep) === 'open' && kind !== 'RDEPEND') throw new Stop(circularText(dep, pkg), true);
        else go();
      }
    }
    state.set(pkg, 'done');
    if (pkg.type !== 'installed') order.push(pkg);
    for (const go of later) go();
  };

  try {
    for (const atom of wish.atoms) {
      const found = pick(atom, [{ argument: atom.text }], true);
      const key = `${found.type}:${found.cpv.text}:${found.slot}`;
      const pkg = chosen.get(key) ?? found;
      chosen.set(key, pkg);
      asked.push(pkg);
      if (pkg.type === 'installed') continue;
      targets.push(pkg);
      if (state.get(pkg) === undefined) visit(pkg, [{ pkg }, { argument: atom.text }]);
    }
    const merged = wish.onlydeps ? order.filter((pkg) => !targets.includes(pkg)) : order;
    const problem = changes.length > 0 ? { problem: flagChangeText(changes) } : {};
    return { targets: asked, order: merged, packages: [...state.keys()], edges, circular: false, ...problem };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const packages = error.circular ? [...state.keys()] : [];
    return { targets: asked, order: [], packages, edges, problem: error.message, circular: error.circular };
  }
}

const BUILDTIME = ['BDEPEND', 'DEPEND'] as const;

function kindsOf(pkg: Package, wish: Wish): readonly Kind[] {
  if (wish.nodeps) return [];
  if (pkg.type === 'ebuild') return KINDS;
  if (pkg.type === 'installed') return [];
  return wish.withBdeps ? KINDS : ['RDEPEND', 'IDEPEND', 'PDEPEND'];
}

/** The atoms of a resolved dependency string; of `|| ( )` the first that is installed, else the first. Blockers are left out. */
function atomsOf(text: string, { installed }: Available): PackageAtom[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const atoms: PackageAtom[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '||') {
      const end = words.indexOf(')', i);
      const choices = words.slice(i + 2, end).map(packageAtom);
      const first = choices.find((atom) => installed.some((pkg) => matches(pkg, atom))) ?? choices[0];
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

function hasUse(pkg: Package, atom: PackageAtom): boolean {
  return atom.use.every(({ flag, kind }) => (kind === 'on' ? pkg.use.includes(flag) : kind === 'off' ? !pkg.use.includes(flag) : true));
}
