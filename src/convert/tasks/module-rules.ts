/** How the arguments of a module of Ansible differ from those of the module of swarm. What is not named here has the same name. */
export interface ModuleRule {
  /** The module of swarm, where it has another name. */
  readonly to?: string;
  /** Arguments with another name. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Arguments that go, where they have one of these values; `any`: whatever they have. */
  readonly drop?: Readonly<Record<string, readonly (string | number | boolean)[] | 'any'>>;
  /** Values with another name. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  /** What Ansible does without an argument, where swarm does something else. */
  readonly add?: Readonly<Record<string, string | number | boolean>>;
  /** What means something else, for each argument that has it. */
  readonly note?: Readonly<Record<string, string>>;
}

const FALSE = [false] as const;
const TRUE = [true] as const;
const FILE_DROPS = {
  ...{ follow: 'any', unsafe_writes: FALSE, attributes: FALSE },
  ...{ seuser: 'any', serole: 'any', setype: 'any', selevel: 'any' },
} as const;
/** What no rule with these arguments needs to say itself. */
export const COMMON_NOTES: Readonly<Record<string, string>> = Object.fromEntries(
  ['seuser', 'serole', 'setype', 'selevel'].map((name) => [name, `swarm sets no labels of SELinux: \`${name}\` is gone`]),
);
const ALL_FACTS = '`setup` asks the host for all facts that swarm has';
const GIT_KEYS = 'over ssh the key of the other host must be in known_hosts: there is no accept_hostkey';
const PACKAGES: ModuleRule = {
  rename: { pkg: 'name', package: 'name', 'update-cache': 'update_cache' },
  values: { state: { installed: 'present', removed: 'absent' } },
  drop: {
    cache_valid_time: 'any',
    force: FALSE,
    allow_unauthenticated: FALSE,
    purge: FALSE,
    autoremove: FALSE,
    install_recommends: TRUE,
    disable_gpg_check: FALSE,
    lock_timeout: 'any',
  },
  note: { cache_valid_time: 'the lists of packages are loaded on each run: there is no cache_valid_time' },
};
const YUM: ModuleRule = {
  ...PACKAGES,
  to: 'dnf',
  drop: {
    ...PACKAGES.drop,
    allowerasing: 'any',
    nobest: 'any',
    use_backend: 'any',
    validate_certs: TRUE,
    security: FALSE,
    bugfix: FALSE,
    skip_broken: FALSE,
  },
  note: { ...PACKAGES.note, allowerasing: 'dnf removes no packages that are in the way: there is no allowerasing' },
};
/** apt itself: what the other package managers do not have. */
const APT: ModuleRule = {
  rename: {
    ...PACKAGES.rename,
    'default-release': 'default_release',
    'install-recommends': 'install_recommends',
  },
  values: PACKAGES.values ?? {},
  drop: {
    force: FALSE,
    allow_unauthenticated: FALSE,
    lock_timeout: 'any',
    update_cache_retries: 'any',
    force_apt_get: 'any',
    dpkg_options: ['force-confdef,force-confold'],
  },
};
const SERVICE: ModuleRule = {
  to: 'service',
  rename: { service: 'name', unit: 'name', 'daemon-reload': 'daemon_reload' },
  values: { state: { running: 'started' } },
  drop: { use: 'any', pattern: 'any', sleep: 'any', no_block: 'any', force: FALSE, scope: ['system'], daemon_reexec: FALSE },
  note: { no_block: 'the task waits until the service has changed: there is no no_block', sleep: '`sleep` is gone' },
};

