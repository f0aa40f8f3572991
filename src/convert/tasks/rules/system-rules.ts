import { FALSE, FILE_DROPS, type ModuleRule, type ModuleRules, TRUE } from './module-rule.ts';

const SERVICE: ModuleRule = {
  to: 'service',
  rename: { service: 'name', unit: 'name', 'daemon-reload': 'daemon_reload', 'daemon-reexec': 'daemon_reexec', args: 'arguments' },
  values: { state: { running: 'started' } },
  drop: { use: 'any', force: FALSE },
};

/** A text for true or false. */
const YES_NO = { yes: true, no: false, true: true, false: false };

/** Of services, users and settings of a host. */
export const systemRules: ModuleRules = {
  service: SERVICE,
  systemd: SERVICE,
  systemd_service: SERVICE,
  openrc: SERVICE,
  sysvinit: SERVICE,
  getent: { drop: { service: FALSE } },
  user: {
    rename: { user: 'name', createhome: 'create_home' },
    drop: { login_class: 'any', local: FALSE },
  },
  group: { drop: { local: FALSE, non_unique: FALSE, force: FALSE } },
  authorized_key: { drop: { manage_dir: TRUE, follow: FALSE, validate_certs: TRUE } },
  cron: { drop: { backup: FALSE } },
  sysctl: {
    rename: { key: 'name', val: 'value', sysctl_set: 'live', set: 'live' },
    add: { sysctl_file: '/etc/sysctl.conf' },
  },
  mount: { rename: { name: 'path' }, drop: { boot: TRUE, backup: FALSE } },
  htpasswd: {
    rename: { dest: 'path', destfile: 'path', username: 'name', crypt_scheme: 'hash_scheme' },
    drop: FILE_DROPS,
  },
  pamd: {},
  pam_limits: {},
  known_hosts: { rename: { host: 'name' }, drop: { hash_host: FALSE } },
  hostname: { drop: { use: 'any' } },
  filesystem: {
    rename: { device: 'dev', type: 'fstype' },
    drop: { resizefs: FALSE },
    note: { force: '`force` keeps a file system of the kind that is wanted' },
  },
  modprobe: {},
  seboolean: { drop: { ignore_selinux_state: 'any' } },
  timezone: { drop: { hwclock: 'any' } },
  locale_gen: {},
  alternatives: { drop: { state: ['selected'] } },
  service_facts: {},
  firewalld: { values: { masquerade: YES_NO, icmp_block_inversion: YES_NO } },
  iptables: {
    values: { log_level: { 0: 'emerg', 1: 'alert', 2: 'crit', 3: 'error', 4: 'warning', 5: 'notice', 6: 'info', 7: 'debug' } },
    note: { flush: '`flush` changes nothing where there are no rules' },
  },
  ufw: {
    rename: {
      ...{
        policy: 'default',
        app: 'name',
        from: 'from_ip',
        src: 'from_ip',
        to: 'to_ip',
        dest: 'to_ip',
        port: 'to_port',
        protocol: 'proto',
      },
      ...{ if: 'interface', if_in: 'interface_in', if_out: 'interface_out' },
    },
    drop: { insert_relative_to: ['zero'] },
  },
};
