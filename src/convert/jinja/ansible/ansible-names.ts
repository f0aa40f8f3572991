import { FACT_TABLE } from '../../../core/facts/fact-table.ts';
import { ownValue } from '../../../core/own-value.ts';
import { NEAR_FACTS, SAME_FACTS, SAME_VARIABLES } from '../../../language/expression/ansible-variables.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { call, literal, operation, type SwarmExpression, type ValueType } from '../swarm-expression.ts';
import { nearFact } from './ansible-systems.ts';

const name = (of: string, type: ValueType): SwarmExpression => ({ kind: 'name', name: of, type });
const fact = (field: string, type: ValueType): SwarmExpression => ({ kind: 'field', of: name('facts', 'mapping'), name: field, type });
const field = (of: string, at: string, type: ValueType): SwarmExpression => ({ kind: 'field', of: name(of, 'mapping'), name: at, type });

/** The addresses of one version of IP. */
function addressesOf(version: 4 | 6): SwarmExpression {
  const colon = call('contains', [name('each', 'text'), literal(':')], 'bool');
  const body: SwarmExpression = version === 6 ? colon : { kind: 'not', of: colon };
  return { kind: 'each', how: 'filter', list: fact('addresses', 'list'), name: 'each', body };
}

/** The interface that has an address. */
function ofInterfaceWith(address: SwarmExpression): Readonly<Record<string, SwarmExpression>> {
  const found = call('first', [call('keep_if', [fact('interfaces', 'list'), literal('addresses'), literal('contains'), address], 'list')]);
  const fieldOf = (of: string): SwarmExpression => ({ kind: 'field', of: found, name: of, type: 'text' });
  return { interface: fieldOf('name'), alias: fieldOf('name'), macaddress: fieldOf('mac') };
}

/** One text where a fact has this value, else another. */
function choiceOf(own: string, value: string, yes: string, no: string): SwarmExpression {
  return { kind: 'choice', test: operation('==', fact(own, 'text'), literal(value)), yes: literal(yes), no: literal(no) };
}

const SELINUX_FIELDS: Readonly<Record<string, SwarmExpression>> = {
  status: choiceOf('selinux', 'disabled', 'disabled', 'enabled'),
  mode: fact('selinux', 'text'),
};

const PYTHON_VERSION = new Map(Object.entries({ major: 3, minor: 12, micro: 0 }));
const now = (format: string): SwarmExpression => call('now', [literal(format)], 'text');
/** The fields of `ansible_date_time`. */
const DATE_FIELDS: Readonly<Record<string, SwarmExpression>> = {
  ...{ date: now('%F'), time: now('%T'), year: now('%Y'), month: now('%m'), day: now('%d'), hour: now('%H'), minute: now('%M') },
  ...{ second: now('%S'), epoch: now('%s'), epoch_int: call('int', [now('%s')], 'number'), weekday: now('%A'), weekday_number: now('%w') },
  ...{ iso8601: now('%Y-%m-%dT%H:%M:%SZ'), iso8601_basic_short: now('%Y%m%dT%H%M%S'), tz: now('%Z'), tz_offset: now('%z') },
};

/** Fields of facts of Ansible that are mappings. */
const FACT_FIELDS: Readonly<Record<string, Readonly<Record<string, SwarmExpression>>>> = {
  date_time: DATE_FIELDS,
  python: {
    executable: literal('/usr/bin/python3'),
    type: literal('cpython'),
    version: { kind: 'mapping', entries: [...PYTHON_VERSION].map(([key, value]) => [literal(key), literal(value)] as const) },
  },
  selinux: SELINUX_FIELDS,
  lsb: {
    id: fact('distribution_name', 'text'),
    description: operation('+', operation('+', fact('distribution_name', 'text'), literal(' ')), fact('distribution_version', 'text')),
    codename: fact('distribution_codename', 'text'),
    release: fact('distribution_version', 'text'),
    major_release: fact('distribution_major_version', 'text'),
  },
  default_ipv4: { address: fact('address', 'text'), ...ofInterfaceWith(fact('address', 'text')) },
  default_ipv6: { address: fact('address6', 'text'), ...ofInterfaceWith(fact('address6', 'text')) },
};

