/** A command with its words. */
export type ManagerCommand = readonly [string, ...string[]];

interface PackageManager {
  readonly program: string;
  readonly install: ManagerCommand;
  readonly upgrade: ManagerCommand;
  readonly remove: ManagerCommand;
  readonly update: ManagerCommand;
}

/** A file of the configuration that somebody changed stays as it is: dpkg must not ask. */
const KEEP_CONFIGURATION = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'] as const;

/** How each package manager is called; the names of packages follow. */
export const MANAGERS = {
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
