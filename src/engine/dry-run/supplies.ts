import type { Lack } from '../../core/error/lack.ts';
import { isMapping, type Json } from '../../core/json-value.ts';
import { ownValue } from '../../core/own-value.ts';

/** What a task may give its host that a later task needs: kinds of things, and the paths that it writes. `other`: what no error names, such as
 *  a server that answers after its configuration is there. */
export interface Supplies {
  readonly kinds: readonly (Lack['kind'] | 'other')[];
  readonly paths: readonly string[];
}

/** A task that a dry run did not do on a host, or only in part. */
export interface TaskNotDone {
  readonly name: string;
  readonly supplies: Supplies;
}

const ANYTHING: Supplies = { kinds: ['program', 'account', 'path', 'service', 'package', 'other'], paths: [] };
const NOTHING: Supplies = { kinds: [], paths: [] };

/** Modules that only look, wait or set variables. */
const READING = [
  ...['assert', 'debug', 'emerge_plan', 'fail', 'fetch', 'find', 'getent', 'include_vars', 'package_facts', 'pause', 'ping'],
  ...['send_message', 'service_facts', 'set_fact', 'setup', 'slurp', 'stat', 'wait_for', 'wait_for_connection'],
];

/** Modules that set one thing, which can be what another task needs, but no program, account or file. */
const SETTINGS = [
  ...[
    'authorized_key',
    'cron',
    'debconf',
    'filesystem',
    'firewalld',
    'hostname',
    'iptables',
    'known_hosts',
    'locale_gen',
    'modprobe',
    'seboolean',
    'sysctl',
    'timezone',
    'ufw',
    'uri',
  ],
  ...[
    'container',
    'container_network',
    'container_volume',
    'mysql_db',
    'mysql_replication',
    'mysql_user',
    'postgresql_db',
    'postgresql_privs',
    'postgresql_user',
  ],
];

/** Modules that tell the package manager where packages are, or which it may install. */
const PACKAGE_SOURCES = [
  ...[
    'accept_keywords',
    'apt_key',
    'apt_repository',
    'deb822_repository',
    'license',
    'make_conf',
    'package_mask',
    'package_use',
    'portage_sync',
  ],
  ...['profile', 'repository', 'rpm_key', 'yum_repository', 'zypper_repository'],
];

/** Modules that write the file that `path` names. */
const AT_PATH = [
  ...['blockinfile', 'file', 'ini_file', 'lineinfile', 'mount', 'replace'],
  ...['openssh_keypair', 'openssl_csr', 'openssl_dhparam', 'openssl_privatekey', 'openssl_publickey', 'x509_certificate'],
];

/** Modules that write files, with the arguments that name them. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  archive: ['dest', 'path'],
  ...Object.fromEntries(['assemble', 'copy', 'get_url', 'git', 'sync', 'template', 'unarchive'].map((name) => [name, ['dest']])),
  ...Object.fromEntries(AT_PATH.map((name) => [name, ['path']])),
  alternatives: ['link'],
};

/** Where what an error names can lie. A task that writes one of these paths, a folder above it or a file below it may supply it. */
const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const SERVICE_FOLDERS = ['/etc/systemd', '/usr/lib/systemd', '/usr/local/lib/systemd', '/lib/systemd', '/run/systemd', '/etc/init.d'];
const PACKAGE_FOLDERS = [
  ...['/etc/apt', '/etc/apk', '/etc/yum.repos.d', '/etc/yum.conf', '/etc/dnf', '/etc/pacman.d', '/etc/pacman.conf'],
  ...['/etc/portage', '/var/db/repos'],
];
const ACCOUNT_FILES = ['/etc/passwd', '/etc/group'];

/** All modules whose supplies are listed here. */
export const LISTED_MODULES = [...READING, ...SETTINGS, ...PACKAGE_SOURCES, ...Object.keys(FILES)];

/** What a task of this module may supply. `args`: with the values of their templates; undefined where those are not known. A module that is
 *  in no list, such as a command, a package or a module of the project, may supply anything. */
export function listSupplies(module: string, args: Json | undefined): Supplies {
  if (READING.includes(module)) return NOTHING;
  if (SETTINGS.includes(module)) return { kinds: ['other'], paths: [] };
  if (PACKAGE_SOURCES.includes(module)) return { kinds: ['package', 'other'], paths: [] };
  if (module === 'service' || module === 'reboot') return { kinds: ['path', 'other'], paths: [] }; // a server that starts writes files
  if (module === 'timer') return { kinds: ['service', 'other'], paths: [] };
  if (module === 'group') return { kinds: ['account'], paths: [] };
  if (module === 'user') return { kinds: ['account'], paths: [textOf(args, 'home') ?? `/home/${textOf(args, 'name') ?? ''}`] };
  const names = ownValue(FILES, module);
  if (names === undefined) return ANYTHING;
  const paths = names.flatMap((name) => textOf(args, name) ?? []);
  return paths.length === 0 ? ANYTHING : { kinds: ['other'], paths };
}

/** True where a task with these supplies may give the host what it lacks. `lack` is undefined for an error that names none. */
export function canSupply({ kinds, paths }: Supplies, lack: Lack | undefined): boolean {
  if (kinds.includes(lack?.kind ?? 'other')) return true;
  return lack !== undefined && placesOf(lack).some((place) => paths.some((path) => isWithin(path, place) || isWithin(place, path)));
}

function placesOf({ kind, name }: Lack): readonly string[] {
  switch (kind) {
    case 'program':
      return PROGRAM_FOLDERS.map((folder) => `${folder}/${name}`);
    case 'account':
      return ACCOUNT_FILES;
    case 'path':
      return [name];
    case 'service':
      return SERVICE_FOLDERS;
    case 'package':
      return PACKAGE_FOLDERS;
  }
}

function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [path, folder].map((each) => each.replace(/\/+$/, ''));
  return inner === outer || (inner ?? '').startsWith(`${outer}/`);
}

function textOf(args: Json | undefined, name: string): string | undefined {
  const value = isMapping(args) ? args[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
