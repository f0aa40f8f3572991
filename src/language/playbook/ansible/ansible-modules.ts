import { ownValue } from '../../../core/own-value.ts';

/** Modules of Ansible that swarm has under another name. */
const RENAMED_MODULES: Readonly<Record<string, string>> = {
  ...{ yum: 'dnf', dnf5: 'dnf', portage: 'emerge' },
  ...{
    docker_container: 'container',
    docker_network: 'container_network',
    docker_volume: 'container_volume',
    podman_container: 'container',
  },
  ...{ gather_facts: 'setup', synchronize: 'sync' },
  ...{ openssl_certificate: 'x509_certificate', openssl_csr_pipe: 'openssl_csr' },
  ...{ systemd: 'service', systemd_service: 'service', openrc: 'service', sysvinit: 'service' },
};

const MESSAGE = 'Write: send_message: "The text"';
const COMPOSE = 'Put the containers into a file of compose with copy or template. Then write: command: docker compose up -d';

/** Modules of Ansible that swarm does not have, and what does the same. */
const REPLACED_MODULES: Readonly<Record<string, string>> = {
  add_host: 'Write the host into the inventory: swarm knows every host before a run.',
  apache2_module: 'Write: command: { cmd: a2enmod rewrite, creates: /etc/apache2/mods-enabled/rewrite.load }',
  bundler: 'Write: command: { cmd: bundle install, chdir: /srv/app }',
  cargo: 'Write: command: { cmd: cargo install ripgrep, creates: /root/.cargo/bin/rg }',
  composer: 'Write: command: { cmd: composer install, chdir: /srv/app }',
  docker_compose: COMPOSE,
  docker_compose_v2: COMPOSE,
  docker_image: 'Write: command: docker pull alpine',
  docker_login: 'Write: command: { cmd: docker login --username web --password-stdin, stdin: "{{ password }}" }',
  dpkg_selections: 'Write: command: apt-mark hold linux-image-amd64',
  expect: 'Give the answers on standard input. Write: command: { cmd: ./setup, stdin: "yes\\nno\\n" }',
  gem: 'Write: command: gem install bundler --conservative',
  group_by: 'Write when: with the same condition, or groups in the inventory.',
  helm: 'Write: command: helm upgrade --install web ./chart',
  interfaces_file: 'Use template for the whole file, or lineinfile for a line of it.',
  k8s: 'Write: command: kubectl apply -f /srv/web.yml',
  lvg: 'Write: shell: vgs data || vgcreate data /dev/sdb',
  lvol: 'Write: shell: lvs data/web || lvcreate --size 10G --name web data',
  mail: MESSAGE,
  mysql_query: "Write: shell: mysql --execute 'FLUSH PRIVILEGES'",
  mysql_variables: "Write: shell: mysql --execute 'SET GLOBAL max_connections = 200'",
  nmcli: 'Put the connection into a file with template, and write a handler: command: nmcli connection reload',
  parted: 'Write: shell: lsblk /dev/sdb1 || parted --script /dev/sdb mklabel gpt mkpart data 1MiB 100%',
  patch: 'Write: shell: patch --forward --strip 1 < /tmp/own.patch',
  pip_package_info: 'Write: command: pip list --format json',
  postgresql_ext: "Write: shell: psql --command 'CREATE EXTENSION IF NOT EXISTS hstore' web",
  postgresql_query: "Write: shell: psql --command 'VACUUM' web",
  sefcontext: 'Write: command: semanage fcontext --add --type httpd_sys_content_t /srv/www',
  selinux: "Write: lineinfile: { path: /etc/selinux/config, regexp: '^SELINUX=', line: SELINUX=permissive }",
  set_stats: 'Use set_fact for a value of the host, and debug to show it.',
  slack: MESSAGE,
  subversion: 'Write: command: { cmd: svn checkout https://example.org/svn /srv/own, creates: /srv/own/.svn }',
  supervisorctl: 'Write: command: supervisorctl restart web',
  telegram: MESSAGE,
  validate_argument_spec: 'Declare the values in args: of the playbook, or test them with assert.',
  xml: 'Use template for the whole file, or replace for a part of it.',
  yarn: 'Write: command: { cmd: yarn install, chdir: /srv/app }',
  zfs: 'Write: shell: zfs list tank/web || zfs create tank/web',
};

const COLLECTION = /^[a-z]\w*\.[a-z]\w*\.(?=\w+$)/;

/** What to write instead of a module of Ansible, with or without its collection; undefined for any other word. */
export function findAnsibleModuleHint(key: string): string | undefined {
  const name = key.replace(COLLECTION, '');
  if (Object.hasOwn(REPLACED_MODULES, name)) return REPLACED_MODULES[name];
  const renamed = ownValue(RENAMED_MODULES, name);
  return renamed === undefined ? undefined : `Rename it to ${renamed}:. To see its arguments, run: swarm modules ${renamed}`;
}

/** Each of these modules with its hint. */
export const listAnsibleModules = (): readonly (readonly [name: string, hint: string])[] =>
  [...Object.keys(REPLACED_MODULES), ...Object.keys(RENAMED_MODULES)].map((name) => [name, findAnsibleModuleHint(name) ?? '']);
