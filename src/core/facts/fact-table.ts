import type { Facts } from '../connection.ts';

/** What a fact is: a text, a number (bytes, seconds, a load), a list of texts, a mapping of anything, or a list of records with these fields. */
type FactValue = 'text' | 'number' | 'texts' | 'mapping' | Readonly<Record<string, 'text' | 'number' | 'texts'>>;

/** One fact. `isProbed`: swarm asks the host for it only where a play uses it. */
export interface FactEntry {
  readonly value: FactValue;
  readonly meaning: string;
  readonly isProbed: boolean;
}

const known = (value: FactValue, meaning: string): FactEntry => ({ value, meaning, isProbed: false });
const probed = (value: FactValue, meaning: string): FactEntry => ({ value, meaning, isProbed: true });

/** The facts that every connection brings. */
const CONNECTION_FACTS: Readonly<Record<keyof Facts, FactEntry>> = {
  hostname: known('text', 'the name that the host has for itself'),
  kernel: known('text', 'the release of the running kernel, such as `6.12.21-gentoo`'),
  arch: known('text', 'the machine type of the kernel, such as `x86_64`'),
  cores: known('number', 'processors that swarm may use'),
  memory: known('number', 'bytes of memory'),
  init: known('text', '`systemd`, `openrc` or `other`'),
  distribution: known('text', 'the `ID` of `/etc/os-release`, such as `gentoo`'),
  distribution_name: known('text', 'its name, as Ansible has it: `Gentoo`, `Ubuntu`, `RedHat`'),
  distribution_version: known('text', 'its version with the point release, such as `12.5`'),
  distribution_major_version: known('text', 'the first number of its version'),
  distribution_codename: known('text', 'the name of its version, such as `bookworm`'),
  os_family: known('text', '`Gentoo`, `Debian`, `RedHat`, `Alpine`, `Archlinux`, `Suse`: what the distribution is made from'),
  user: known('text', 'the user of the login'),
  home: known('text', 'the home folder of the login'),
};

/** Every fact: what `facts.NAME` may name, what the probe prints, and what the docs show. A dot is a mapping inside. */
export const FACT_TABLE: Readonly<Record<string, FactEntry>> = {
  ...CONNECTION_FACTS,
  fqdn: probed('text', 'the full name of the host'),
  package_manager: probed('text', '`emerge`, `apt`, `apk`, `dnf`, `pacman` or `zypper`'),
  virtualization: probed('text', '`none`, or the word of systemd-detect-virt: `kvm`, `lxc`, `docker` …'),
  selinux: probed('text', '`enforcing`, `permissive` or `disabled`'),
  cpu: probed('text', 'the model of the processor'),
  product: probed('text', 'the name of the machine in its firmware'),
  path: probed('text', 'where the login looks for programs, its PATH: `/usr/bin:/bin`'),
  uptime: probed('number', 'seconds since the boot'),
  load: probed('number', 'the load of the last minute'),
  memory_available: probed('number', 'bytes of memory that are free or can be freed'),
  swap: probed('number', 'bytes of swap'),
  swap_free: probed('number', 'bytes of swap that are free'),
  address: probed('text', 'the IPv4 address with which the host reaches others'),
  address6: probed('text', 'the same for IPv6'),
  addresses: probed('texts', 'the addresses that others can use, of all interfaces'),
  interfaces: probed({ name: 'text', mac: 'text', state: 'text', addresses: 'texts' }, 'the network interfaces'),
  mounts: probed(
    { path: 'text', device: 'text', type: 'text', options: 'texts', size: 'number', available: 'number' },
    'the file systems on devices and servers, in bytes',
  ),
  'portage.profile': probed('text', 'the profile, such as `default/linux/amd64/23.0`'),
  'portage.use': probed('texts', 'USE of the profile and of make.conf together'),
  'portage.accept_keywords': probed('texts', 'ACCEPT_KEYWORDS, such as `amd64`'),
  'portage.accept_license': probed('texts', 'ACCEPT_LICENSE'),
  'portage.makeopts': probed('text', 'MAKEOPTS'),
  'portage.chost': probed('text', 'CHOST'),
  'portage.repositories': probed({ name: 'text', path: 'text' }, 'the ebuild repositories'),
  local: probed(
    'mapping',
    'what the files in `/etc/ansible/facts.d` hold: `facts.local.NAME` is `NAME.fact`, JSON or INI; one that may be executed is run',
  ),
};

/** The names at each level, by the prefix of the level: `` for `facts` itself, `portage.` for a mapping in it. */
const NAMES_AT: ReadonlyMap<string, readonly string[]> = listLevels();

function listLevels(): ReadonlyMap<string, readonly string[]> {
  const levels = new Map<string, Set<string>>();
  for (const name of Object.keys(FACT_TABLE)) {
    let prefix = '';
    for (const part of name.split('.')) {
      levels.set(prefix, (levels.get(prefix) ?? new Set()).add(part));
      prefix = `${prefix}${part}.`;
    }
  }
  return new Map([...levels].map(([prefix, names]) => [prefix, [...names]]));
}

/** The first part of `facts.FIELDS` that no fact has, with what can be written there. */
export function findUnknownFact(
  fields: readonly string[],
): { readonly of: string; readonly field: string; readonly known: readonly string[] } | undefined {
  let prefix = '';
  for (const field of fields) {
    const names = NAMES_AT.get(prefix);
    if (names === undefined) return undefined; // inside the value of a fact
    if (!names.includes(field)) return { of: `facts.${prefix}`.slice(0, -1), field, known: names };
    prefix = `${prefix}${field}.`;
  }
  return undefined;
}

/** The first parts of the names of facts that swarm asks the host for. */
const PROBED: ReadonlySet<string> = new Set(
  Object.entries(FACT_TABLE).flatMap(([name, { isProbed }]) => (isProbed ? [name.split('.')[0] ?? name] : [])),
);

/** True where swarm asks the host for `facts.FIELDS`. `facts` alone is every fact. */
export const isProbedFact = ([field]: readonly string[]): boolean => field === undefined || PROBED.has(field);

/** True where `facts.FIELDS` is what files of the host hold. They are read only for a play that uses them: reading runs programs. */
export const isLocalFact = ([field]: readonly string[]): boolean => field === undefined || field === 'local';