/** What the fields of a fact mean now, where that is something else. */
const FIELD_NOTES: Readonly<Record<string, string>> = {
  date_time: '`ansible_date_time` is now the time of this machine in UTC, when the value is used',
  python: '`ansible_python` is now Python 3 in /usr/bin: swarm needs no Python on a host',
};

/** `ansible_NAME.FIELD`, where swarm has a fact for it. */
export function translateFactField(of: string, at: string, changes: Set<string>): SwarmExpression | undefined {
  if (of === 'lsb' && at === 'description') changes.add('`lsb.description` is now the name and the version of the distribution');
  const found = ownValue(ownValue(FACT_FIELDS, of) ?? {}, at);
  const note = found === undefined ? undefined : FIELD_NOTES[of];
  if (note !== undefined) changes.add(note);
  return found;
}

/** A fact that means the same here. */
function sameFact(own: string): SwarmExpression {
  const value = FACT_TABLE[own]?.value;
  return fact(own, value === 'text' || value === 'number' ? value : 'list');
}

/** Facts of Ansible, without `ansible_` before them, and where swarm has them. */
const FACTS: Readonly<Record<string, SwarmExpression>> = {
  ...Object.fromEntries(Object.entries(SAME_FACTS).map(([ansible, own]) => [ansible, sameFact(own)])),
  local: fact('local', 'mapping'),
  packages: { kind: 'field', of: name('package_facts', 'mapping'), name: 'packages', type: 'mapping' },
  services: { kind: 'field', of: name('service_facts', 'mapping'), name: 'services', type: 'mapping' },
  all_ipv4_addresses: addressesOf(4),
  all_ipv6_addresses: addressesOf(6),
  interfaces: call('map', [fact('interfaces', 'list'), literal('name')], 'list'),
  domain: call('regex_replace', [fact('fqdn', 'text'), literal('^[^.]*\\.?'), literal('')], 'text'),
  python_version: literal('3.12.0'),
  virtualization_role: choiceOf('virtualization', 'none', 'host', 'guest'),
  selinux: { kind: 'mapping', entries: Object.entries(SELINUX_FIELDS).map(([key, value]) => [literal(key), value] as const) },
  verbosity: literal(0),
  connection: literal('ssh'),
  system: literal('Linux'),
  fips: literal(false),
  memtotal_mb: operation('/', fact('memory', 'number'), literal(1024 * 1024)),
  memfree_mb: operation('/', fact('memory_available', 'number'), literal(1024 * 1024)),
  swaptotal_mb: operation('/', fact('swap', 'number'), literal(1024 * 1024)),
  swapfree_mb: operation('/', fact('swap_free', 'number'), literal(1024 * 1024)),
};

const OWN_VARIABLES: Readonly<Record<(typeof SAME_VARIABLES)[keyof typeof SAME_VARIABLES], SwarmExpression>> = {
  hosts: name('hosts', 'list'),
  check_mode: name('check_mode', 'bool'),
  failed_result: name('failed_result', 'mapping'),
  role_name: name('role_name', 'text'),
  parent_role_names: name('parent_role_names', 'list'),
  'play.name': field('play', 'name', 'text'),
};

/** Variables that Ansible sets, and where swarm has them. */
const VARIABLES: Readonly<Record<string, SwarmExpression>> = {
  ...Object.fromEntries(Object.entries(SAME_VARIABLES).map(([ansible, own]) => [ansible, OWN_VARIABLES[own]])),
  ansible_user: fact('user', 'text'),
  ansible_ssh_user: fact('user', 'text'),
  ansible_host: field('host', 'address', 'text'),
  ansible_managed: literal('Managed by swarm'),
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
  playbook_dir: name('playbook_dir', 'text'),
  omit: name('omit', 'any'),
  vars: name('vars', 'mapping'),
  hostvars: name('hostvars', 'mapping'),
  ansible_facts: name('facts', 'mapping'),
};

