import { join } from 'node:path';
import { parseAtom } from '../../gentoo/atom/atom.ts';
import { compareNewestFirst, matchesAtom } from './demo-package.ts';
import { type DroneEnvironment, openDroneSystem } from './drone-system.ts';
import type { StandInOutput } from './merge/merge-packages.ts';
import { listInstalled } from './vdb.ts';

/** The questions of portageq that scripts ask: envvar, match, best_version, has_version, pkgdir, distdir, get_repos. */
export function runPortageq(argv: readonly string[], env: DroneEnvironment, out: StandInOutput): number {
  const system = openDroneSystem(env);
  const [command = '', ...args] = argv;
  const variables: Readonly<Record<string, string>> = {
    ACCEPT_KEYWORDS: system.arch,
    ARCH: system.arch,
    BINPKG_FORMAT: 'gpkg',
    CHOST: system.chost,
    DISTDIR: join(system.dir, 'tmp/distfiles'),
    EMERGE_LOG_DIR: join(system.dir, 'log'),
    FEATURES: 'binpkg-multi-instance buildpkg compress-index',
    MAKEOPTS: env['MAKEOPTS'] ?? '-j1',
    PKGDIR: system.pkgdir,
    PORTAGE_BINHOST: system.binhost ?? '',
    PORTAGE_LOGDIR: system.logDir,
    PORTAGE_TMPDIR: join(system.dir, 'tmp'),
    EROOT: system.dir,
    ROOT: '/',
  };
  const found = (text: string | undefined) => {
    const atom = parseAtom(text ?? '');
    return listInstalled(system)
      .filter((pkg) => atom.kind === 'package' && matchesAtom(pkg, atom))
      .sort(compareNewestFirst);
  };
  switch (command) {
    case 'envvar': {
      const verbose = args[0] === '-v';
      const names = verbose ? args.slice(1) : args;
      for (const name of names) out.stdout(verbose ? `${name}='${variables[name] ?? ''}'\n` : `${variables[name] ?? ''}\n`);
      return names.every((name) => name in variables) ? 0 : 1;
    }
    case 'pkgdir':
      out.stdout(`${system.pkgdir}\n`);
      return 0;
    case 'distdir':
      out.stdout(`${variables['DISTDIR']}\n`);
      return 0;
    case 'get_repos':
      out.stdout('demo\n');
      return 0;
    case 'get_repo_path':
      out.stdout(`${system.tree}\n`);
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
