import { rejectConversion } from '../not-convertible.ts';
import { call, literal, operation, type SwarmExpression, type ValueType } from './target-tree.ts';

const name = (of: string, type: ValueType): SwarmExpression => ({ kind: 'name', name: of, type });
const fact = (field: string, type: ValueType): SwarmExpression => ({ kind: 'field', of: name('facts', 'mapping'), name: field, type });
const field = (of: string, at: string, type: ValueType): SwarmExpression => ({ kind: 'field', of: name(of, 'mapping'), name: at, type });

/** Facts of Ansible, without `ansible_` before them, and where swarm has them. */
const FACTS: Readonly<Record<string, SwarmExpression>> = {
  architecture: fact('arch', 'text'),
  machine: fact('arch', 'text'),
  hostname: fact('hostname', 'text'),
  kernel: fact('kernel', 'text'),
  processor_vcpus: fact('cores', 'number'),
  processor_nproc: fact('cores', 'number'),
  processor_cores: fact('cores', 'number'),
  service_mgr: fact('init', 'text'),
  distribution: fact('distribution_name', 'text'),
  os_family: fact('os_family', 'text'),
  distribution_version: fact('distribution_version', 'text'),
  distribution_major_version: fact('distribution_major_version', 'text'),
  distribution_release: fact('distribution_codename', 'text'),
  packages: { kind: 'field', of: name('package_facts', 'mapping'), name: 'packages', type: 'mapping' },
  processor_count: fact('cores', 'number'),
  lsb: literal(null),
  user_id: fact('user', 'text'),
  system: literal('Linux'),
  nodename: fact('hostname', 'text'),
  fqdn: fact('fqdn', 'text'),
  product_name: fact('product', 'text'),
  uptime_seconds: fact('uptime', 'number'),
  memfree_mb: operation('/', fact('memory_available', 'number'), literal(1024 * 1024)),
  swaptotal_mb: operation('/', fact('swap', 'number'), literal(1024 * 1024)),
  swapfree_mb: operation('/', fact('swap_free', 'number'), literal(1024 * 1024)),
  memtotal_mb: operation('/', fact('memory', 'number'), literal(1024 * 1024)),
};

/** Variables that Ansible sets, and where swarm has them. */
const VARIABLES: Readonly<Record<string, SwarmExpression>> = {
  ansible_user: fact('user', 'text'),
  ansible_ssh_user: fact('user', 'text'),
  ansible_check_mode: name('check_mode', 'bool'),
  ansible_play_hosts: name('hosts', 'list'),
  ansible_play_hosts_all: name('hosts', 'list'),
  ansible_play_batch: name('hosts', 'list'),
  play_hosts: name('hosts', 'list'),
  ansible_play_name: field('play', 'name', 'text'),
  ansible_host: name('inventory_hostname', 'text'),
  ansible_managed: literal('Managed by swarm'),
  ansible_role_name: name('role_name', 'text'),
  ansible_failed_result: name('failed_result', 'mapping'),
  inventory_hostname: name('inventory_hostname', 'text'),
  inventory_hostname_short: {
    kind: 'index',
    of: call('split', [name('inventory_hostname', 'text'), literal('.')], 'list'),
    key: literal(0),
  },
  group_names: name('group_names', 'list'),
  groups: name('groups', 'mapping'),
  role_name: name('role_name', 'text'),
  role_path: name('role_path', 'text'),
  omit: name('omit', 'any'),
};

/** Fields of variables of Ansible that swarm has elsewhere. */
const FIELDS: Readonly<Record<string, SwarmExpression>> = {
  'ansible_default_ipv4.address': fact('address', 'text'),
  'ansible_default_ipv6.address': fact('address6', 'text'),
  'ansible_facts.default_ipv4.address': fact('address', 'text'),
  'ansible_facts.default_ipv6.address': fact('address6', 'text'),
  'ansible_failed_task.name': field('failed_result', 'task', 'text'),
};

/** Where swarm has `a.b`, a field of a variable of Ansible; undefined for any other. */
export const translateKnownField = (path: string): SwarmExpression | undefined => (Object.hasOwn(FIELDS, path) ? FIELDS[path] : undefined);

const LACKING: Readonly<Record<string, string>> = {
  hostvars: 'swarm does not read the variables of another host',
  ansible_env: 'swarm does not read the environment of a host, apart from HOME: facts.home',
  playbook_dir: 'swarm has no variable for the folder of the playbook',
  inventory_dir: 'swarm has no variable for the folder of the inventory',
  ansible_version: 'the version of Ansible',
  ansible_local: 'swarm has no facts from /etc/ansible/facts.d',
  ansible_loop: 'swarm has no ansible_loop; loop_control has index_var',
  vars: 'swarm has no variable that holds all variables',
  ansible_job_id: 'swarm has no jobs with a number; long tasks wait for their end',
};

const NOTES: Readonly<Record<string, string>> = {
  ansible_user: '`ansible_user` is now facts.user, the user of the login as the host reports it',
  ansible_managed: '`ansible_managed` is now the text "Managed by swarm"',
  ansible_host: '`ansible_host` is now the name of the host: swarm has several addresses for one host',
  processor_count: '`processor_count` is now facts.cores, the number of all threads',
  processor_cores: '`processor_cores` is now facts.cores, the number of all threads',
};

/** A variable of Ansible itself; undefined for a variable of the project. Throws NotConvertible for one that swarm lacks. */
export function translateName(of: string, changes: Set<string>): SwarmExpression | undefined {
  if (Object.hasOwn(NOTES, of)) changes.add(NOTES[of] ?? '');
  if (Object.hasOwn(VARIABLES, of)) return VARIABLES[of];
  if (Object.hasOwn(LACKING, of)) return rejectConversion(LACKING[of] ?? '');
  if (!of.startsWith('ansible_') || of === 'ansible_facts') return undefined;
  return translateFact(of.slice('ansible_'.length), changes);
}

/** `ansible_facts.NAME`. Throws NotConvertible for a fact that swarm does not have. */
export function translateFact(of: string, changes: Set<string>): SwarmExpression {
  const found = Object.hasOwn(FACTS, of) ? FACTS[of] : undefined;
  if (found === undefined || of === 'lsb') return rejectConversion(`swarm has no fact for ansible_${of}`);
  if (Object.hasOwn(NOTES, of)) changes.add(NOTES[of] ?? '');
  return found;
}

const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  ...{ redhat: 'rhel', archlinux: 'arch', oraclelinux: 'ol', amazon: 'amzn', 'linux mint': 'linuxmint', 'pop!_os': 'pop' },
  ...{
    'opensuse leap': 'opensuse-leap',
    'opensuse tumbleweed': 'opensuse-tumbleweed',
    sles_sap: 'sles_sap',
    'red hat enterprise linux': 'rhel',
  },
};

/** The ID in /etc/os-release for what Ansible calls a distribution. */
export const toDistributionId = (of: string): string => DISTRIBUTIONS[of.toLowerCase()] ?? of.toLowerCase();

const PACKAGE_FAMILIES: Readonly<Record<string, string>> = {
  ...{ apt: 'Debian', yum: 'RedHat', dnf: 'RedHat', dnf5: 'RedHat', pacman: 'Archlinux', apk: 'Alpine', portage: 'Gentoo', zypper: 'Suse' },
};

/** The family of systems that has a package manager. */
export const familyOfPackageManager = (manager: string): string =>
  PACKAGE_FAMILIES[manager] ?? rejectConversion(`swarm has no fact for ansible_pkg_mgr, and does not know ${manager}`);
