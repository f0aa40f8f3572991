import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Conversion, convertProject } from '../../../src/convert/project/convert-project.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { loadInstalledModules } from '../installed-modules.ts';

let dir = '';
let modules: ReadonlyMap<string, AnyModule> = new Map();
beforeAll(async () => {
  modules = await loadInstalledModules();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-convert-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function convert(files: Readonly<Record<string, string | Buffer>>): Conversion {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return convertProject(dir, modules);
}
const contentOf = ({ files }: Conversion, path: string): string =>
  String(files.find((file) => file.path === path)?.content ?? `no ${path}`);
const convertTasks = (text: string): { readonly text: string; readonly conversion: Conversion } => {
  const conversion = convert({ 'roles/r/tasks/main.yml': text });
  return { conversion, text: contentOf(conversion, 'roles/r/tasks/main.yml') };
};

/** Tasks of Ansible and of swarm. */
const TASKS: readonly (readonly [title: string, ansible: string, swarm: string])[] = [
  ['the prefix of a collection', '- ansible.builtin.copy: { src: a, dest: /a }\n', '- copy: { src: a, dest: /a }\n'],
  ['a short form', '- copy: src=a dest=/a mode=0644\n', '- copy:\n    src: a\n    dest: /a\n    mode: "0644"\n'],
  [
    'a command with arguments in its text',
    '- command: make install creates=/usr/bin/x\n',
    '- command:\n    cmd: make install\n    creates: /usr/bin/x\n',
  ],
  ['args', '- shell: make\n  args:\n    chdir: /srv\n', '- shell:\n    cmd: make\n    chdir: /srv\n'],
  [
    'yes and an octal mode',
    '- file: { path: /a, state: directory, mode: 0755, recurse: yes }\n',
    '- file: { path: /a, state: directory, mode: "0755", recurse: true }\n',
  ],
  ['another name of an argument', '- file: { dest: /a, state: absent }\n', '- file: { path: /a, state: absent }\n'],
  ['a local action', '- local_action: command uptime\n', '- command: uptime\n  delegate_to: localhost\n'],
  ['an action', '- action: ping\n', '- ping:\n'],
  ['a condition', '- ping:\n  when: x is defined and not y\n', '- ping:\n  when: defined(x) && !y\n'],
  [
    'a list of conditions',
    "- ping:\n  when:\n    - a is failed\n    - ansible_os_family == 'Debian'\n",
    '- ping:\n  when:\n    - a.failed\n    - facts.os_family == "Debian"\n',
  ],
  ['a loop', '- ping:\n  with_items: "{{ hosts_list }}"\n', '- ping:\n  loop: hosts_list\n'],
  [
    'lists in a list',
    '- debug: { msg: "{{ item }}" }\n  with_items:\n    - "{{ a }}"\n    - b\n',
    '- debug: { msg: "{{ item }}" }\n  loop: flatten([a, "b"])\n',
  ],
  [
    'a mapping',
    '- debug: { msg: "{{ item.key }}" }\n  with_dict: "{{ d }}"\n',
    '- debug: { msg: "{{ item.key }}" }\n  loop: dict2items(d)\n',
  ],
  [
    'pairs',
    '- debug: { msg: "{{ item.0 }}" }\n  with_nested:\n    - "{{ a }}"\n    - "{{ b }}"\n',
    '- debug: { msg: "{{ item.[0] }}" }\n  loop: product(a, b)\n',
  ],
  [
    'three lists',
    '- debug: { msg: "{{ item.2 }}" }\n  with_nested:\n    - "{{ a }}"\n    - "{{ b }}"\n    - "{{ c }}"\n',
    '- debug: { msg: "{{ item.[2] }}" }\n  loop: product(product(a, b), c).map(each, [each[0][0], each[0][1], each[1]])\n',
  ],
  [
    'old arguments',
    `- unarchive: src=/a.tgz dest=/b copy=no\n- get_url: url=http://a/b dest=/b sha256sum=${'0'.repeat(64)}\n`,
    `- unarchive:\n    src: /a.tgz\n    dest: /b\n    remote_src: true\n- get_url:\n    url: http://a/b\n    dest: /b\n    checksum: sha256:${'0'.repeat(64)}\n`,
  ],
  [
    'a sequence',
    '- debug: { msg: "{{ item }}" }\n  with_sequence: start=1 end=3\n',
    '- debug: { msg: "{{ item }}" }\n  loop: range(1, 4)\n',
  ],
  [
    'until',
    '- command: "true"\n  register: r\n  until: r.rc == 0\n  retries: 5\n',
    '- command: "true"\n  register: r\n  until: result.rc == 0\n  retries: 5\n',
  ],
  ['shell text', '- shell: "echo {{ x }} | cat {{ y | quote }}"\n', '- shell: "echo {{ raw x }} | cat {{ quote y }}"\n'],
  [
    'a default in an argument',
    '- file: { path: /a, owner: "{{ o | default(omit) }}" }\n',
    '- file: { path: /a, owner: "{{ default o omit }}" }\n',
  ],
  [
    'a value that is computed',
    '- debug:\n    msg: "{{ a + 1 }} of {{ b | default(\'x\') }}"\n',
    '- debug:\n    msg: \'{{ add a 1 }} of {{ default b "x" }}\'\n',
  ],
  [
    'flags and numbers that are templates',
    '- ping:\n  ignore_errors: "{{ ansible_check_mode }}"\n  become: "{{ b }}"\n  no_log: "{{ n | bool }}"\n  retries: "{{ r }}"\n',
    '- ping:\n  ignore_errors: "{{ check_mode }}"\n  become: "{{ bool b }}"\n  no_log: "{{ bool n }}"\n  retries: "{{ r }}"\n',
  ],
  [
    'flags that are templates of a literal',
    '- ping:\n  no_log: "{{ true }}"\n  become: "{{ False }}"\n  ignore_errors: "{{ not true }}"\n',
    '- ping:\n  no_log: true\n  become: false\n  ignore_errors: false\n',
  ],
  [
    'true and false of an environment, as Ansible writes them',
    '- command: x\n  environment:\n    A: yes\n    B: false\n    C: 1\n',
    '- command: x\n  environment:\n    A: "True"\n    B: "False"\n    C: 1\n',
  ],
  [
    'an environment that is a template',
    '- command: x\n  environment: "{{ proxy_env | default({}) }}"\n- command: y\n  environment:\n    - "{{ e }}"\n',
    '- command: x\n  environment: "{{ default proxy_env (dict) }}"\n- command: y\n  environment: "{{ e }}"\n',
  ],
  [
    'facts that a module finds',
    "- getent: { database: passwd }\n- service_facts:\n- ping:\n  when: \"'root' in ansible_facts.getent_passwd and ansible_facts.services['a.service'] is defined\"\n- ping:\n  when: \"'b.service' in services\"\n",
    '- getent: { database: passwd }\n  register: getent_passwd\n- service_facts:\n  register: service_facts\n- ping:\n  when: \'"root" in getent_passwd.entries && defined(service_facts.services["a.service"])\'\n- ping:\n  when: \'"b.service" in service_facts.services\'\n',
  ],
  [
    'what a group matched',
    '- lineinfile: { path: /a, regexp: "^(a)=", line: \'\\1=$x\', backrefs: yes }\n',
    '- lineinfile: { path: /a, regexp: "^(a)=", line: \'$1=$$x\', backrefs: true }\n',
  ],
  [
    'repositories for one task',
    '- package: { name: x, enablerepo: epel }\n- yum: { name: y, enablerepo: "{{ r }}" }\n',
    '- dnf: { name: x, enablerepo: epel }\n- dnf: { name: y, enablerepo: "{{ r }}" }\n',
  ],
  [
    'keywords of what is included',
    '- include_tasks:\n    file: a.yml\n    apply: { become: yes, when: a is defined }\n',
    '- include_tasks:\n    file: a.yml\n    apply: { become: true, when: defined(a) }\n',
  ],
  [
    'databases, locales and repositories',
    '- community.mysql.mysql_user: { user: a, priv: "a.*:ALL", column_case_sensitive: no }\n- mysql_db: { db: a, login_user: b }\n- mysql_replication: { mode: changemaster, master_host: a, master_use_gtid: slave_pos, fail_on_error: yes, channel: c }\n- community.postgresql.postgresql_privs: { database: a, role: b, priv: ALL, type: default_privs, objs: TABLES }\n- locale_gen: name=de_DE.UTF-8\n- deb822_repository: { name: a, uris: "https://a", suites: b }\n',
    '- mysql_user: { name: a, priv: "a.*:ALL" }\n- mysql_db: { name: a, login_user: b }\n- mysql_replication: { mode: changeprimary, primary_host: a, primary_use_gtid: replica_pos, connection_name: c }\n# converted: Ansible gives the roles USAGE on new TYPES too, which everybody has: swarm does not\n- postgresql_privs: { db: a, roles: b, privs: ALL, type: default_privs, objs: TABLES }\n- locale_gen: de_DE.UTF-8\n- deb822_repository: { name: a, uris: "https://a", suites: b, update_cache: false }\n',
  ],
  [
    'what pacman removes, and the description of a distribution',
    '- community.general.pacman: { name: a, state: absent, force: true }\n- ping:\n  when: ansible_lsb.description is match("Debian") and ansible_user == "x"\n',
    '- pacman: { name: a, state: absent, force: true }\n# converted: `lsb.description` is now the name and the version of the distribution\n- ping:\n  when: matches(facts.distribution_name + " " + facts.distribution_version, "^Debian") && facts.user == "x"\n',
  ],
  [
    'the type of a variable that is another one',
    '- ping:\n  vars: { b: x, a: "{{ b }}" }\n  when: a | default(false)\n',
    '- ping:\n  vars: { b: x, a: "{{ b }}" }\n  when: default(a, "") != ""\n',
  ],
  [
    'facts inside facts',
    '- ping:\n  when: ansible_lsb.codename == "x" and ansible_default_ipv4.address == "y"\n',
    '- ping:\n  when: facts.distribution_codename == "x" && facts.address == "y"\n',
  ],
  [
    'file systems',
    '- debug: { msg: "{{ ansible_mounts | map(attribute=\'mount\') | list }}" }\n',
    '- debug: { msg: \'{{ map facts.mounts "path" }}\' }\n',
  ],
  [
    'a parameter of the kernel, which Ansible loads too',
    '- sysctl: { name: a.b, value: "1", state: present, reload: yes }\n- sysctl: { name: a.c, value: "1", reload: no }\n',
    '- sysctl: { name: a.b, value: "1", state: present, sysctl_file: /etc/sysctl.conf }\n- sysctl: { name: a.c, value: "1", live: false, sysctl_file: /etc/sysctl.conf }\n',
  ],
  [
    'a parameter that is loaded as a variable says',
    '- sysctl: { name: a.b, value: "1", reload: "{{ r | bool }}" }\n- sysctl: { name: a.c, value: "1", reload: "No" }\n',
    '- sysctl: { name: a.b, value: "1", live: "{{ bool r }}", sysctl_file: /etc/sysctl.conf }\n- sysctl: { name: a.c, value: "1", live: false, sysctl_file: /etc/sysctl.conf }\n',
  ],
  ['debug of a variable', '- debug: { var: result.stdout }\n', '- debug: { var: result.stdout }\n'],
  ['a template file', '- template: { src: a.conf.j2, dest: /a }\n', '- template: { src: a.conf.j2, dest: /a }\n'],
  [
    'a service of systemd',
    '- systemd: { name: x, state: started, enabled: yes, daemon_reload: yes }\n',
    '- service: { name: x, state: started, enabled: true, daemon_reload: true }\n',
  ],
  ['units to read again', '- systemd: daemon_reload=yes\n', '- command: systemctl daemon-reload\n  changed_when: false\n'],
  [
    'a file that is touched once',
    '- file: { path: /a, state: touch, modification_time: preserve, access_time: preserve }\n',
    '- file: { path: /a, state: touch, modification_time: preserve, access_time: preserve }\n',
  ],
  [
    'statuses in a text',
    '- uri: { url: "http://a", status_code: "200, 403" }\n',
    '- uri: { url: "http://a", status_code: [ 200, 403 ], follow_redirects: true }\n',
  ],
  [
    'redirects and bodies of requests',
    '- uri: { url: "http://a", method: POST, body_format: json, body: "{{ a }}" }\n- uri: { url: "http://a", method: PUT, body_format: json, body: { a: 1 }, follow_redirects: all }\n- uri: { url: "http://a", body_format: raw, follow_redirects: "no" }\n',
    '- uri: { url: "http://a", method: POST, body_format: json, body: "{{ a }}" }\n- uri: { url: "http://a", method: PUT, body_format: json, body: { a: 1 }, follow_redirects: true }\n- uri: { url: "http://a", body_format: raw, follow_redirects: false }\n',
  ],
  [
    'empty lists',
    "- debug: { msg: '{{ [] }}' }\n- user: { name: a, groups: '{{ g | default([]) }}' }\n",
    "- debug: { msg: '{{ from_json \"[]\" }}' }\n- user: { name: a, groups: '{{ default g (list) }}' }\n",
  ],
  ['the content of an answer', '- uri: { url: "http://a", return_content: yes }\n', '- uri: { url: "http://a", follow_redirects: true }\n'],
  ['what tests a host after a reboot', '- reboot: { test_command: uptime && true }\n', '- reboot: { test: [ sh, -c, uptime && true ] }\n'],
  [
    'labels of SELinux',
    '- file: { path: /a, state: directory, setype: t }\n- copy: { content: x, dest: /a, selevel: s0 }\n',
    '# converted: swarm sets no labels of SELinux: `setype` is gone\n- file: { path: /a, state: directory }\n# converted: swarm sets no labels of SELinux: `selevel` is gone\n- copy: { content: x, dest: /a }\n',
  ],
  [
    'the key of the host of a repository',
    '- git: { repo: "https://a/b", dest: /b, accept_hostkey: yes }\n- git: { repo: "https://a/b", dest: /b, accept_hostkey: false }\n',
    '# converted: over ssh the key of the other host must be in known_hosts: there is no accept_hostkey\n- git: { repo: "https://a/b", dest: /b, recursive: true }\n- git: { repo: "https://a/b", dest: /b, recursive: true }\n',
  ],
  ['groups of a user', '- user: { name: u, groups: "a,b", append: yes }\n', '- user: { name: u, groups: [ a, b ], append: true }\n'],
  [
    'another shell',
    '- shell: echo $RANDOM\n  args: { executable: /bin/bash }\n',
    '- command:\n    argv:\n      - /bin/bash\n      - -c\n      - echo $RANDOM\n',
  ],
  [
    'the marker of a block of lines',
    '- blockinfile: { path: /a, block: x }\n',
    '- blockinfile: { path: /a, block: x, marker: "# {mark} ANSIBLE MANAGED BLOCK" }\n',
  ],
  [
    'a block',
    '- block:\n    - command: "true"\n  rescue:\n    - fail: msg=broken\n  when: a\n',
    '- block:\n    - command: "true"\n  rescue:\n    - fail: broken\n  when: a\n',
  ],
  [
    'rules of firewalls',
    '- community.general.ufw: { rule: allow, port: 22, src: 10.0.0.0/8, proto: tcp }\n- ufw: state=enabled policy=deny\n- ansible.posix.firewalld: { port: 80/tcp, zone: internal, state: enabled, permanent: true, immediate: true }\n- firewalld: { masquerade: "yes", state: enabled, offline: yes, permanent: yes }\n',
    '- ufw: { rule: allow, to_port: 22, from_ip: 10.0.0.0/8, proto: tcp }\n- ufw:\n    state: enabled\n    default: deny\n- firewalld: { port: 80/tcp, zone: internal, state: enabled, permanent: true, immediate: true }\n- firewalld: { masquerade: true, state: enabled, offline: true, permanent: true }\n',
  ],
  [
    'rules of iptables',
    '- ansible.builtin.iptables: { chain: INPUT, match: state, ctstate: "ESTABLISHED,RELATED", jump: ACCEPT }\n- iptables: chain=INPUT protocol=tcp destination_port=22 jump=ACCEPT action=insert rule_num=1 wait=5\n- iptables: { chain: INPUT, log_prefix: "a ", log_level: "4" }\n',
    '- iptables: { chain: INPUT, match: [ state ], ctstate: [ ESTABLISHED, RELATED ], jump: ACCEPT }\n- iptables:\n    chain: INPUT\n    protocol: tcp\n    destination_port: "22"\n    jump: ACCEPT\n    action: insert\n    rule_num: "1"\n    wait: "5"\n- iptables: { chain: INPUT, log_prefix: "a ", log_level: "warning" }\n',
  ],
  [
    'what a block gives its tasks',
    '- notify: again\n  timeout: 9\n  block:\n    - command: "true"\n    - command: x\n      notify: other\n    - debug: msg=x\n    - meta: reset_connection\n',
    '- block:\n    - command: "true"\n      notify: again\n      timeout: 9\n    - command: x\n      notify: other\n      timeout: 9\n    - debug: x\n    - meta: reset_connection\n',
  ],
  [
    'comments and order',
    '# first\n- name: One  # behind\n  ping:\n\n# second\n- name: Two\n  # inside\n  ping:\n',
    '# first\n- name: One # behind\n  ping:\n\n# second\n- name: Two\n  # inside\n  ping:\n',
  ],
];

test('a playbook is known by the keys of its plays, whatever is between, in little time', () => {
  const vars = Array.from({ length: 40 }, (_, i) => `    v${i}: text\n\n`).join('');
  const texts = {
    'site.yml': `- hosts: all\n  vars:\n${vars}  roles: []\n`,
    'late.yml': `# first\n- name: Late\n  vars:\n${vars}  hosts: all\n`,
    'other.yml': '-\n  name: Other\n  hosts: all\n',
    'import.yml': '- import_playbook: site.yml\n',
    'long.yml': `- debug:\n    msg: x\n  vars:\n    hosts: all\n${vars}`,
  };
  const start = process.cpuUsage();
  const { files } = convert(texts);
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  const plays = files.filter(({ content }) => String(content).includes('plays:')).map(({ path }) => path);
  expect(plays).toEqual(['playbooks/import.yml', 'playbooks/late.yml', 'playbooks/other.yml', 'playbooks/site.yml']);
});

describe('tasks', () => {
  test.each(TASKS)('%s', (_, ansible, swarm) => {
    const { text, conversion } = convertTasks(ansible);
    expect(conversion.report.left).toEqual([]);
    expect(text).toBe(swarm);
  });

  test.each([
    ['- strange_module: { a: 1 }\n', 'swarm has no module strange_module'],
    ['- copy: { src: a, dest: /a, remote_src: yes }\n', 'copy: copy is wrong: remote_src needs src'],
    ['- systemd: { daemon_reload: "{{ changed }}" }\n', 'a daemon_reload that is not true'],
    ['- systemd: { daemon_reload: no }\n', 'a daemon_reload that is not true'],
    ['- systemd_service: { name: a }\n', 'a service whose state is only read: service_facts has the state of every service'],
    ['- ping:\n  when: x | strange\n', 'the filter strange'],
    ['- ping:\n  loop_control: { extended: yes }\n', 'loop_control with extended'],
    ['- ping:\n  with_odd: "*"\n', 'the loop with_odd'],
    ['- add_host: { name: x }\n', 'swarm knows its hosts before a run: add it to the inventory'],
    ['- command: a\n  shell: b\n', 'unknown keyword shell'],
    ['- ping:\n  become_flags: -H\n', 'become_flags: swarm has no flags for become'],
    ['- template: { src: a, dest: /a, lstrip_blocks: yes }\n', 'template has no argument `lstrip_blocks`'],
    ['- just a text\n', 'a task that is not a mapping'],
    ['- lineinfile: { path: /a, line: x, mode: rw }\n', 'lineinfile: `mode` must be'],
  ])('%s is left: %s', (ansible, reason) => {
    const { text, conversion } = convertTasks(ansible);
    expect(conversion.report.tasks).toEqual({ converted: 0, changed: 0, left: 1 });
    expect(conversion.report.left[0]?.reason).toContain(reason);
    expect(conversion.report.left[0]?.line).toBe(1);
    expect(text).toContain('not_converted:');
  });

  test('what means something else is counted, with the reason before the task', () => {
    const { text, conversion } = convertTasks('- package: { name: x, update_cache: yes, cache_valid_time: 3600 }\n');
    expect(conversion.report.tasks).toEqual({ converted: 0, changed: 1, left: 0 });
    expect(text).toBe(
      '# converted: the lists of packages are loaded on each run: there is no cache_valid_time\n- package: { name: x, update_cache: true }\n',
    );
  });
});

test.each([
  ['gather_subset: [network]', 'swarm asks a host for facts where the play uses one that is not known yet'],
  ['fact_path: /etc/facts', '`fact_path` is gone: swarm reads the facts of a host in /etc/ansible/facts.d alone'],
  ['tasks:\n    - setup: { filter: "ansible_*" }', '`setup` asks the host for all facts that swarm has'],
])('a play with %s says how swarm asks for facts', (keyword, reason) => {
  const conversion = convert({ 'site.yml': `- hosts: all\n  ${keyword}\n` });
  expect(conversion.report.changed.map((each) => each.reason)).toEqual([reason]);
});

test('setup without arguments means the same', () => {
  expect(convertTasks('- setup:\n').conversion.report.tasks).toEqual({ converted: 1, changed: 0, left: 0 });
});

test.each(['setup: filter=ansible_local', 'ping: data=pong'])('no argument of %s is left in the text', (task) => {
  expect(convertTasks(`- ${task}\n`).text).toMatch(/^- (?:setup|ping):(?: null)?$/m);
});

test('a project becomes a project: playbooks, roles, templates, variables, hosts', () => {
  const conversion = convert({
    'site.yml':
      '---\n# the site\n- hosts: web\n  become: yes\n  vars_prompt:\n    - name: release\n      prompt: Which one?\n      private: no\n    - { name: pin, prompt: Which PIN?, default: 123456 }\n  roles:\n    - { role: nginx, when: enabled }\n',
    'hosts.ini': '[web]\nweb[1:2].example.org ansible_user=admin\n[web:vars]\nport=80\n',
    'group_vars/web.yml': 'enabled: yes\nsecret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\nurl: "http://{{ inventory_hostname }}"\n',
    'roles/nginx/tasks/main.yml': '- template: { src: nginx.conf.j2, dest: /etc/nginx/nginx.conf }\n  notify: reload nginx\n',
    'roles/nginx/handlers/main.yml': '- name: reload nginx\n  service: name=nginx state=reloaded\n',
    'roles/nginx/templates/nginx.conf.j2': 'server {{ port | default(80) }};\n',
    'roles/nginx/meta/main.yml': 'galaxy_info: { author: x }\ndependencies:\n  - role: base\n',
    'roles/base/tasks/main.yml': '- ping:\n',
    'roles/nginx/files/x.bin': Buffer.from([0, 1, 2, 255]),
    'ansible.cfg': '[defaults]\n',
  });
  expect(conversion.files.map(({ path }) => path)).toEqual([
    ...['group_vars/web.yml', 'inventory/swarm.yml', 'playbooks/site.yml', 'roles/base/tasks/main.yml', 'roles/nginx/files/x.bin'],
    ...['roles/nginx/handlers/main.yml', 'roles/nginx/meta/main.yml', 'roles/nginx/tasks/main.yml', 'roles/nginx/templates/nginx.conf.hbs'],
  ]);
  expect(contentOf(conversion, 'playbooks/site.yml')).toBe(
    '# the site\nargs:\n  release: { ask: true, describe: Which one? }\n  pin: { type: int, default: 123456, ask: hidden, describe: Which PIN? }\nplays:\n  - hosts: web\n    become: true\n    roles:\n      - { role: nginx, when: enabled }\n',
  );
  expect(contentOf(conversion, 'roles/nginx/tasks/main.yml')).toContain('src: nginx.conf.hbs');
  expect(contentOf(conversion, 'roles/nginx/templates/nginx.conf.hbs')).toBe('server {{ default port 80 }};\n');
  expect(contentOf(conversion, 'roles/nginx/meta/main.yml')).toBe('dependencies:\n  - role: base\n');
  expect(contentOf(conversion, 'group_vars/web.yml')).toContain('enabled: true\nsecret: { secret: { from: "env:SECRET" } }');
  expect(conversion.report.changed.map(({ reason }) => reason).join()).toContain('{{ end_line secret }}');
  const inventory = contentOf(conversion, 'inventory/swarm.yml');
  expect(inventory).toContain('web1.example.org:');
  expect(inventory).toContain('user: admin');
  expect(conversion.report.left.map(({ file }) => file)).toEqual(['ansible.cfg']);
  expect(conversion.report.tasks).toEqual({ converted: 3, changed: 0, left: 0 });
});

test('a template has its new name wherever an expression says it', () => {
  const conversion = convert({
    'site.yml': '- hosts: all\n  roles: [r]\n',
    'roles/r/templates/a.conf.j2': 'a\n',
    'roles/r/templates/b.conf.j2': 'b\n',
    'roles/r/tasks/main.yml': [
      `- template: { src: "{{ one | default('a.conf.j2', true) }}", dest: /a }`,
      `- template: { src: "{{ item }}", dest: "/{{ item | replace('.j2', '') }}" }`,
      `  loop: "{{ ['a.conf.j2', 'x/b.conf.j2', 'none.j2'] }}"`,
      `- template: { src: "{{ item }}", dest: "/{{ item | regex_replace('\\\\.j2$', '') }}" }`,
      '  with_first_found:',
      '    - "{{ x }}.conf.j2"',
      '    - a.conf.j2',
      '',
    ].join('\n'),
  });
  const text = contentOf(conversion, 'roles/r/tasks/main.yml');
  expect(text.match(/\w+\.j2/g)).toEqual(['none.j2']);
  expect(text).toContain('["a.conf.hbs", "x/b.conf.hbs", "none.j2"]');
  expect(text).toContain('["a.conf.hbs", "b.conf.hbs"]');
  expect(text.match(/\.hbs/g)?.length).toBeGreaterThan(8);
});

test('variables beside the playbooks stay there, those of an inventory beside it; a template is one wherever it stands', () => {
  const conversion = convert({
    'site.yml': '- name: Web\n  hosts: all\n  tasks:\n    - template: { src: conf/a.conf.j2, dest: /a }\n',
    'conf/a.conf.j2': '{{ x | lower }}\n',
    'group_vars/all.yml': 'x: A\n',
    'inventories/prod/hosts': '[web]\na\n',
    'inventories/prod/group_vars/web.yml': 'y: B\n',
  });
  expect(conversion.files.map(({ path }) => path)).toEqual([
    ...['group_vars/all.yml', 'inventories/prod/group_vars/web.yml', 'inventories/prod/swarm.yml'],
    ...['inventory/swarm.yml', 'playbooks/site.yml', 'templates/conf/a.conf.hbs'],
  ]);
});

test.each([
  ['INI', { hosts: '[web]\na port=80 url="http://{{ ansible_host }}:{{ port }}" odd="{{ x[::2] }}"\n' }],
  [
    'YAML',
    {
      'hosts.yml': 'web:\n  hosts:\n    a:\n      port: 80\n      url: "http://{{ ansible_host }}:{{ port }}"\n      odd: "{{ x[::2] }}"\n',
    },
  ],
])('variables of an inventory in %s are converted', (_, source) => {
  const { files, report } = convert(source);
  const text = String(files.find(({ path }) => path.startsWith('inventory/'))?.content);
  expect(text).toContain('url: http://{{ host.address }}:{{ port }}');
  expect(text).toContain('not_converted');
  expect(report.left).toMatchObject([{ text: 'odd: {{ x[::2] }}', reason: 'a slice with a step' }]);
});

test('every file that a playbook sends is copied, whatever its name', () => {
  const sent = ['files/backup.sh', 'files/release/app.txt', 'files/tests/README.md', 'templates/docs/issue.txt'];
  const conversion = convert({
    'site.yml': '- hosts: all\n  tasks:\n    - ping:\n',
    ...Object.fromEntries(sent.map((path) => [path, 'x\n'])),
    'playbooks/files/run.py': 'x\n',
    'tests/files/a.txt': 'x\n',
  });
  expect(conversion.files.map(({ path }) => path)).toEqual([
    ...['files/backup.sh', 'files/release/app.txt', 'files/run.py', 'files/tests/README.md'],
    ...['inventory/swarm.yml', 'playbooks/site.yml', 'templates/docs/issue.txt'],
  ]);
});

test('an INI file with the settings of a program is no inventory', () => {
  const conversion = convert({
    'site.yml': '- hosts: all\n',
    'hosts.ini': 'a ansible_host=10.0.0.1\n[web]\na\n[web:vars]\nport = 80\n',
    'pytest.ini': '[pytest]\ntestpaths = tests/unit\nfilterwarnings =\n  ignore::DeprecationWarning\n',
    'mypy.ini': '# mypy\nstrict=True\n',
  });
  expect(conversion.report.left).toEqual([]);
  expect(conversion.files.map(({ path }) => path)).toEqual(['inventory/swarm.yml', 'playbooks/site.yml']);
});

test('the pins of swarm beside an inventory of Ansible are not an inventory', () => {
  const conversion = convert({
    'site.yml': '- hosts: all\n',
    'inventory/hosts.ini': 'a\n',
    'inventory/known_hosts': 'a ssh-ed25519 AAAA x\n',
  });
  expect(conversion.report.left).toEqual([]);
  expect(conversion.files.map(({ path }) => path)).toEqual(['inventory/swarm.yml', 'playbooks/site.yml']);
});

test('a template alone is converted, with what is left of it', () => {
  convert({ 'site.conf.j2': 'port {{ port }}\n{{ x[::2] }}\n' });
  const { files, report } = convertProject(join(dir, 'site.conf.j2'), modules);
  expect(files.map(({ path }) => path)).toEqual(['inventory/swarm.yml', 'templates/site.conf.hbs']);
  expect(report.left).toMatchObject([{ file: 'site.conf.j2', line: 2 }]);
});

test('the folder of the inventory is that of the project', () => {
  const conversion = convert({
    'site.yml': '- hosts: all\n  vars: { keys: "{{ inventory_dir }}/../keys" }\n',
    'environments/prod/hosts': 'a\n',
  });
  expect(conversion.report.left).toEqual([]);
  expect(contentOf(conversion, 'playbooks/site.yml')).toContain('"{{ playbook_dir }}/../inventories/prod/../keys"');
});

test('a task that is left keeps its name, without the braces of a template', () => {
  const { text } = convertTasks('- name: Start {{ app | lower }} now\n  no.such.module: { a: 1 }\n');
  expect(text).toMatch(/^- name: Start app \| lower now\n {2}not_converted:/);
});

test('a task that is left keeps the name of its result', () => {
  expect(convertTasks('- strange: {}\n  register: out\n- ping:\n  when: out is changed\n').text).toContain('  register: out\n');
});

test('a long file of tasks outside a role is read at once', () => {
  const block = '- name: One\n  debug:\n    msg: x\n\n  when: a\n\n';
  const { report } = convert({ 'more/tasks.yml': block.repeat(60) });
  expect(report.tasks.converted).toBe(60);
});

test('the first file that is there is chosen among those that the role has', () => {
  const conversion = convert({
    'roles/r/tasks/main.yml':
      '- include_vars: "{{ item }}"\n  with_first_found:\n    - "{{ ansible_distribution }}.yml"\n    - "{{ ansible_os_family }}.yml"\n    - main.yml\n',
    'roles/r/vars/Debian.yml': 'a: 1\n',
    'roles/r/vars/main.yml': 'a: 2\n',
  });
  expect(contentOf(conversion, 'roles/r/tasks/main.yml')).toContain(
    'loop: \'[intersect([facts.distribution_name + ".yml", facts.os_family + ".yml", "main.yml"], ["Debian.yml", "main.yml"])[0]]\'',
  );
});

describe('hostile input ends with a reason', () => {
  const many = (text: string): string => text.repeat(200_000);
  test.each([
    ['a large file', 'tasks/main.yml', many('- ping:\n'.padEnd(60)), 'a file of more than 1 MiB'],
    ['deep brackets', 'tasks/main.yml', `- debug: { msg: ${'['.repeat(20_000)} }`, 'nested deeper than 100 levels'],
    ['deep lists', 'tasks/main.yml', `- x: ${'- '.repeat(2000)}`, ''],
    ['broken YAML', 'tasks/main.yml', '- a: [b\n', 'not YAML'],
    ['two documents', 'tasks/main.yml', '- ping:\n---\n- ping:\n', 'a file with two YAML documents'],
    ['a mapping of tasks', 'tasks/main.yml', 'a: 1\n', 'a file of tasks that is not a list'],
    ['an encrypted file', 'vars/main.yml', '$ANSIBLE_VAULT;1.1;AES256\n61\n', 'a file of ansible-vault'],
    ['a template that is not closed', 'templates/a.j2', '{{ open', '{{ is not closed'],
    ['a deep template', 'templates/a.j2', '{% if a %}'.repeat(500), 'blocks nested deeper than 50 levels'],
    ['a large template', 'templates/a.j2', many('{{ a }} '.padEnd(10)), 'a template of more than 1 MiB'],
    ['a deep expression', 'tasks/main.yml', `- debug: { msg: "{{ ${'('.repeat(3000)}a }}" }`, 'nested deeper'],
  ])('%s', (_, path, content, reason) => {
    const { report, files } = convert({ [`roles/r/${path}`]: content });
    expect(report.left.map((each) => each.reason).join('\n')).toContain(reason);
    expect(files.every((file) => file.content.length < 2 * 1024 * 1024)).toBe(true);
  });

  test('a file that is not YAML is in the report with its line, and stays as a file that `swarm check` refuses', () => {
    const broken = '# one\n\n- a: [b\n- c\n';
    const conversion = convert({
      'site.yml': `- hosts: all\n  roles: [r]\n${broken}`,
      'roles/r/tasks/main.yml': broken,
      'roles/r/tasks/bytes.yml': Buffer.from([0, 255, 1]),
      'roles/r/handlers/main.yml': 'a: 1\n',
      'roles/r/vars/main.yml': broken,
      'roles/r/meta/main.yml': broken,
    });
    expect(conversion.report.left.filter(({ reason }) => reason.startsWith('not YAML')).map(({ line }) => line)).toEqual([4, 4, 4, 6]);
    for (const path of ['roles/r/tasks/main.yml', 'roles/r/tasks/bytes.yml', 'roles/r/handlers/main.yml', 'playbooks/site.yml'])
      expect(contentOf(conversion, path)).toMatch(/- not_converted:\n\s+reason: "?(?:not YAML|a file)/);
    for (const path of ['roles/r/vars/main.yml', 'roles/r/meta/main.yml'])
      expect(contentOf(conversion, path)).toMatch(/: '\{\{ not_converted "roles\/r/);
  });

  test('a template of bytes is copied, and a link that leads out is not followed', () => {
    mkdirSync(join(dir, 'roles/r/files'), { recursive: true });
    symlinkSync('/etc/passwd', join(dir, 'roles/r/files/out'));
    const { files, report } = convert({ 'roles/r/templates/a.bin.j2': Buffer.from([0, 255, 123, 123]) });
    expect(files.map(({ path }) => path)).toEqual(['inventory/swarm.yml', 'playbooks/r.yml', 'roles/r/templates/a.bin.hbs']);
    expect(report.left.map(({ reason }) => reason)).toEqual(['a link that leads out of the folder']);
  });

  test('a circle of roles and of anchors ends', () => {
    const { report } = convert({
      'roles/a/meta/main.yml': 'dependencies: [{ role: b }]\n',
      'roles/b/meta/main.yml': 'dependencies: [{ role: a }]\n',
      'roles/a/defaults/main.yml': 'a: &a [*a]\n',
      'roles/b/defaults/main.yml': `x0: &x0 [a, a]\n${Array.from({ length: 30 }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i}, *x${i}]\n`).join('')}`,
    });
    expect(report.tasks.left).toBe(0);
  });
});

test('what cannot be read as it is, is in the report, and the rest is converted', () => {
  mkdirSync(join(dir, 'files'));
  execFileSync('mkfifo', [join(dir, 'files/pipe')]);
  symlinkSync('pipe', join(dir, 'files/to-pipe'));
  writeFileSync(Buffer.from(`${dir}/files/caf\xe9`, 'latin1'), '');
  const { report, files } = convert({ 'site.yml': '- hosts: all\n  tasks: []\n', 'wide.yml': Buffer.from('- hosts: all\n', 'utf16le') });
  expect(report.left.map(({ file, reason }) => [file, reason]).sort()).toEqual([
    ['files/caf\uFFFD', 'a name that is not UTF-8'],
    ['files/pipe', 'a pipe, a socket or a device'],
    ['files/to-pipe', 'a pipe, a socket or a device'],
    ['wide.yml', 'a file that is not text'],
  ]);
  expect(files.map(({ path }) => path)).toContain('playbooks/site.yml');
});

test('whether a file is a playbook is found in time that grows with the file alone', () => {
  const task = '- name: x\n  debug:\n    msg: |\n      a\n\n      b\n';
  const play = '- name: a play\n\n  # with a comment\n  hosts: all\n  tasks: []\n';
  const { files } = convert({ 'tasks.yml': task.repeat(2000), 'play.yml': play, 'roles/r/tasks/main.yml': '- x:\n    hosts: all\n' });
  expect(files.map(({ path }) => path)).toContain('playbooks/play.yml');
}, 60_000);

test('a variable that some definition leaves empty is false in a condition, as null is in Jinja', () => {
  const conversion = convert({
    'roles/r/defaults/main.yml': 'port:\nuser:\nlist: []\n',
    'roles/r/vars/main.yml': 'port: 80\nuser: ann\nlist:\n',
    'roles/r/tasks/main.yml': '- ping:\n  when: port\n- ping:\n  when: user\n- ping:\n  when: not list\n',
  });
  expect(contentOf(conversion, 'roles/r/tasks/main.yml')).toBe(
    '- ping:\n  when: default(port, 0) != 0\n- ping:\n  when: default(user, "") != ""\n- ping:\n  when: size(default(list, [])) == 0\n',
  );
});

test('the type of a name that one task registers and another place sets to a number is open', () => {
  const conversion = convert({
    'roles/r/defaults/main.yml': 'port: 80\n',
    'roles/r/tasks/main.yml': '- ping:\n  when: port\n- command: "true"\n  register: port\n',
  });
  expect(contentOf(conversion, 'roles/r/tasks/main.yml')).toContain('when: port\n');
});

test.each([
  ['ansible_play_batch', 'all hosts of the play, not those of one batch'],
  ['play_hosts', 'all hosts of the play, not those of one batch'],
  ['ansible_play_hosts', 'the hosts that failed too'],
  ['st.stat.checksum', 'the SHA-256 of the file; Ansible has its SHA-1'],
])('what %s means here is in the report', (value, reason) => {
  const { conversion } = convertTasks(`- stat: { path: /a }\n  register: st\n- debug: { msg: "{{ ${value} }}" }\n`);
  expect(conversion.report.changed.map((each) => each.reason).join()).toContain(reason);
});

test('a sequence that goes down ends with its last number', () => {
  expect(convertTasks('- debug: { msg: "{{ item }}" }\n  with_sequence: start=5 end=1 stride=-2\n').text).toContain('range(5, 0, -2)');
});

test('the first of some files is searched in the project too', () => {
  const conversion = convert({
    'site.yml': '- hosts: all\n  tasks:\n    - copy: { src: "{{ item }}", dest: /a }\n      with_first_found: [none, a.txt]\n',
    'files/a.txt': 'a\n',
  });
  expect(contentOf(conversion, 'playbooks/site.yml')).toContain('intersect(["none", "a.txt"], ["a.txt"])[0]');
});

test('a text times a number is repeated', () => {
  expect(convertTasks(`- debug: { msg: "{{ '-' * 5 }}" }\n`).text).toContain('{{ repeat "-" 5 }}');
});

test.each([
  ['"    {{ item }}"', '"    {{ item }}"'],
  ['"{{ item }}  "', '"{{ item }}  "'],
  ['"\\t{{ a | upper }}"', '"\\t{{ upper a }}"'],
  ['"{{ a }}\\n\\n"', '"{{#end_line}}{{ a }}{{/end_line}}\\n"'],
  ['"{{ a | length }}\\n"', '"{{ size a }}\\n"'],
  ['"{{ a | upper }}\\n"', '"{{ end_line (upper a) }}"'],
  ['"{{ a }}\\n"', '"{{ end_line a }}"'],
  ['" {{ 5 }}"', '" 5"'],
  ['" {{ [a] }} "', '"{{ json (list a) }}"'],
])('white space beside the braces of %s', (ansible, swarm) => {
  expect(convertTasks(`- copy: { dest: /a, content: ${ansible} }\n`).text).toContain(`- copy: { dest: /a, content: ${swarm} }\n`);
});

test('a backslash is itself in the braces of a playbook, and the start of an escape in a condition and in a template file', () => {
  const conversion = convert({
    'roles/r/tasks/main.yml': [
      `- debug: { msg: '{{ l | join("\\n") }}' }`,
      `- debug: { msg: 'x {{ a | regex_replace("\\bfoo\\b", "\\1\\t") }}' }`,
      `- debug: { msg: "{{ l | join('\\n') }}" }`,
      `- ping:`,
      `  when: a == "x\\ty"`,
      '',
    ].join('\n'),
    'roles/r/templates/a.j2': `{{ l | join("\\t") }} x\n`,
  });
  const tasks = contentOf(conversion, 'roles/r/tasks/main.yml');
  expect(tasks).toContain(`msg: '{{ join l "\\n" }}'`);
  expect(tasks).toContain('regex_replace a "\\bfoo\\b" "\\1\t"');
  expect(tasks).toContain('when: a == "x\\ty"');
  expect(contentOf(conversion, 'roles/r/templates/a.hbs')).toBe('{{ join l "\t" }} x\n');
});

test('a filter of lists gets the keys of a mapping', () => {
  const conversion = convert({
    'roles/r/defaults/main.yml': 'm: { a: 1 }\n',
    'roles/r/tasks/main.yml': `- debug: { msg: "{{ m | sort }}" }\n- debug: { msg: "{{ m | join(',') }}" }\n`,
  });
  const tasks = contentOf(conversion, 'roles/r/tasks/main.yml');
  expect(tasks).toContain('{{ sort (keys m) }}');
  expect(tasks).toContain('{{ join (keys m) "," }}');
});

test.each([
  ['command: ls $HOME/x', 1],
  ['command: { argv: [ls, "$HOME/x"] }', 1],
  ['command: ls ~/x', 1],
  ['command: "awk $1 a~b"', 0],
  ['shell: ls $HOME', 0],
])('what Ansible puts in without a shell is in the report: %s', (task, count) => {
  expect(convertTasks(`- ${task}\n`).conversion.report.changed).toHaveLength(count);
});

test('a template of Windows gets the line breaks that Jinja writes', () => {
  const conversion = convert({
    'roles/r/templates/a.j2': 'a {{ x }}\r\n{% if y %}\r\nb\r\n{% endif %}\r\n',
    'roles/r/templates/b.j2': 'b\r\n',
  });
  expect(contentOf(conversion, 'roles/r/templates/a.hbs')).toBe('a {{ x }}\n{{#if y}}\nb\n{{/if}}\n');
  expect(contentOf(conversion, 'roles/r/templates/b.hbs')).toBe('b\n');
});

test.each(['index', 'index0', 'first', 'last', 'length'])(
  'loop.%s in a for with a condition counts only the entries for which it is true',
  (field) => {
    const conversion = convert({ 'roles/r/templates/a.j2': `{% for x in l if x.on %}{{ x.n }}{{ loop.${field} }}{% endfor %}\n` });
    expect(conversion.report.left).toEqual([]);
    expect(contentOf(conversion, 'roles/r/templates/a.hbs')).toContain('{{#each (drop_if l "on" "not") as |x|}}');
  },
);

test('the value of `a and b or c` is the one of them that counts, and none is not text', () => {
  const conversion = convert({
    'roles/r/templates/a.j2': "{{ (num == 7 and name) or 'none' }} x{{ none }}y\n",
    'roles/r/tasks/main.yml': '- ping:\n  when: (a == 1 and b == 2) or c == 3\n',
  });
  expect(contentOf(conversion, 'roles/r/templates/a.hbs')).toBe(
    '{{#if (ternary (eq num 7) name (eq num 7))}}{{#if (eq num 7)}}{{ name }}{{else}}{{ ternary (eq num 7) "True" "False" }}{{/if}}{{else}}none{{/if}} xy\n',
  );
  expect(contentOf(conversion, 'roles/r/tasks/main.yml')).toBe('- ping:\n  when: a == 1 && b == 2 || c == 3\n');
});

describe('values whose types the project shows', () => {
  const convertRole = (vars: string, tasks: string): string => {
    const conversion = convert({ 'roles/r/vars/main.yml': vars, 'roles/r/tasks/main.yml': tasks });
    return contentOf(conversion, 'roles/r/tasks/main.yml');
  };
  test.each([
    ['- copy: { dest: /a, content: "{{ now.stdout | int // 10 }}" }\n', 'content: "{{ string (int (divide (int now.stdout) 10)) }}"'],
    ['- copy: { dest: /a, content: "{{ m }}" }\n', 'content: "{{ json m }}"'],
    ['- lineinfile: { path: /a, line: "{{ port }}" }\n', 'line: "{{ string port }}"'],
    ['- lineinfile: { path: /a, line: "{{ port == 80 }}" }\n', 'line: \'{{ ternary (eq port 80) "True" "False" }}\''],
    ['- lineinfile: { path: /a, line: "{{ name }}" }\n', 'line: "{{ name }}"'],
    ['- user: { name: a, uid: "{{ port }}" }\n', 'uid: "{{ port }}"'],
    ['- lineinfile: { path: /a, line: "m={{ m }}" }\n', 'line: "m={{ python m }}"'],
    [
      '- lineinfile: { path: /a, line: "{{ item.key }}={{ item.value }}" }\n  with_dict: "{{ m }}"\n',
      '{{ item.key }}={{ python item.value }}',
    ],
    ['- lineinfile: { path: /a, line: "x={{ either }}" }\n  vars: { either: [] }\n', 'line: "x={{ python either }}"'],
    ['- lineinfile: { path: /a, line: "x={{ item.on | default(false) }}" }\n', 'line: "x={{ python (default item.on false) }}"'],
    ['- lineinfile: { path: /a, line: "{{ \'x\' ~ (port == 80) }}" }\n', 'line: \'x{{ ternary (eq port 80) "True" "False" }}\''],
  ])('%s', (task, expected) => {
    expect(convertRole('port: 80\nname: a\nm: { a: 1, on: true }\neither: a\n', task)).toContain(expected);
  });

  test('a value of a loop that may be a list is written as Python does, unless a test knows its type', () => {
    const text = [
      '{% macro line(k, v) %}{{ k }} {{ v }}\n{% endmacro %}',
      '{% for k, v in opts | dictsort %}{{ line(k, v) }}{% endfor %}',
      '{% for v in opts.values() %}{{ v }}{% endfor %}',
      '{% for k, v in opts.items() %}{% if v is string %}{{ v }}{% endif %}{% endfor %}',
      '{% for k, v in flat.items() %}{{ v }}{% endfor %}',
    ].join('\n');
    const conversion = convert({
      'roles/r/vars/main.yml': 'opts: { zeta: 1, list: [1, 2] }\nflat: { a: 1 }\n',
      'roles/r/templates/a.j2': text,
    });
    const content = contentOf(conversion, 'roles/r/templates/a.hbs');
    expect(content).toContain('{{ k_v.key }} {{ python k_v.value }}');
    expect(content.match(/\{\{ python v \}\}/g)).toHaveLength(1);
    expect(conversion.report.changed.map(({ reason }) => reason)).toEqual([
      '`dictsort` puts capitals before small letters; Jinja ignores case',
    ]);
  });
});

test.each([
  ["failed_when: out is failed and not out.msg is match('Could not find')", 1],
  ['failed_when: out is failed and out.msg is defined', 0],
  ['failed_when: "\'x\' in out.stdout"', 0],
])('a condition that reads the message of a module is told: %s', (condition, count) => {
  const { conversion } = convertTasks(`- service: { name: a, state: stopped }\n  register: out\n  ${condition}\n`);
  expect(conversion.report.tasks).toEqual({ converted: 1 - count, changed: count, left: 0 });
});

test.each([
  ['x is defined', 1],
  ["x | default('a') == 'a'", 1],
  ["x | default('', true) == ''", 0],
  ['y is defined', 0],
])('a variable that a file leaves empty is told where it is asked for: %s', (condition, count) => {
  const conversion = convert({ 'roles/r/defaults/main.yml': 'x:\ny: 1\n', 'roles/r/tasks/main.yml': `- ping:\n  when: ${condition}\n` });
  expect(conversion.report.tasks).toEqual({ converted: 1 - count, changed: count, left: 0 });
});

test('what a task finds on another host belongs to that host, and a variable for another host is left', () => {
  const { text, conversion } = convertTasks(
    [
      '- setup:\n  delegate_to: db1\n  delegate_facts: true',
      '- setup:\n  delegate_to: db1',
      '- set_fact: { x: 1 }\n  delegate_to: db1',
      '- set_fact: { x: 1 }\n  delegate_to: db1\n  delegate_facts: yes\n',
    ].join('\n'),
  );
  expect(text).not.toContain('delegate_facts: true');
  expect(text.match(/# converted: facts always belong/g)).toHaveLength(1);
  expect(conversion.report.left.map(({ line, reason }) => [line, reason])).toEqual([
    [8, 'set_fact with delegate_facts: swarm sets variables of the host of the task alone'],
  ]);
});

test('a set_fact of a computed name is left', () => {
  const { conversion } = convertTasks('- set_fact: { "{{ item.key }}": 1 }\n  with_dict: "{{ os_vars }}"\n');
  expect(conversion.report.left.map(({ reason }) => reason)).toEqual(['set_fact of a computed name: set one mapping, and read its fields']);
});

test('a role in a folder of roles keeps its whole name', () => {
  const conversion = convert({
    'site.yml':
      '- hosts: all\n  any_errors_fatal: "{{ stop | default(true) }}"\n  roles:\n    - { role: net/dns }\n    - { role: web/dns, tags: web }\n',
    'roles/net/dns/tasks/main.yml': '- ping:\n',
    'roles/web/dns/tasks/main.yml': '- ping:\n',
  });
  expect(conversion.report.left).toEqual([]);
  expect(conversion.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['roles/net/dns/tasks/main.yml', 'roles/web/dns/tasks/main.yml']),
  );
  expect(contentOf(conversion, 'playbooks/site.yml')).toContain('any_errors_fatal: "{{ default stop true }}"');
});

test.each([
  ['- package: { name: prelink, state: absent, purge: true }\n', '- apt: { name: prelink, state: absent, purge: true }\n'],
  ['- package: { name: a, purge: false }\n', '- package: { name: a }\n'],
  ['- package: { name: a, enablerepo: epel }\n', '- dnf: { name: a, enablerepo: epel }\n'],
])('%s has the arguments of one package manager', (task, expected) => {
  expect(convertTasks(task).text).toBe(expected);
});

test('the lines of what a template changes or leaves', () => {
  const text =
    '#jinja2: lstrip_blocks: True\na\n{{ x | to_yaml }}\n{{ x | strange }}\n{% if y | strange %}\n{{ x | strange }}\n{% endif %}\n';
  const { report } = convert({ 'roles/r/templates/a.j2': text });
  expect(report.changed.map(({ line }) => line)).toEqual([3]);
  expect(report.left.map(({ line }) => line)).toEqual([4, 5, 6]);
});

test('an include_vars that is left, or a set_fact of computed names, may set each variable in vars/ of the role', () => {
  const { files } = convert({
    'roles/r/vars/Debian.yml': 'port: 1\nuser: a\n',
    'roles/r/tasks/main.yml':
      '- include_vars: "{{ x | strange }}.yml"\n- set_fact: { "{{ item.key }}": "{{ item.value }}" }\n  with_dict: "{{ y }}"\n- include_vars: { file: "{{ x | strange }}", name: all_of_it }\n',
  });
  const text = String(files.find(({ path }) => path === 'roles/r/tasks/main.yml')?.content);
  expect(text.match(/sets: .*/g)).toEqual(['sets: [ port, user ]', 'sets: [ port, user ]', 'sets: [ all_of_it ]']);
});

test('localhost of an inventory, and a mapping that no playbook names, are left out', () => {
  const { files, report } = convert({
    'site.yml': '- hosts: all\n  vars_files: [settings.yml]\n  tasks: []\n',
    'settings.yml': 'a: 1\n',
    'codecov.yml': 'coverage: 1\n',
    'hosts.ini': 'web1\nlocalhost ansible_connection=local\n',
  });
  expect(files.map(({ path }) => path)).toEqual(['inventory/swarm.yml', 'playbooks/settings.yml', 'playbooks/site.yml']);
  expect(String(files[0]?.content)).not.toContain('localhost');
  expect(report.left.map(({ text }) => text)).toContain('localhost');
});

test('a set_fact that is left says which names it would set', () => {
  const { text } = convertTasks('- set_fact:\n    a: "{{ x | strange }}"\n    b: 1\n    cacheable: true\n');
  expect(text).toContain('    sets: [ a, b ]\n');
});

describe('files that handlers include', () => {
  test('an import is its handlers, and their lines are those of their file', () => {
    const conversion = convert({
      'roles/r/handlers/main.yml': '- import_tasks: web.yml\n  when: go\n- name: c\n  ping:\n',
      'roles/r/handlers/web.yml': '- name: a\n  ping:\n  when: x\n- name: b\n  strange:\n',
    });
    const text = contentOf(conversion, 'roles/r/handlers/main.yml');
    expect(text).toContain('- name: a\n  ping:\n  when:\n    - go\n    - x\n');
    expect(text).toContain('- name: c\n');
    expect(conversion.report.left).toMatchObject([{ file: 'roles/r/handlers/web.yml', line: 4 }]);
    expect(conversion.report.tasks).toEqual({ converted: 3, changed: 0, left: 1 });
  });

  test('an include is notified by its name', () => {
    const conversion = convert({
      'roles/r/handlers/main.yml': '- name: restart\n  include_tasks: tasks/restart.yml\n',
      'roles/r/tasks/restart.yml': '- name: stop\n  ping:\n- ping:\n',
    });
    expect(contentOf(conversion, 'roles/r/handlers/main.yml')).toBe(
      '- name: stop\n  ping:\n  listen: restart\n- ping:\n  listen: restart\n  name: restart part\n',
    );
  });

  test('a file that is not there is left', () => {
    const { report } = convert({ 'roles/r/handlers/main.yml': '- import_tasks: none.yml\n- import_tasks: main.yml\n' });
    expect(report.left.map(({ reason }) => reason)).toEqual(['import_tasks among handlers', 'import_tasks among handlers']);
  });
});

test('a role of the project is named without its collection', () => {
  const conversion = convert({
    'roles/one/tasks/main.yml': '- include_role: { name: a.b.two }\n- include_role: { name: a.b.other }\n',
    'roles/two/tasks/main.yml': '- ping:\n',
    'site.yml': '- hosts: all\n  roles: [a.b.one, { role: a.b.two }]\n',
  });
  expect(contentOf(conversion, 'roles/one/tasks/main.yml')).toBe('- include_role: { name: two }\n- include_role: { name: a.b.other }\n');
  expect(contentOf(conversion, 'playbooks/site.yml')).toContain('roles: [ one, { role: two } ]');
});

test('lookup of a template of the project is one of swarm; any other is left', () => {
  const conversion = convert({
    'roles/r/templates/part.j2': '{{ a }}\n',
    'roles/r/tasks/main.yml':
      "- copy: { content: \"{{ lookup('template', 'part.j2') }}\", dest: /a }\n- copy: { content: \"{{ lookup('template', 'other.j2') }}\", dest: /b }\n",
  });
  expect(contentOf(conversion, 'roles/r/tasks/main.yml')).toContain(`content: '{{ lookup "template" "part.hbs" }}'`);
  expect(conversion.report.left.map(({ reason }) => reason)).toEqual([
    'the lookup template of other.j2, which is not a template of the project',
  ]);
});

test('macros of other templates are found beside the template, in templates/ of its role and in the role', () => {
  const conversion = convert({
    'roles/r/templates/etc/main.j2':
      "{% from 'near.j2' import a %}\n{% import 'import/far.j2' as far %}\n{% import 'templates/import/far.j2' as same %}\n{{ a(1) }} {{ far.b(2) }} {{ same.b(3) }}\n",
    'roles/r/templates/etc/near.j2': '{% macro a(x) %}a{{ x }}{% endmacro %}\n',
    'roles/r/templates/import/far.j2': '{% macro b(x) %}b{{ x }}{% endmacro %}\n',
  });
  expect(conversion.report.left).toEqual([]);
  expect(contentOf(conversion, 'roles/r/templates/etc/main.hbs')).toBe('a1 b2{{#end_line}} b3{{/end_line}}');
});

test('handlers of files that include each other are read from the source, and a circle is left', () => {
  const conversion = convert({
    'roles/r/handlers/a.yml': '- name: a\n  include_tasks: b.yml\n- debug: { msg: "{{ x | default(\'y\') }}" }\n',
    'roles/r/handlers/b.yml': '- name: b\n  include_tasks: c.yml\n',
    'roles/r/handlers/c.yml': '- ping:\n- name: back\n  import_tasks: a.yml\n',
    'roles/r/handlers/main.yml': '- name: h\n  include_tasks: a.yml\n',
  });
  const text = contentOf(conversion, 'roles/r/handlers/main.yml');
  expect(text).toContain('default x');
  expect(text.match(/not_converted/g)).toHaveLength(1);
  expect(text).toContain('reason: import_tasks among handlers');
  const marks = conversion.files.flatMap(({ content }) => String(content).match(/^ +not_converted:|^- not_converted:/gm) ?? []).length;
  expect(conversion.report.tasks.left).toBe(marks);
});

test('an alias without an anchor is not YAML, and one whose anchor is in a task that is left is left too', () => {
  const none = convert({ 'roles/r/defaults/main.yml': 'a: *nowhere\n' });
  expect(none.report.left.map(({ reason }) => reason)).toEqual(['not YAML: *nowhere has no anchor &nowhere before it']);
  const { text, conversion } = convertTasks(
    '- no_such_module: x\n  vars: &shared { a: 1 }\n- ping:\n  vars: *shared\n- ping:\n  vars: &other { b: 2 }\n- ping:\n  vars: *other\n',
  );
  expect(text).toContain('not_converted "*shared"');
  expect(text).toContain('*other');
  const ofTasks = conversion.report.left.filter(({ file }) => file === 'roles/r/tasks/main.yml');
  expect(ofTasks.map(({ line, reason }) => [line, reason])).toEqual([
    [1, 'swarm has no module no_such_module'],
    [4, 'its anchor is in a part that is not converted'],
  ]);
});

test('the first file found is found below role_path too; in a folder that only the run knows it is left', () => {
  const task = (folder: string): string =>
    `- include_vars: "{{ item }}"\n  with_first_found:\n    - files: ["{{ ansible_os_family }}.yml"]\n      paths: ["${folder}"]\n      skip: true\n`;
  const conversion = convert({
    'roles/r/tasks/main.yml': task('{{ role_path }}/vars') + task('{{ somewhere }}/vars'),
    'roles/r/vars/Debian.yml': 'a: 1\n',
  });
  const text = contentOf(conversion, 'roles/r/tasks/main.yml');
  expect(text).toContain('"../vars/" + facts.os_family + ".yml"');
  expect(text).toContain('["../vars/Debian.yml"]');
  expect(conversion.report.left.map(({ reason }) => reason)).toEqual(['the first file found in a computed folder']);
});
