import { FALSE, type ModuleRule, type ModuleRules, TRUE } from './module-rule.ts';

const SERVICE: ModuleRule = {
  to: 'service',
  rename: { service: 'name', unit: 'name', 'daemon-reload': 'daemon_reload' },
  values: { state: { running: 'started' } },
  drop: { use: 'any', pattern: 'any', sleep: 'any', no_block: 'any', force: FALSE, scope: ['system'], daemon_reexec: FALSE },
  note: { no_block: 'the task waits until the service has changed: there is no no_block', sleep: '`sleep` is gone' },
};

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
  modprobe: {},
  timezone: { drop: { hwclock: 'any' } },
  locale_gen: {},
  alternatives: { drop: { state: ['selected'] } },
  service_facts: {},
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