/** The renames, by the name of the module in Ansible without its collection. */
export const MODULE_RULES: Readonly<Record<string, ModuleRule>> = Object.assign(Object.create(null), {
  apt: APT,
  dnf: YUM,
  yum: YUM,
  dnf5: YUM,
  apk: PACKAGES,
  pacman: PACKAGES,
  package: PACKAGES,
  portage: { to: 'package', rename: { package: 'name', sync: 'update_cache' }, values: { update_cache: { yes: true } } },
  service: SERVICE,
  systemd: SERVICE,
  systemd_service: SERVICE,
  openrc: SERVICE,
  sysvinit: SERVICE,
  command: { rename: { _raw_params: 'cmd' }, drop: { warn: 'any', strip_empty_ends: TRUE, stdin_add_newline: 'any' } },
  shell: { rename: { _raw_params: 'cmd' }, drop: { warn: 'any', stdin_add_newline: 'any', executable: ['/bin/sh'] } },
  raw: { to: 'shell', rename: { _raw_params: 'cmd' }, drop: { executable: ['/bin/sh'] } },
  script: { rename: { _raw_params: 'cmd' } },
  copy: {
    drop: { ...FILE_DROPS, local_follow: 'any', decrypt: TRUE, directory_mode: 'any', checksum: FALSE },
    note: { directory_mode: '`directory_mode` is gone: folders get their mode from the source' },
  },
  template: {
    drop: { ...FILE_DROPS, newline_sequence: ['\n'], trim_blocks: TRUE, lstrip_blocks: FALSE, output_encoding: ['utf-8'] },
  },
  file: {
    rename: { dest: 'path', name: 'path' },
    drop: { ...FILE_DROPS, force: 'any' },
    note: { force: '`force` is gone: a file that is in the way of a link is an error' },
  },
  lineinfile: {
    rename: { dest: 'path', destfile: 'path', name: 'path', value: 'line', regex: 'regexp' },
    drop: { ...FILE_DROPS, insertafter: ['EOF'] },
  },
  blockinfile: {
    rename: { dest: 'path', destfile: 'path', name: 'path', content: 'block' },
    drop: {
      ...FILE_DROPS,
      insertafter: ['EOF'],
      marker_begin: ['BEGIN'],
      marker_end: ['END'],
      append_newline: FALSE,
      prepend_newline: FALSE,
    },
    add: { marker: '# {mark} ANSIBLE MANAGED BLOCK' },
  },
  replace: { rename: { dest: 'path', destfile: 'path', name: 'path' }, drop: { ...FILE_DROPS, encoding: ['utf-8'] } },
  ini_file: {
    rename: { dest: 'path' },
    drop: { ...FILE_DROPS, exclusive: TRUE, ignore_spaces: 'any', allow_no_value: FALSE, modify_inactive_option: TRUE },
  },
  stat: {
    rename: { dest: 'path', name: 'path', get_checksum: 'checksum' },
    drop: { follow: FALSE, get_md5: 'any', get_mime: 'any', get_attributes: 'any', checksum_algorithm: ['sha256'] },
  },
  find: {
    rename: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes' },
    drop: { follow: FALSE, get_checksum: FALSE, use_regex: FALSE, age_stamp: ['mtime'] },
  },
  fetch: { drop: { validate_checksum: 'any' } },
  slurp: { rename: { path: 'src' } },
  tempfile: {},
  unarchive: { drop: { ...FILE_DROPS, keep_newer: FALSE, list_files: FALSE, validate_certs: TRUE, decrypt: TRUE } },
  archive: { drop: { remove: FALSE, force_archive: FALSE } },
  get_url: {
    rename: { thirsty: 'force', sha256sum: 'checksum' },
    drop: {
      ...FILE_DROPS,
      validate_certs: TRUE,
      use_proxy: TRUE,
      force_basic_auth: FALSE,
      backup: FALSE,
      http_agent: 'any',
      tmp_dest: 'any',
    },
  },
  uri: { drop: { return_content: 'any', validate_certs: TRUE, use_proxy: TRUE, force_basic_auth: FALSE, http_agent: 'any' } },
  git: {
    note: { accept_hostkey: GIT_KEYS, accept_newhostkey: GIT_KEYS },
    drop: { accept_hostkey: 'any', accept_newhostkey: 'any', force: FALSE, recursive: TRUE, update: TRUE, clone: TRUE },
    rename: { name: 'repo' },
  },
  getent: { drop: { service: FALSE } },
  user: {
    rename: { user: 'name', createhome: 'create_home' },
    drop: {
      move_home: FALSE,
      generate_ssh_key: FALSE,
      non_unique: FALSE,
      force: FALSE,
      skeleton: FALSE,
      ssh_key_bits: 'any',
      ssh_key_comment: 'any',
      ssh_key_file: 'any',
      ssh_key_type: 'any',
    },
  },
  group: { drop: { local: FALSE, non_unique: FALSE, force: FALSE } },
  authorized_key: { drop: { manage_dir: TRUE, follow: FALSE, validate_certs: TRUE } },
  cron: { drop: { backup: FALSE, env: FALSE } },
  sysctl: {
    rename: { key: 'name', val: 'value', sysctl_set: 'live', set: 'live' },
    drop: { ignoreerrors: 'any' },
    add: { sysctl_file: '/etc/sysctl.conf' },
  },
  mount: { rename: { name: 'path' }, drop: { boot: TRUE, backup: FALSE } },
  known_hosts: { rename: { host: 'name' }, drop: { hash_host: FALSE } },
  hostname: { drop: { use: 'any' } },
  reboot: {
    rename: { reboot_timeout: 'timeout', test_command: 'test' },
    drop: {
      msg: 'any',
      connect_timeout: 'any',
      pre_reboot_delay: 'any',
      post_reboot_delay: 'any',
      search_paths: 'any',
      boot_time_command: 'any',
    },
    note: { pre_reboot_delay: 'the reboot begins at once', post_reboot_delay: 'the next task begins when the host answers' },
  },
  package_facts: { drop: { manager: ['auto'], strategy: ['first'] } },
  assert: { rename: { msg: 'fail_msg' }, drop: { success_msg: 'any', quiet: 'any' } },
  debug: { drop: { verbosity: 'any' }, note: { verbosity: 'the text is printed with each verbosity' } },
  fail: {},
  set_fact: { drop: { cacheable: 'any' } },
  include_vars: { drop: { ignore_files: 'any', extensions: 'any', depth: 'any', hash_behaviour: ['replace'] } },
  include_role: { drop: { public: FALSE } },
  pause: { drop: { echo: 'any' } },
  wait_for: { drop: { sleep: 'any', connect_timeout: 'any', msg: 'any' } },
  modprobe: {},
  timezone: { drop: { hwclock: 'any' } },
  alternatives: { drop: { state: ['selected'] } },
  apt_repository: {
    drop: { validate_certs: TRUE, update_cache_retries: 'any', update_cache_retry_max_delay: 'any', install_python_apt: 'any' },
  },
  rpm_key: { drop: { validate_certs: TRUE } },
  yum_repository: { drop: FILE_DROPS },
  service_facts: {},
  setup: {
    drop: { gather_subset: 'any', filter: 'any', gather_timeout: 'any' },
    note: { gather_subset: ALL_FACTS, filter: ALL_FACTS },
  },
  ping: { drop: { data: ['pong'] } },
});

const SAME_COLLECTIONS = /^(?:ansible\.(?:builtin|legacy|posix)|community\.general|community\.crypto)\./;

/** The name of a module without a collection whose modules swarm may have. Another collection stays. */
export const moduleBaseName = (key: string): string => key.replace(SAME_COLLECTIONS, '');
