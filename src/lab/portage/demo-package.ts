import { DEMO_REPOSITORY, DEMO_TREE, type DemoEbuild, type Dependency } from './demo-tree.ts';

export const DEPENDENCY_KINDS = ['BDEPEND', 'DEPEND', 'RDEPEND'] as const;
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

/** What an index or a metadata folder says of a package, by name of the variable. */
export type Fields = Readonly<Record<string, string>>;

/** An ebuild, a binary package or an installed one: what emerge chooses among. */
export interface DemoPackage {
  readonly type: 'ebuild' | 'binary' | 'installed';
  readonly ebuild: DemoEbuild;
  readonly cpv: string;
  /** Name and version without the category. */
  readonly pf: string;
  readonly slot: string;
  readonly subSlot: string;
  /** Of a binary or installed package: its fields, and whether it is on the binhost and not in PKGDIR. */
  readonly fields?: Fields;
  readonly remote?: boolean;
}

export const repository = DEMO_REPOSITORY;

export const DEMO_EBUILDS: readonly DemoPackage[] = DEMO_TREE.map((ebuild) => {
  const { name, version, slot = '0', subSlot = slot } = ebuild;
  const cpv = `${name}-${version}`;
  return { type: 'ebuild', ebuild, cpv, pf: cpv.slice(cpv.indexOf('/') + 1), slot, subSlot };
});

/** The ebuild of the tree as a package that is built; nothing where the tree has no such package. */
export function builtPackage(type: 'binary' | 'installed', fields: Fields, remote = false): DemoPackage | undefined {
  const found = DEMO_EBUILDS.find(({ cpv }) => cpv === fields['CPV']);
  return found && { ...found, type, fields, remote };
}

/** `-1` and so on: the BUILD_ID of what is built. */
export const buildId = (pkg: DemoPackage): number | undefined => (pkg.fields === undefined ? undefined : Number(pkg.fields['BUILD_ID']));

export const dependenciesOf = ({ ebuild }: DemoPackage): Readonly<Record<DependencyKind, readonly Dependency[]>> => ({
  BDEPEND: ebuild.bdepend ?? [],
  DEPEND: ebuild.depend ?? [],
  RDEPEND: ebuild.rdepend ?? [],
});

export const flagNames = ({ ebuild }: DemoPackage): string[] => Object.keys(ebuild.flags ?? {});
export const enabledFlags = (pkg: DemoPackage): string[] => flagNames(pkg).filter((flag) => pkg.ebuild.flags?.[flag]);
export const dependencyName = (dependency: Dependency): string => (typeof dependency === 'string' ? dependency : dependency.name);

/** Whether this is what an atom names. The demo knows `cat/name`, `=cat/name-version` and `name`, each with :SLOT and ::REPO. */
export function matchesAtom({ ebuild, cpv, slot }: DemoPackage, atom: string): boolean {
  const [, exact, name = '', wanted, repo] = /^(=?)([^:[]+)(?::([^:[]+))?(?:::(.+))?$/.exec(atom) ?? [];
  const same = exact === '=' ? cpv === name : ebuild.name === name || ebuild.name.endsWith(`/${name}`);
  return same && (wanted ?? slot) === slot && (repo ?? DEMO_REPOSITORY) === DEMO_REPOSITORY;
}
