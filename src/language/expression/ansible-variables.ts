/** Variables of Ansible, and the one with the same meaning here. */
export const SAME_VARIABLES = {
  ...{ ansible_play_hosts: 'hosts', ansible_play_hosts_all: 'hosts', ansible_play_batch: 'hosts', play_hosts: 'hosts' },
  ...{ ansible_check_mode: 'check_mode', ansible_failed_result: 'failed_result', ansible_role_name: 'role_name' },
  ansible_parent_role_names: 'parent_role_names',
  ansible_play_name: 'play.name',
} as const;

/** What to write instead of another variable that Ansible has of itself. */
const INSTEAD: Readonly<Record<string, string>> = {
  ansible_facts: 'Write facts.NAME. The names are in docs/playbook.md, under Facts.',
  ansible_failed_task: 'Write: failed_result.task',
  ansible_host: 'Write: host.address',
  ansible_loop: 'Write @index, @first and @last in a template, or index_var in loop_control.',
  ansible_env: 'Write facts.home, facts.path or facts.user. For more of the environment, run a command: printenv NAME',
  ansible_date_time: 'Use the function now, or the variable run_id where a run needs a name of its own.',
  ansible_managed: 'Write the text itself, such as: managed by swarm',
  ansible_memtotal_mb: 'Write facts.memory, which is in bytes.',
  ansible_memfree_mb: 'Write facts.memory_available, which is in bytes.',
  ansible_swaptotal_mb: 'Write facts.swap, which is in bytes.',
  ansible_local: 'Write: facts.local.NAME',
  inventory_hostname_short: 'Write: {{ first (split inventory_hostname ".") }}',
  playbook_dir: 'Write the path below files/ or templates/ of the project, without a folder before it.',
  inventory_dir: 'Write the path below files/ or templates/ of the project, without a folder before it.',
  ...{ None: 'Write: null', True: 'Write: true', False: 'Write: false' },
  lookup: 'Write the values of a function behind it: {{ lookup "env" "HOME" }}.',
};

/** Facts of Ansible, without `ansible_` before them, and the fact with the same meaning here. */
export const SAME_FACTS: Readonly<Record<string, string>> = {
  ...{ hostname: 'hostname', nodename: 'hostname', fqdn: 'fqdn', kernel: 'kernel', architecture: 'arch', machine: 'arch' },
  ...{ processor_vcpus: 'cores', processor_nproc: 'cores', processor_cores: 'cores', processor_count: 'cores', service_mgr: 'init' },
  ...{ distribution: 'distribution_name', distribution_release: 'distribution_codename', os_family: 'os_family' },
  ...{ distribution_version: 'distribution_version', distribution_major_version: 'distribution_major_version' },
  ...{ virtualization_type: 'virtualization', user_id: 'user', product_name: 'product', mounts: 'mounts', uptime_seconds: 'uptime' },
};

/** Facts of Ansible that have another form here. */
export const NEAR_FACTS: Readonly<Record<string, string>> = {
  ...{ default_ipv4: 'address', default_ipv6: 'address6', all_ipv4_addresses: 'addresses', interfaces: 'interfaces' },
  ...{ pkg_mgr: 'package_manager', processor: 'cpu' },
};

/** What to write instead of a name that only Ansible knows; undefined for any other name. */
export function findAnsibleVariableHint(name: string): string | undefined {
  if (Object.hasOwn(SAME_VARIABLES, name)) return `Write: ${SAME_VARIABLES[name as keyof typeof SAME_VARIABLES]}`;
  if (Object.hasOwn(INSTEAD, name)) return INSTEAD[name];
  if (name.startsWith('vault_'))
    return `Such a name is in a file of ansible-vault. Write in that file, such as group_vars/all/vault.yml: ${name}: { secret: { from: "env:${name.toUpperCase()}" } }`;
  const fact = name.startsWith('ansible_') ? name.slice('ansible_'.length) : '';
  for (const facts of [SAME_FACTS, NEAR_FACTS]) if (Object.hasOwn(facts, fact)) return `Write: facts.${facts[fact]}`;
  return fact === '' ? undefined : 'Use a fact of swarm, such as facts.hostname. They are in docs/playbook.md, under Facts.';
}
