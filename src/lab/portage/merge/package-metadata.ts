import type { DemoPackage } from '../demo-package.ts';
import type { DemoEbuild } from '../demo-tree.ts';
import type { DroneSystem } from '../drone-system.ts';
import type { ArchiveEntry } from './pack-tar.ts';

/** `declare -x EAPI="8"` and `DEFINED_PHASES`, through bzip2, which Node cannot do: Portage wants some environment to load. */
const ENVIRONMENT_BZ2 = Buffer.from(
  'QlpoOTFBWSZTWdeK/g8AABTfgAAQUAIAQidhSACuJ9xAIABURJhNMExMhtGQap6TaEG0ZQAyOGwuChzIREEWdDcVaG9QsmYyjdBUIwsH9Cy44ARJKtLAjMNi7kinChIa8V/B4A==',
  'base64',
);
const FEATURES = 'assume-digests binpkg-logs binpkg-multi-instance buildpkg compress-index distlocks pkgdir-index-trusted';

/** What Portage would store in the package, by file name. `libraries` are what `:=` is bound to. */
export function packageMetadata(
  pkg: DemoPackage,
  build: { readonly id: number; readonly time: number },
  image: readonly ArchiveEntry[],
  libraries: readonly DemoPackage[],
  system: DroneSystem,
): Map<string, string | Buffer> {
  const ebuild = pkg.ebuild as DemoEbuild;
  const bound = (text = ''): string => bindSlots(text, libraries);
  const license = ebuild.license ?? 'MIT';
  const values: Readonly<Record<string, string>> = {
    BDEPEND: ebuild.bdepend ?? '',
    BUILD_TIME: String(build.time),
    CATEGORY: pkg.cpv.category,
    CBUILD: system.chost,
    CFLAGS: '-O2 -pipe',
    CHOST: system.chost,
    DEFINED_PHASES: 'compile install',
    DEPEND: bound(ebuild.depend),
    DESCRIPTION: ebuild.about,
    EAPI: '8',
    FEATURES,
    HOMEPAGE: 'http://127.0.0.1/',
    IUSE: ebuild.iuse ?? '',
    IUSE_EFFECTIVE: [system.arch, ...pkg.iuse].join(' '),
    KEYWORDS: system.arch,
    LICENSE: license,
    PDEPEND: bound(ebuild.pdepend),
    PF: pkg.cpv.pf,
    RDEPEND: bound(ebuild.rdepend),
    REPO_REVISIONS: '{}',
    RESTRICT: ebuild.restrict ?? '',
    SIZE: String(image.reduce((sum, entry) => sum + (entry.content?.length ?? 0), 0)),
    SLOT: ebuild.slot ?? '0',
    USE: [system.arch, ...pkg.use].join(' '),
    repository: pkg.repository,
  };
  const files = new Map<string, string | Buffer>(
    Object.entries(values)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [key, `${value}\n`]),
  );
  files.set('BUILD_ID', String(build.id));
  files.set('environment.bz2', ENVIRONMENT_BZ2);
  files.set(`${pkg.cpv.pf}.ebuild`, ebuildText(ebuild));
  return files;
}

/** `cat/name:=` of an ebuild is `cat/name:0/2=` in what was built against it. */
function bindSlots(text: string, libraries: readonly DemoPackage[]): string {
  return text.replace(/(\S+\/[^\s:]+):=/g, (whole, name: string) => {
    const found = libraries.find((each) => `${each.cpv.category}/${each.cpv.name}` === name);
    return found === undefined ? whole : `${name}:${found.slot}/${found.subSlot}=`;
  });
}

function ebuildText(ebuild: DemoEbuild): string {
  const line = (key: string, value: string | undefined): string => (value === undefined ? '' : `${key}="${value}"\n`);
  return [
    'EAPI=8\n\n',
    line('DESCRIPTION', ebuild.about),
    line('SLOT', ebuild.slot ?? '0'),
    line('IUSE', ebuild.iuse),
    line('DEPEND', ebuild.depend),
    line('BDEPEND', ebuild.bdepend),
    line('RDEPEND', ebuild.rdepend),
    line('PDEPEND', ebuild.pdepend),
  ].join('');
}
