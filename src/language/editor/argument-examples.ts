import type { Json } from '../../core/json-value.ts';
import { certificateArguments } from './certificate-argument-examples.ts';
import { containerArguments } from './container-argument-examples.ts';
import { databaseArguments } from './database-argument-examples.ts';
import { packageArguments } from './package-argument-examples.ts';
import { systemArguments } from './system-argument-examples.ts';

/** Examples of arguments that the example of their module does not have, by `ARGUMENT`, or by `MODULE.ARGUMENT` where it has a meaning of
 *  its own. True and false and the words of a list need none. A test gives each to its module. */
export const ARGUMENT_EXAMPLES: Readonly<Record<string, Json>> = {
  ...fileArguments(),
  ...systemArguments(),
  ...certificateArguments(),
  ...containerArguments(),
  ...databaseArguments(),
  ...networkArguments(),
  ...portageArguments(),
  ...packageArguments(),
};

function fileArguments(): Readonly<Record<string, Json>> {
  return {
    owner: 'root',
    group: 'www-data',
    mode: '0644',
    validate: 'visudo -cf %s',
    src: 'web/index.html',
    'file.src': '/etc/nginx/sites-available/shop',
    marker: '# {mark} swarm',
    insertafter: '^\\[server\\]',
    insertbefore: 'BOF',
    after: '^server \\{',
    before: '^\\}',
    excludes: '*.bak',
    contains: '.*ERROR',
    size: '10m',
    prefix: 'swarm.',
    'tempfile.path': '/var/tmp',
    creates: '/srv/app/bin/app',
    removes: '/srv/app/old',
    strip_components: 1,
    exclude: ['*.log', 'cache/'],
    confirm: '2m',
    keep: 5,
    rollback: 'previous',
    depth: 1,
    exclude_path: ['/srv/app/cache/*'],
    marker_begin: 'BEGIN',
    marker_end: 'END',
    'find.limit': 20,
    values: ['on', 'off'],
    include: ['app/bin'],
    extra_opts: ['--transform', 's/^app/srv/'],
    connect_timeout: 5,
    'wait_for.msg': 'The web server did not start',
    success_msg: 'There is room',
    'debug.var': 'answer.stdout',
  };
}

function networkArguments(): Readonly<Record<string, Json>> {
  return {
    'firewalld.port': '2379-2381/tcp',
    'firewalld.protocol': 'ospf',
    'firewalld.source': '192.0.2.0/24',
    'firewalld.interface': 'eth1',
    icmp_block: 'echo-request',
    rich_rule: 'rule family="ipv4" source address="192.0.2.7" reject',
    port_forward: [{ port: 8080, proto: 'tcp', toport: 80 }],
    'firewalld.timeout': 600,
    timeout: 30,
    'ufw.insert': 1,
    'ufw.interface': 'eth0',
    interface_in: 'eth0',
    interface_out: 'eth1',
    from_ip: '192.0.2.0/24',
    from_port: 1024,
    to_ip: '192.0.2.10',
    'ufw.name': 'OpenSSH',
    'ufw.comment': 'the office',
    url_username: 'mirror',
    url_password: '{{ mirror_password }}',
    key_file: '/root/.ssh/id_ed25519',
    refspec: '+refs/pull/7/head:refs/remotes/origin/pr-7',
    remote: 'upstream',
    ssh_opts: '-o ConnectTimeout=10',
    'uri.dest': '/var/tmp/answer.json',
    'uri.user': 'admin',
    'uri.password': '{{ api_password }}',
    unix_socket: '/run/docker.sock',
    headers: { Accept: 'application/json' },
    body: { restart: true },
    'wait_for.host': '127.0.0.1',
    'wait_for.path': '/run/app.pid',
    search_regex: 'ready to accept',
    delay: 5,
    sleep: 2,
  };
}

function portageArguments(): Readonly<Record<string, Json>> {
  return {
    item: '{{ item }}',
    'emerge_plan.targets': ['desktop'],
    'emerge_plan.drones': '{{ hosts }}',
    'emerge_plan.clients': ['all'],
    'emerge_plan.exclude': ['dev-lang/rust'],
    'emerge_plan.options': ['--with-test-deps'],
    'emerge_plan.file': 'plan.json',
    'config_update.folders': ['/etc'],
    'depclean.packages': ['dev-lang/rust-bin'],
    'depclean.max': 20,
    'kernel.sources': '/usr/src/linux-6.12.8-gentoo',
    file: 'swarm',
    root: '/etc/portage',
    'make_conf.value': '-O2 -pipe',
    'make_conf.remove': ['-march=native'],
    'make_conf.path': '/etc/portage/make.conf',
    'repository.location': '/var/db/repos/guru',
    'repository.priority': 50,
    'repository.settings': { 'sync-depth': '1' },
  };
}
