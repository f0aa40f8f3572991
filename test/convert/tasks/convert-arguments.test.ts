import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { convertProject } from '../../../src/convert/project/convert-project.ts';
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

/** The tasks of a role, converted. */
function convertTasks(tasks: string): string {
  mkdirSync(join(dir, 'roles/r/tasks'), { recursive: true });
  writeFileSync(join(dir, 'roles/r/tasks/main.yml'), `${tasks}\n`);
  const { files } = convertProject(dir, modules);
  return String(files.find(({ path }) => path === 'roles/r/tasks/main.yml')?.content).trimEnd();
}

/** Tasks of Ansible and of swarm; without the second the task stays as it is. */
const TASKS: readonly (readonly [ansible: string, swarm?: string])[] = [
  ['- assert: { that: x.changed, success_msg: good, quiet: true }'],
  ['- debug: { var: x }'],
  ['- script: a.sh'],
  ['- script: a.sh --flag 1 creates=/x', '- script:\n    src: a.sh\n    args:\n      - --flag\n      - "1"\n    creates: /x'],
  ['- ansible.builtin.script: { cmd: "a.sh \'b c\'" }', '- script: { src: "a.sh", args: [ b c ] }'],
  ['- script: a.sh {{ x | quote }} {{ y | quote }}', '- script:\n    src: a.sh\n    args:\n      - "{{ x }}"\n      - "{{ y }}"'],
  ['- script: a.sh {{ x | quote }} "{{ y }}"', '- script:\n    src: a.sh\n    args:\n      - "{{ x }}"\n      - "{{ y }}"'],
  ['- apt: { pkg: , update_cache: yes }', '- apt: { update_cache: true }'],
  ['- command: uptime\n  delegate_to: localhost\n  connection: local', '- command: uptime\n  delegate_to: localhost'],
  ['- command: uptime\n  connection: local', '- command: uptime\n  delegate_to: localhost'],
  ['- local_action: command uptime\n  delegate_to: localhost', '- command: uptime\n  delegate_to: localhost'],
  [
    '- apt: { name: a, update_cache: "{{ t }}" }\n  vars: { t: "true" }',
    '- apt: { name: a, update_cache: "{{ bool t }}" }\n  vars: { t: "true" }',
  ],
  ['- wait_for: { port: "{{ t }}" }\n  vars: { t: "22" }', '- wait_for: { port: "{{ int t }}" }\n  vars: { t: "22" }'],
  ['- wait_for: { port: "{{ t }}" }\n  vars: { t: 22 }'],
  ['- apt: { upgrade: dist, autoremove: yes }', '- apt: { upgrade: full, autoremove: true }'],
  ['- apt: { upgrade: yes, update_cache: yes }', '- apt: { upgrade: safe, update_cache: true }'],
  ['- apt: { upgrade: no, name: git }', '- apt: { name: git }'],
  ['- apt: { autoclean: yes }', '- apt: { autoclean: true }'],
  ['- pause: { prompt: "Which?", echo: no }', '- pause: { prompt: "Which?", echo: false }\n  run_once: true'],
  ['- apt: { name: "*", state: latest }', '- apt: { upgrade: safe }'],
  ['- user: { name: a, password_expire_min: 3 }'],
  [
    '- command: a\n  environment: { PATH: "/x:{{ ansible_env.PATH }}" }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- command: a\n  environment: { PATH: "/x:{{ facts.path }}" }',
  ],
  ['- apt: { upgrade: dist, name: "*", state: latest }', '- apt: { upgrade: full }'],
  [
    '- uri: { url: "http://a/b", src: ~/body.json }',
    `- uri: { url: "http://a/b", src: '{{ lookup "env" "HOME" }}/body.json', follow_redirects: true }`,
  ],
  [
    '- unarchive: { src: ~/a.tgz, dest: /b, copy: no }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- unarchive: { src: "{{ facts.home }}/a.tgz", dest: /b, remote_src: true }',
  ],
  [
    '- assemble: { src: ~/parts, dest: /b }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- assemble: { src: "{{ facts.home }}/parts", dest: /b }',
  ],
  [
    '- file: { path: "~/a", state: directory }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- file: { path: "{{ facts.home }}/a", state: directory }',
  ],
  [
    '- find: { paths: ["~/{{ x }}", /b] }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- find: { paths: [ "{{ facts.home }}/{{ x }}", /b ] }',
  ],
  [
    '- command: a creates=~/b',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- command:\n    cmd: a\n    creates: "{{ facts.home }}/b"',
  ],
  ['- copy: { src: "~/a", dest: /b }', '- copy: { src: \'{{ lookup "env" "HOME" }}/a\', dest: /b }'],
  [
    '- copy: { src: "~/a", dest: /b, remote_src: true }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- copy: { src: "{{ facts.home }}/a", dest: /b, remote_src: true }',
  ],
  [
    '- file: { src: "~/a", dest: /b, state: link }',
    '# converted: `~` and `ansible_env` are now those of the login, also where a task runs as another user\n- file: { src: "{{ facts.home }}/a", path: /b, state: link }',
  ],
  ['- pause: { seconds: 3 }'],
  [
    '- community.docker.docker_container: { name: a, image: b, pull: yes, network_mode: n, networks: [ { name: n } ], keep_volumes: true }',
    '# converted: a container that Ansible made is made anew once\n- container: { name: a, image: b, pull: true, networks: [ { name: n } ] }',
  ],
  ['- docker_container: { name: a, state: absent }', '- container: { name: a, state: absent }'],
  [
    '- community.crypto.openssh_keypair: { path: /k, type: rsa, size: "{{ x }}", regenerate: fail }',
    '- openssh_keypair: { path: /k, type: rsa, size: "{{ x }}", regenerate: fail }',
  ],
  [
    '- openssl_privatekey: { path: /k, type: ECC, curve: secp384r1, cipher: auto }',
    '# converted: the key is written as PKCS#8: it begins with BEGIN PRIVATE KEY\n- openssl_privatekey: { path: /k, type: ECC, curve: secp384r1 }',
  ],
  ['- openssl_csr_pipe: { privatekey_path: /k, CN: a }', '- openssl_csr: { privatekey_path: /k, common_name: a }'],
  [
    '- x509_certificate: { path: /c, provider: ownca, csr_content: "{{ x.csr }}", ownca_path: /a, ownca_privatekey_path: /b, ownca_not_after: "+{{ d }}d", ownca_not_before: "-1d" }',
    '# converted: a certificate begins when it is made: there is no not_before\n- x509_certificate: { path: /c, provider: ownca, csr_content: "{{ x.csr }}", ownca_path: /a, ownca_privatekey_path: /b, not_after: "+{{ d }}d" }',
  ],
  [
    '- acl: { name: /srv, etype: user, entity: web, permissions: rx, state: present }',
    '- acl: { path: /srv, etype: user, entity: web, permissions: rx, state: present }',
  ],
  ['- copy: { src: a, dest: /b, unsafe_writes: no }', '- copy: { src: a, dest: /b }'],
  [
    '- template: { src: a, dest: /b, unsafe_writes: "{{ x }}" }',
    '# converted: `unsafe_writes` is gone: a new file takes the place of the old one, which a mount point cannot have\n- template: { src: a, dest: /b }',
  ],
  ['- acl: { path: /srv }', '- acl: { path: /srv, state: query }'],
  ['- pamd: { name: login, type: auth, control: required, module_path: pam_unix.so, state: absent }'],
  ['- pam_limits: { domain: "*", limit_type: soft, limit_item: nofile, value: 4096 }'],
  ['- htpasswd: { dest: /etc/p, username: web, password: "{{ x }}" }', '- htpasswd: { path: /etc/p, name: web, password: "{{ x }}" }'],
  ['- git_config: { name: a.b, value: c, scope: global }'],
  [
    '- ansible.posix.synchronize: { src: www/, dest: /srv, delete: yes, archive: yes, rsync_opts: [ "--exclude=.git" ] }',
    '# converted: the files belong to the login of the host; for other owners write `file` with `recurse` behind it\n- sync: { src: www/, dest: /srv, delete: true, exclude: [ .git ] }',
  ],
  ['- file: { path: /a, src: b, state: link, force: yes }', '- file: { path: /a, src: b, state: link, force: true }'],
  ['- file: { path: /a, state: directory, force: yes }', '- file: { path: /a, state: directory }'],
  ['- command: { cmd: tee /a, stdin: b }', '- command: { cmd: tee /a, stdin: "b\\n" }'],
  ['- command: { cmd: tee /a, stdin: b, stdin_add_newline: no }', '- command: { cmd: tee /a, stdin: b }'],
  // short forms, as parse_kv of Ansible 2.14 reads them
  ['- shell: creates=/x echo a > /x', '- shell:\n    cmd: echo a > /x\n    creates: /x'],
  [
    '- command: tar xf a.tar --opt=1 chdir="/srv/{{ a }} b" creates={{ a }}/c',
    '- command:\n    cmd: tar xf a.tar --opt=1\n    chdir: /srv/{{ a }} b\n    creates: "{{ a }}/c"',
  ],
  ['- shell: echo "creates=/x" removes=/y', '- shell:\n    cmd: echo "creates=/x"\n    removes: /y'],
  ['- command: |\n    echo a \\\n    b\n', '- command: |\n    echo a b'],
  ['- copy: src=a.txt dest="/etc/a b" mode=0644', '- copy:\n    src: a.txt\n    dest: /etc/a b\n    mode: "0644"'],
  ['- lineinfile: dest=/etc/a line=\'x="{{ y }}"\' regexp=^x=', '- lineinfile:\n    path: /etc/a\n    line: x="{{ y }}"\n    regexp: ^x='],
  ['- lineinfile: dest=/etc/a line="a\\tb" regexp=\'^a\\\\s\'', '- lineinfile:\n    path: /etc/a\n    line: "a\\tb"\n    regexp: ^a\\s'],
  [
    '- debug: { var: x }\n  tags: [ a, "{{ y }}" ]',
    '# converted: a computed tag is gone: -t and --skip-tags do not know it\n- debug: { var: x }\n  tags: [ a ]',
  ],
  ['- debug: { var: x }\n  tags: "{{ y }}"', '# converted: a computed tag is gone: -t and --skip-tags do not know it\n- debug: { var: x }'],
  ["- debug: { var: x }\n  when: ansible_system == 'Linux'", '- debug: { var: x }'],
  ['- debug: { var: x }\n  when: true'],
  ["- debug: { var: x }\n  when:\n    - ansible_system == 'Linux'\n    - x is defined", '- debug: { var: x }\n  when:\n    - defined(x)'],
  ["- debug: { var: x }\n  when: ansible_system == 'Windows'", '- debug: { var: x }\n  when: false'],
  ["- debug: { msg: \"{{ x | replace('\\n', ' ') }}\" }", '- debug: { msg: "{{ replace x \\"\\n\\" \\" \\" }}" }'],
  [
    '- debug: { var: item }\n  vars: { d: /srv }\n  with_items:\n    - "{{ d }}"\n    - "{{ d }}/a"',
    '- debug: { var: item }\n  vars: { d: /srv }\n  loop:\n    - "{{ d }}"\n    - "{{ d }}/a"',
  ],
  [
    '- debug: { var: item }\n  vars: { d: [/srv] }\n  with_items:\n    - "{{ d }}"\n    - "{{ d[0] }}/a"',
    '- debug: { var: item }\n  vars: { d: [ /srv ] }\n  loop: flatten([d, string(d[0]) + "/a"])',
  ],
  ['- debug: { var: "x.stdout | default(1)" }', '- debug: { var: "default(x.stdout, 1)" }'],
  ['- debug: { var: "{{ x }}" }', '- debug: { msg: "{{ x }}" }'],
  ['- pip: { name: flask, virtualenv: /opt/x, virtualenv_command: python3 -m venv }'],
  ['- community.general.npm: { path: /srv/app, ci: yes }', '- npm: { path: /srv/app, ci: true }'],
  ['- apt_key: { keyserver: keys.example.org, id: "0xDEADBEEF" }'],
  ['- zypper: { name: git }', '- zypper: { name: git, disable_recommends: true }'],
  ['- zypper: { name: git, disable_recommends: no }', '- zypper: { name: git, disable_recommends: false }'],
  [
    '- zypper_repository: { name: a, repo: "https://a/b", refresh: no }',
    '- zypper_repository: { name: a, repo: "https://a/b", autorefresh: false }',
  ],
  ['- ansible.posix.seboolean: { name: a_b, state: yes, persistent: yes }', '- seboolean: { name: a_b, state: true, persistent: true }'],
  [
    '- debconf: { pkg: tzdata, setting: tzdata/Areas, vtype: select, answer: Asia }',
    '- debconf: { name: tzdata, question: tzdata/Areas, vtype: select, value: Asia }',
  ],
  ['- assemble: { src: /etc/a.d, dest: /etc/a, delimiter: "# x" }'],
  ['- snap: { name: lxd, classic: true }'],
  ['- wait_for: { port: 80, state: drained, exclude_hosts: [ 10.0.0.1 ] }'],
  ['- meta: clear_facts'],
  ['- meta: clear_host_errors'],
  ['- meta: end_role'],
  ['- meta: reset_connection'],
  [
    '- get_url: { url: "https://a/b", dest: /b, checksum: "sha256:%s", headers: { A: b }, url_username: u, url_password: p, backup: true, validate_certs: false }'.replace(
      '%s',
      '0'.repeat(64),
    ),
  ],
  [
    '- uri: { url: "http://a", method: PUT, src: x, user: u, password: p, dest: /b, creates: /c, removes: /d, validate_certs: false, unix_socket: /s }',
  ],
  [
    '- uri: { url: "http://a", method: POST, url_username: u, url_password: p, force_basic_auth: true, body_format: form-urlencoded, body: { a: 1 } }',
    '- uri: { url: "http://a", method: POST, user: u, password: p, body_format: form-urlencoded, body: { a: 1 } }',
  ],
  [
    '- git: { repo: "https://a/b", dest: /b, recursive: false, bare: true, remote: r, refspec: a, key_file: /k, ssh_opts: -v, umask: "077" }',
  ],
  ['- unarchive: { src: a.tgz, dest: /b, exclude: [ c ], include: [ d ], extra_opts: [ -v ], mode: "0755", list_files: true }'],
  ['- unarchive: { src: a.tgz, dest: /b, keep_newer: true }'],
  ['- archive: { path: /a, dest: /b, format: gz, exclude_path: [ /a/c ] }'],
  ['- archive: { path: /a, dest: /b.zip, remove: true }'],
  [
    '- find: { paths: /a, use_regex: true, age: 1d, age_stamp: ctime, recurse: true, depth: 2, limit: 3, mode: "0644", follow: true, get_checksum: true }',
  ],
  [
    '- blockinfile: { path: /a, block: b, marker: "# {mark}", marker_begin: x, marker_end: y, append_newline: true, prepend_newline: true }',
  ],
  ['- ini_file: { path: /a, section: b, option: c, values: [ d, e ], exclusive: false }'],
  ['- ini_file: { path: /a, section: b, option: c, allow_no_value: true }'],
  [`- authorized_key: { user: a, key: "ssh-ed25519 AAAA", key_options: no-pty, comment: b, manage_dir: false }`],
  ['- service: { name: a, state: started, pattern: b, sleep: 3, arguments: -v }'],
  [
    '- systemd: { name: a, state: started, scope: user, daemon_reexec: true, no_block: true }',
    '- service: { name: a, state: started, scope: user, daemon_reexec: true, no_block: true }',
  ],
  ['- wait_for: { port: 1, msg: x, connect_timeout: 2, sleep: 3 }'],
  [
    '- wait_for_connection: { delay: 1, sleep: 2, timeout: 3, connect_timeout: 4 }',
    '- wait_for_connection: { delay: 1, sleep: 2, timeout: 3 }',
  ],
  ['- mount: { path: /a, src: b, fstype: c, state: present, boot: false, backup: true }'],
  ['- sysctl: { name: a, value: 1, sysctl_file: /c, ignoreerrors: true }'],
  ['- known_hosts: { name: a, key: "ssh-ed25519 AAAA", hash_host: true }'],
];

test.each(TASKS.map((pair) => [...pair]))('%s', (ansible = '', swarm = ansible) => {
  expect(convertTasks(ansible)).toBe(swarm);
});

test.each([
  ['package: { name: a, constructor: true }', 'package has no argument `constructor`'],
  ['file: { path: /a, state: constructor }', '`state` takes'],
  ['lineinfile: { path: /a, line: b, state: constructor }', '`state` takes'],
  ['uri: { url: "http://h", follow_redirects: constructor }', '`follow_redirects` takes'],
  ['constructor: a', 'swarm has no module constructor'],
  ['debug: { msg: "{{ ansible_date_time.constructor }}" }', 'constructor'],
  ['debug: { msg: "{{ (x | type_debug) == \'constructor\' }}" }', 'the filter type_debug compared'],
])('a word that every object of JavaScript has is a word like others: %s', (task, reason) => {
  expect(convertTasks(`- ${task}`)).toContain(reason);
});
