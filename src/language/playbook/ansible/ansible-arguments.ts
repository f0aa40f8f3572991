type Names = Readonly<Record<string, string>>;

const PATH: Names = { dest: 'path', destfile: 'path', name: 'path' };
const PACKAGES: Names = { pkg: 'name', package: 'name', 'update-cache': 'update_cache' };

/** Other names that Ansible has for arguments of its modules, with the one that swarm takes. */
const ARGUMENT_ALIASES: Readonly<Record<string, Names>> = {
  apt: PACKAGES,
  assert: { msg: 'fail_msg' },
  blockinfile: { ...PATH, content: 'block' },
  command: { _raw_params: 'cmd' },
  dnf: PACKAGES,
  file: PATH,
  filesystem: { device: 'dev', type: 'fstype' },
  find: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes' },
  get_url: { thirsty: 'force', sha256sum: 'checksum' },
  git: { name: 'repo' },
  ini_file: PATH,
  known_hosts: { host: 'name' },
  lineinfile: { ...PATH, value: 'line', regex: 'regexp' },
  make: { targets: 'target' },
  mount: { name: 'path' },
  mysql_db: { db: 'name' },
  mysql_user: { user: 'name' },
  package: PACKAGES,
  pacman: PACKAGES,
  debconf: { pkg: 'name', setting: 'question', selection: 'question', answer: 'value' },
  npm: { execute: 'executable' },
  zypper: PACKAGES,
  zypper_repository: { refresh: 'autorefresh' },
  postgresql_db: { db: 'name' },
  postgresql_user: { user: 'name', login_db: 'db' },
  reboot: { reboot_timeout: 'timeout', test_command: 'test' },
  replace: PATH,
  service: { service: 'name', unit: 'name', 'daemon-reload': 'daemon_reload' },
  shell: { _raw_params: 'cmd' },
  slurp: { path: 'src' },
  stat: { ...PATH, get_checksum: 'checksum' },
  sysctl: { key: 'name', val: 'value', sysctl_set: 'live', set: 'live' },
  user: { user: 'name', createhome: 'create_home' },
};

/** The other names of the arguments of a module. */
export const findArgumentAliases = (module: string): Names =>
  Object.hasOwn(ARGUMENT_ALIASES, module) ? (ARGUMENT_ALIASES[module] ?? {}) : {};
