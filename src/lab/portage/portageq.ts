import { join } from 'node:path';
import { parseAtom } from '../../gentoo/atom/atom.ts';
import { matches, newestFirst } from './demo-package.ts';
import { type Environment, placeOf } from './drone-system.ts';
import type { Out } from './merge/merge-packages.ts';
import { installed } from './vdb.ts';

/** The questions of portageq that scripts ask: envvar, match, best_version, has_version, pkgdir, distdir, get_repos. */
export function portageq(argv: readonly string[], env: Environment, out: Out): number {
  const place = placeOf(env);
  const [command = '', ...args] = argv;
  const variables: Readonly<Record<string, string>> = {
    ACCEPT_KEYWORDS: place.arch,
    ARCH: place.arch,
    BINPKG_FORMAT: 'gpkg',
    CHOST: place.chost,
    DISTDIR: join(place.dir, 'tmp/distfiles'),
    EMERGE_LOG_DIR: join(place.dir, 'log'),
    FEATURES: 'binpkg-multi-instance buildpkg compress-index',
    MAKEOPTS: env['MAKEOPTS'] ?? '-j1',
    PKGDIR: place.pkgdir,
    PORTAGE_BINHOST: place.binhost ?? '',
    PORTAGE_LOGDIR: place.logDir,
    PORTAGE_TMPDIR: join(place.dir, 'tmp'),
    EROOT: place.dir,
    ROOT: '/',
  };
  const found = (text: string | undefined) => {
    const atom = parseAtom(text ?? '');
    return installed(place)
      .filter((pkg) => atom.kind === 'package' && matches(pkg, atom))
      .sort(newestFirst);
  };
  switch (command) {
    case 'envvar': {
      const verbose = args[0] === '-v';
      const names = verbose ? args.slice(1) : args;
      for (const name of names) out.stdout(verbose ? `${name}='${variables[name] ?? ''}'\n` : `${variables[name] ?? ''}\n`);
      return names.every((name) => name in variables) ? 0 : 1;
    }
    case 'pkgdir':
      out.stdout(`${place.pkgdir}\n`);
      return 0;
    case 'distdir':
      out.stdout(`${variables['DISTDIR']}\n`);
      return 0;
    case 'get_repos':
      out.stdout('demo\n');
      return 0;
    case 'get_repo_path':
      out.stdout(`${place.tree}\n`);
      return 0;
    case 'match':
      for (const pkg of found(args[1]).reverse()) out.stdout(`${pkg.cpv.text}\n`);
      return 0;
    case 'best_version':
      out.stdout(`${found(args[1])[0]?.cpv.text ?? ''}\n`);
      return 0;
    case 'has_version':
      return found(args[1]).length > 0 ? 0 : 1;
    default:
      out.stderr(`portageq: the lab's stand-in does not know '${command}'\n`);
      return 2;
  }
}
