import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { queryScript } from '../host-script.ts';

/** A command of a package manager: the program and its words. */
export type PackageCommand = readonly [string, ...string[]];

interface PackageManager {
  readonly program: string;
  readonly install: PackageCommand;
  readonly upgrade: PackageCommand;
  readonly remove: PackageCommand;
  readonly update: PackageCommand;
}

/** A file of the configuration that somebody changed stays as it is: dpkg must not ask. */
const KEEP_CONFIGURATION = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'] as const;

/** How each package manager is called; the names of packages follow. */
export const PACKAGE_MANAGERS = {
  apt: {
    program: 'apt-get',
    install: ['apt-get', '-y', '-q', ...KEEP_CONFIGURATION, 'install', '--'],
    upgrade: ['apt-get', '-y', '-q', ...KEEP_CONFIGURATION, 'install', '--only-upgrade', '--'],
    remove: ['apt-get', '-y', '-q', 'remove', '--'],
    update: ['apt-get', '-q', 'update'],
  },
  apk: {
    program: 'apk',
    install: ['apk', 'add', '--'],
    upgrade: ['apk', 'add', '--upgrade', '--'],
    remove: ['apk', 'del', '--'],
    update: ['apk', 'update'],
  },
  dnf: {
    program: 'dnf',
    install: ['dnf', '-y', '-q', 'install', '--'],
    upgrade: ['dnf', '-y', '-q', 'upgrade', '--'],
    remove: ['dnf', '-y', '-q', 'remove', '--'],
    update: ['dnf', '-q', 'makecache'],
  },
  pacman: {
    program: 'pacman',
    install: ['pacman', '-S', '--noconfirm', '--needed', '--'],
    upgrade: ['pacman', '-S', '--noconfirm', '--needed', '--'],
    remove: ['pacman', '-R', '--noconfirm', '--'],
    update: ['pacman', '-Sy', '--noconfirm'],
  },
  zypper: {
    program: 'zypper',
    install: ['zypper', '-q', '-n', 'install', '--auto-agree-with-licenses', '--'],
    upgrade: ['zypper', '-q', '-n', 'update', '--auto-agree-with-licenses', '--'],
    remove: ['zypper', '-q', '-n', 'remove', '--'],
    update: ['zypper', '-q', '-n', 'refresh'],
  },
  emerge: {
    program: 'emerge',
    install: ['emerge', '--color=n', '--noreplace', '--'],
    upgrade: ['emerge', '--color=n', '--update', '--'],
    remove: ['emerge', '--color=n', '--depclean', '--'],
    update: ['emaint', '--auto', 'sync'],
  },
} as const satisfies Readonly<Record<string, PackageManager>>;

/** A package manager that swarm can call. */
export type PackageManagerName = keyof typeof PACKAGE_MANAGERS;

/** Which package manager the host has: the one of its distribution. Throws SW6011 where it has none that swarm can call. */
export async function findPackageManager(probe: Probe): Promise<PackageManagerName> {
  const names = ['emerge', 'apt', 'apk', 'zypper', 'dnf', 'pacman'] as const;
  const script = 'for each; do command -v "$each" >/dev/null && echo "$each"; done; :';
  const found = await queryScript(
    probe,
    script,
    names.map((name) => PACKAGE_MANAGERS[name].program),
    'package manager',
  );
  const first = names.find((name) => found.split('\n').includes(PACKAGE_MANAGERS[name].program));
  if (first !== undefined) return first;
  throw new SwarmError('SW6011', `${probe.host.name} has no package manager that swarm can call`, {
    hint: 'For another one than emerge, apt, apk, dnf, pacman and zypper use the command module.',
    lacks: { kind: 'program', name: 'apt-get' },
  });
}
