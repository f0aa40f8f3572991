import { type DemoPackage, dependenciesOf, dependencyName, enabledFlags, type Fields, flagNames, repository } from '../demo-package.ts';
import type { Dependency } from '../demo-tree.ts';
import type { DroneSystem } from '../drone-system.ts';
import { sizeOf } from './build-package.ts';
import type { ArchiveEntry } from './pack-tar.ts';

/** `declare -x EAPI="8"` and `DEFINED_PHASES`, through bzip2, which Node cannot do: Portage wants some environment to load. */
const ENVIRONMENT_BZ2 = Buffer.from(
  'QlpoOTFBWSZTWdeK/g8AABTfgAAQUAIAQidhSACuJ9xAIABURJhNMExMhtGQap6TaEG0ZQAyOGwuChzIREEWdDcVaG9QsmYyjdBUIwsH9Cy44ARJKtLAjMNi7kinChIa8V/B4A==',
  'base64',
);

/** What the index has of a package that is built now; `installed` is what `:=` is bound to. */
export function indexFields(pkg: DemoPackage, id: number, time: number, installed: readonly DemoPackage[], system: DroneSystem): Fields {
  const { ebuild, cpv, slot, subSlot } = pkg;
  const text = (dependency: Dependency): string => {
    const name = dependencyName(dependency);
    if (typeof dependency === 'string') return name;
    const library = installed.find((each) => each.ebuild.name === name);
    const bound = library === undefined ? '' : `${library.slot}/${library.subSlot}`;
    return `${name}${dependency.slotOperator ? `:${bound}=` : ''}${dependency.use === undefined ? '' : `[${dependency.use}]`}`;
  };
  const depend = Object.entries(dependenciesOf(pkg)).map(([kind, list]): [string, string] => [kind, list.map(text).join(' ')]);
  const fields: Fields = {
    BUILD_ID: String(id),
    BUILD_TIME: String(time),
    CPV: cpv,
    DEFINED_PHASES: 'compile install',
    EAPI: '8',
    IUSE: flagNames(pkg)
      .map((flag) => (ebuild.flags?.[flag] ? `+${flag}` : flag))
      .join(' '),
    KEYWORDS: system.arch,
    LICENSE: ebuild.license ?? 'MIT',
    REPO: repository,
    RESTRICT: ebuild.restrict ?? '',
    SLOT: subSlot === slot ? slot : `${slot}/${subSlot}`,
    USE: [system.arch, ...enabledFlags(pkg)].join(' '),
    ...Object.fromEntries(depend),
  };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([key, value]) => value !== '' && !(key === 'SLOT' && value === '0'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The files that Portage stores in a package. */
export function metadataFiles(
  pkg: DemoPackage,
  fields: Fields,
  image: readonly ArchiveEntry[],
  { arch, chost }: DroneSystem,
): ReadonlyMap<string, string | Buffer> {
  const { CPV: _, REPO: __, BUILD_ID: id = '1', ...same } = fields;
  const own = {
    CATEGORY: pkg.ebuild.name.split('/')[0],
    CBUILD: chost,
    CFLAGS: '-O2 -pipe',
    CHOST: chost,
    DESCRIPTION: pkg.ebuild.about,
    FEATURES: 'assume-digests binpkg-logs binpkg-multi-instance buildpkg compress-index distlocks pkgdir-index-trusted',
    HOMEPAGE: 'http://127.0.0.1/',
    IUSE_EFFECTIVE: [arch, ...flagNames(pkg)].join(' '),
    PF: pkg.pf,
    REPO_REVISIONS: '{}',
    SIZE: sizeOf(image),
    SLOT: '0',
    repository,
  };
  return new Map<string, string | Buffer>([
    ...Object.entries({ ...own, ...same }).map(([key, value]): [string, string] => [key, `${value}\n`]),
    ['BUILD_ID', id],
    ['environment.bz2', ENVIRONMENT_BZ2],
    [`${pkg.pf}.ebuild`, `EAPI=8\n\nDESCRIPTION="${pkg.ebuild.about}"\nSLOT="${same['SLOT'] ?? '0'}"\n`],
  ]);
}