/** `ansible_failed_task.name`; undefined for any other field of a variable. */
export const translateKnownField = (of: string, at: string): SwarmExpression | undefined =>
  of === 'ansible_failed_task' && at === 'name' ? field('failed_result', 'task', 'text') : undefined;

const LACKING: Readonly<Record<string, string>> = {
  ansible_env: 'swarm reads no more of the environment of a host than HOME, PATH and USER: run printenv NAME and register it',
  inventory_dir: 'swarm has no variable for the folder of the inventory, and the project has several: write a path from playbook_dir',
  ansible_version: 'the version of Ansible',
  ansible_loop: 'swarm has no ansible_loop; loop_control has index_var',
  ansible_job_id: 'the id of a job is in what its task registers: NAME.job',
};

const BATCH_NOTE = 'is now hosts: all hosts of the play, not those of one batch of serial';

const NOTES: Readonly<Record<string, string>> = {
  ansible_facts: '`ansible_facts` as a whole is now facts, which has other names: those of swarm',
  ansible_play_batch: `\`ansible_play_batch\` ${BATCH_NOTE}`,
  play_hosts: `\`play_hosts\` ${BATCH_NOTE}`,
  ansible_play_hosts: '`ansible_play_hosts` is now hosts, which has the hosts that failed too',
  playbook_dir: '`playbook_dir` is now the folder playbooks/ of the project; files/ and templates/ are beside it',
  ansible_managed: '`ansible_managed` is now the text "Managed by swarm"',
  interfaces: '`ansible_interfaces` is now the interfaces of facts.interfaces',
  python_version: FIELD_NOTES['python'] ?? '',
  verbosity: '`ansible_verbosity` is now 0',
  fips: '`ansible_fips` is now false: swarm does not ask hosts for it',
  processor_count: '`processor_count` is now facts.cores, the number of all threads',
  all_ipv4_addresses: '`all_ipv4_addresses` is now those addresses that other hosts can use',
  all_ipv6_addresses: '`all_ipv6_addresses` is now those addresses that other hosts can use',
  virtualization_type: '`virtualization_type` is now facts.virtualization, with the words of systemd-detect-virt',
  processor_cores: '`processor_cores` is now facts.cores, the number of all threads',
};

/** A field whose value is another one than in Ansible. */
export const CHECKSUM_NOTE = '`checksum` of stat is the SHA-256 of the file; Ansible has its SHA-1';

/** What modules other than `setup` find is a variable too, without `ansible_` before it. */
const MODULE_FACTS = new Set(['packages', 'services']);

/** A variable of Ansible itself; undefined for a variable of the project. Throws NotConvertible for one that swarm lacks. */
export function translateName(of: string, changes: Set<string>): SwarmExpression | undefined {
  if (Object.hasOwn(NOTES, of)) changes.add(NOTES[of] ?? '');
  if (Object.hasOwn(VARIABLES, of)) return VARIABLES[of];
  if (MODULE_FACTS.has(of)) return FACTS[of];
  if (Object.hasOwn(LACKING, of)) return rejectConversion(LACKING[of] ?? '');
  if (!of.startsWith('ansible_')) return undefined;
  return translateFact(of.slice('ansible_'.length), changes);
}

/** `ansible_facts.NAME`. Throws NotConvertible for a fact that swarm does not have. */
export function translateFact(of: string, changes: Set<string>): SwarmExpression {
  const database = /^getent_(\w+)$/.exec(of)?.[0];
  const found = database !== undefined ? field(database, 'entries', 'mapping') : ownValue(FACTS, of);
  if (found === undefined) return rejectConversion(Object.hasOwn(NEAR_FACTS, of) ? nearFact(of) : `swarm has no fact for ansible_${of}`);
  if (Object.hasOwn(NOTES, of)) changes.add(NOTES[of] ?? '');
  return found;
}
