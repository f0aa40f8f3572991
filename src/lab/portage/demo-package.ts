import type { PackageAtom } from '../../gentoo/atom/atom.ts';
import { type Cpv, parseCpv } from '../../gentoo/atom/cpv.ts';
import { resolveConditionals } from '../../gentoo/atom/dependency-string.ts';
import { compareVersions } from '../../gentoo/atom/version.ts';
import type { Stanza } from '../../gentoo/binhost/packages-index.ts';
import { DEMO_REPOSITORY, DEMO_TREE, type DemoEbuild } from './demo-tree.ts';
import type { DroneSystem } from './drone-system.ts';

export const DEPENDENCY_KINDS = ['BDEPEND', 'DEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND'] as const;
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

/** An ebuild, a binary package or an installed one: what the resolver chooses among. */
export interface DemoPackage {
  readonly type: 'ebuild' | 'binary' | 'installed';
  readonly cpv: Cpv;
  readonly slot: string;
  readonly subSlot: string;
  /** Flags that are on, of `iuse`. */
  readonly use: readonly string[];
  readonly iuse: readonly string[];
  readonly dependencies: Readonly<Record<DependencyKind, string>>;
  readonly repository: string;
  readonly restrict: readonly string[];
  /** Of what is built already. */
  readonly buildId?: number;
  readonly buildTime?: number;
  readonly ebuild?: DemoEbuild;
  /** Of a binary: its index entry, and whether it lies on the binhost or here. */
  readonly stanza?: Stanza;
  readonly remote?: boolean;
}

/** `ebuild:cat/name-1.0:0::demo`, with `#BUILD_ID` for what is built: the ids of the plan script. */
export function packageId(pkg: DemoPackage): string {
  const build = pkg.buildId === undefined ? '' : `#${pkg.buildId}`;
  return `${pkg.type}:${pkg.cpv.text}:${pkg.slot}::${pkg.repository}${build}`;
}

/** The tree's ebuilds with the USE flags that the drone gives them. */
export function listEbuilds(
  flagsFor: (cpv: Cpv, iuse: readonly string[], defaults: readonly string[]) => readonly string[],
): DemoPackage[] {
  return DEMO_TREE.map((ebuild) => {
    const cpv = parseCpv(ebuild.cpv);
    const [slot = '0', subSlot = slot] = (ebuild.slot ?? '0').split('/');
    const words = (ebuild.iuse ?? '').split(' ').filter((word) => word !== '');
    const iuse = words.map((word) => word.replace(/^[+-]/, '')).sort();
    const defaults = words.filter((word) => word.startsWith('+')).map((word) => word.slice(1));
    return packageFromEbuild({ ebuild, cpv, slot, subSlot, iuse, use: flagsFor(cpv, iuse, defaults) });
  });
}

type Chosen = Pick<DemoPackage, 'cpv' | 'slot' | 'subSlot' | 'use' | 'iuse'> & { readonly ebuild: DemoEbuild };

function packageFromEbuild(chosen: Chosen): DemoPackage {
  const { depend, bdepend, rdepend, pdepend, restrict } = chosen.ebuild;
  const solve = (text = ''): string => resolveConditionals(text, new Set(chosen.use), true);
  return {
    ...chosen,
    type: 'ebuild',
    repository: DEMO_REPOSITORY,
    restrict: restrict === undefined ? [] : [restrict],
    dependencies: { BDEPEND: solve(bdepend), DEPEND: solve(depend), RDEPEND: solve(rdepend), IDEPEND: '', PDEPEND: solve(pdepend) },
  };
}

/** The same ebuild with other flags on. */
export function withUseFlags(pkg: DemoPackage, use: readonly string[]): DemoPackage {
  return pkg.ebuild === undefined ? pkg : packageFromEbuild({ ...pkg, ebuild: pkg.ebuild, use });
}

/** An entry of a `Packages` index. */
export function packageFromStanza(stanza: Stanza, system: DroneSystem, remote: boolean): DemoPackage {
  const value = (key: string): string => stanza.get(key) ?? '';
  return { ...packageFromMetadata('binary', value('CPV'), value, system), stanza, remote };
}

/** From what is stored of a built package, wherever that is. */
export function packageFromMetadata(
  type: 'binary' | 'installed',
  cpv: string,
  value: (key: string) => string,
  system: DroneSystem,
): DemoPackage {
  const [slot = '0', subSlot = slot] = (value('SLOT') || '0').split('/');
  const words = (key: string): string[] =>
    value(key)
      .split(/\s+/)
      .filter((word) => word !== '');
  const iuse = words('IUSE').map((word) => word.replace(/^[+-]/, ''));
  const all = words('USE');
  const resolved = (key: string): string => resolveConditionals(value(key), new Set(all), true);
  const {
    BDEPEND = '',
    DEPEND = '',
    RDEPEND = '',
    IDEPEND = '',
    PDEPEND = '',
  } = Object.fromEntries(DEPENDENCY_KINDS.map((kind) => [kind, resolved(kind)]));
  const number = (key: string): number | undefined => (value(key) === '' ? undefined : Number(value(key)));
  const [buildId, buildTime] = [number('BUILD_ID'), number('BUILD_TIME')];
  return {
    type,
    cpv: parseCpv(cpv),
    slot,
    subSlot,
    iuse,
    use: all.filter((flag) => iuse.includes(flag) && flag !== system.arch),
    repository: value('REPO') || value('repository') || DEMO_REPOSITORY,
    restrict: words('RESTRICT'),
    dependencies: { BDEPEND, DEPEND, RDEPEND, IDEPEND, PDEPEND },
    ...(buildId === undefined ? {} : { buildId }),
    ...(buildTime === undefined ? {} : { buildTime }),
  };
}

/** Whether the package is what the atom names, USE dependencies aside. */
export function matchesAtom(pkg: DemoPackage, atom: PackageAtom): boolean {
  if (pkg.cpv.category !== atom.category || pkg.cpv.name !== atom.name) return false;
  if (atom.slot !== undefined && atom.slot !== pkg.slot) return false;
  if (atom.repository !== undefined && atom.repository !== pkg.repository) return false;
  const { operator, version } = atom;
  if (operator === undefined || version === undefined) return true;
  if (atom.prefix) return pkg.cpv.version === version || new RegExp(`^${version.replace(/[.+]/g, '\\$&')}(?!\\d)`).test(pkg.cpv.version);
  if (operator === '~') return pkg.cpv.version.replace(/-r\d+$/, '') === version;
  const order = compareVersions(pkg.cpv.version, version);
  return { '=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator];
}

/** Newest version first; of one version the newest build. */
export function compareNewestFirst(a: DemoPackage, b: DemoPackage): number {
  return compareVersions(b.cpv.version, a.cpv.version) || (b.buildTime ?? 0) - (a.buildTime ?? 0) || (b.buildId ?? 0) - (a.buildId ?? 0);
}
