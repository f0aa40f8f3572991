import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ValidationError } from '../../../../src/core/error/swarm-error.ts';
import type { Inventory } from '../../../../src/core/inventory/inventory.ts';
import { formatRoute } from '../../../../src/core/inventory/route.ts';
import { expandHostRange } from '../../../../src/language/inventory/ansible/host-range.ts';
import { parseInventory, readInventory } from '../../../../src/language/inventory/read-inventory.ts';
import { createSourceText } from '../../../../src/language/yaml/source-document.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-ansible-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

/** A project of these files; a name that ends with `*` is executable. */
function write(files: Readonly<Record<string, string>>): string {
  const dir = join(root, String(folders++));
  for (const [name, text] of Object.entries(files)) {
    const path = join(dir, name.replace(/\*$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (name.endsWith('*')) chmodSync(path, 0o755);
  }
  return dir;
}

const source = { dir: root, home: '/home/kim', user: 'kim', identities: new Map() };
const read = (files: Readonly<Record<string, string>>, paths: readonly string[], runProgram?: (file: string) => string): Inventory =>
  readInventory({ ...source, dir: write(files), paths, ...(runProgram === undefined ? {} : { runProgram }) });
const parseIni = (text: string): Inventory => parseInventory(source, 'hosts.ini', text);
const parseYaml = (text: string): Inventory => parseInventory(source, 'hosts.yml', text);
const shapeOf = ({ hosts }: Inventory) =>
  hosts
    .filter(({ name }) => name !== 'localhost')
    .map(({ name, groups, routes, vars }) => ({ name, groups, routes: routes.map(formatRoute), vars }));
const hostOf = (inventory: Inventory, name: string) => inventory.hosts.find((each) => each.name === name);
const problemsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems.map(({ code, message, at }) => `${code} ${at?.line}: ${message}`);
    throw thrown;
  }
  return [];
};

const INI = `# the fleet
bastion.example.com ansible_user=jump ansible_port=2222

[web]
web[01:03].example.com http_port=80   ; not a comment of Ansible
db-[a:b]:2200 note="two words" flag=True ratio=1.0

[data]
db-a ansible_host=10.0.0.9

[site:children]
web
data

[site:vars]
ansible_user=deploy
ansible_ssh_private_key_file=~/.ssh/site
ansible_ssh_common_args='-o ProxyJump=jump@bastion.example.com:2222 -o StrictHostKeyChecking=no'
list=['a', 1]
text="22"   # a text
`.replace('   ; not a comment of Ansible', '');
const YAML = `all:
  hosts:
    bastion.example.com: { ansible_user: jump, ansible_port: 2222 }
  children:
    site:
      children:
        web:
          hosts:
            web[01:03].example.com: { http_port: 80 }
            db-[a:b]: { ansible_port: 2200, note: two words, flag: true, ratio: 1.0 }
        data:
          hosts:
            db-a: { ansible_host: 10.0.0.9 }
      vars:
        ansible_user: deploy
        ansible_ssh_private_key_file: ~/.ssh/site
        ansible_ssh_common_args: -o ProxyJump=jump@bastion.example.com:2222 -o StrictHostKeyChecking=no
        list: [a, 1]
        text: "22"
`;
const { _meta, ...LIST_GROUPS } = {
  _meta: {
    hostvars: {
      'bastion.example.com': { ansible_user: 'jump', ansible_port: 2222 },
      ...Object.fromEntries(['01', '02', '03'].map((n) => [`web${n}.example.com`, { http_port: 80 }])),
      'db-a': { ansible_port: 2200, note: 'two words', flag: true, ratio: '1.0', ansible_host: '10.0.0.9' },
      'db-b': { ansible_port: 2200, note: 'two words', flag: true, ratio: '1.0' },
    },
  },
  web: { hosts: ['web01.example.com', 'web02.example.com', 'web03.example.com', 'db-a', 'db-b'] },
  data: ['db-a'],
  site: {
    children: ['web', 'data'],
    vars: {
      ansible_user: 'deploy',
      ansible_ssh_private_key_file: '~/.ssh/site',
      ansible_ssh_common_args: '-o ProxyJump=jump@bastion.example.com:2222 -o StrictHostKeyChecking=no',
      list: ['a', 1],
      text: '22',
    },
  },
};

test('the INI form: ranges, ports, groups of groups, variables, jumps', () => {
  const inventory = parseIni(INI);
  expect(inventory.hosts.map(({ name }) => name)).toEqual([
    ...['bastion.example.com', 'web01.example.com', 'web02.example.com', 'web03.example.com', 'db-a', 'db-b', 'localhost'],
  ]);
  expect(hostOf(inventory, 'bastion.example.com')).toMatchObject({ login: { user: 'jump' }, groups: [] });
  expect(hostOf(inventory, 'bastion.example.com')?.routes.map(formatRoute)).toEqual(['local bastion.example.com:2222']);
  const db = hostOf(inventory, 'db-a');
  expect(db?.routes.map(formatRoute)).toEqual(['jump bastion.example.com 10.0.0.9:2200']);
  expect(db?.groups).toEqual(['web', 'data', 'site']);
  expect(db?.login).toMatchObject({ user: 'deploy', keys: [{ from: 'file', path: '/home/kim/.ssh/site' }, { from: 'agent' }] });
  expect(db?.vars).toMatchObject({ note: 'two words', flag: true, ratio: '1.0', list: ['a', 1], text: '22' });
  expect(inventory.warnings).toEqual([]);
  expect(inventory.groups).toEqual(['web', 'data', 'site']);
});

test('INI, YAML and what a program prints mean the same', () => {
  const byName = (inventory: Inventory) =>
    [...shapeOf(inventory)].sort((a, b) => (a.name < b.name ? -1 : 1)).map((each) => ({ ...each, groups: [...each.groups].sort() }));
  const wanted = byName(parseIni(INI));
  expect(byName(parseYaml(YAML))).toEqual(wanted);
  expect(byName(read({ 'inv.py*': '#!/bin/sh\n' }, ['inv.py'], () => JSON.stringify({ _meta, ...LIST_GROUPS })))).toEqual(wanted);
  expect(byName(read({ 'list.json': JSON.stringify({ _meta, ...LIST_GROUPS }) }, ['list.json']))).toEqual(wanted);
});

test('group_vars and host_vars beside the inventory, as files, without extension and as folders', () => {
  const inventory = read(
    {
      'inv/hosts': '[web]\na\nb\n',
      'inv/group_vars/all': 'x: all\ny: all\nansible_user: root\n',
      'inv/group_vars/web/10-main.yml': 'x: web\n',
      'inv/group_vars/web/20-more.yml': 'z: 1.0\n',
      'inv/host_vars/b.yml': 'x: b\nansible_host: 10.0.0.2\nansible_become: yes\n',
      'inv/README.md': 'notes',
      'inv/.hidden': '[[[',
    },
    ['inv'],
  );
  expect(hostOf(inventory, 'a')?.vars).toMatchObject({ x: 'web', y: 'all', z: '1.0' });
  expect(hostOf(inventory, 'b')).toMatchObject({
    vars: { x: 'b' },
    routes: [{ kind: 'local', address: '10.0.0.2' }],
    login: { user: 'root', become: { method: 'sudo', user: 'root' } },
  });
});

test('several inventories are one; an entry of swarm itself counts before one of Ansible', () => {
  const inventory = read(
    {
      'one.ini': '[web]\na color=red\nb\n',
      'two.yml': 'db:\n  hosts:\n    a: { size: 3 }\n    c:\n',
      'own.yml': 'hosts: { b: { protected: true, routes: [ { local: 10.0.0.7 } ] } }\n',
    },
    ['one.ini', 'two.yml', 'own.yml'],
  );
  expect(shapeOf(inventory).map(({ name, groups, routes }) => [name, groups, routes])).toEqual([
    ['a', ['web', 'db'], ['local a:22']],
    ['b', ['web'], ['local 10.0.0.7:22']],
    ['c', ['db'], ['local c:22']],
  ]);
  expect(hostOf(inventory, 'a')?.vars).toMatchObject({ color: 'red', size: 3 });
  expect(hostOf(inventory, 'b')?.protected).toBe(true);
});

test('localhost is this machine, with what the file says of it', () => {
  const inventory = parseIni('[web]\nlocalhost ansible_connection=local\na\n');
  expect(inventory.hosts.map(({ name }) => name)).toEqual(['a', 'localhost']);
  expect(hostOf(inventory, 'a')?.groups).toEqual(['web']);
});

test.each([
  ['-J bastion', 'jump b'],
  ['-o ProxyJump=root@10.0.0.1:22', 'jump b'],
  ['-oProxyJump=bastion', 'jump b'],
  ['-o ProxyCommand="ssh -W %h:%p -q root@bastion"', 'jump b'],
  ['-o ProxyCommand="ssh -i k -p 22 bastion -W %h:%p"', 'jump b'],
])('%s is a jump route', (args) => {
  const inventory = parseIni(`bastion ansible_host=10.0.0.1\n[inner]\nx\n[inner:vars]\nansible_ssh_common_args=${args}\n`);
  expect(hostOf(inventory, 'x')?.routes.map(formatRoute)).toEqual(['jump bastion x:22']);
});

test('the jump host itself is reached without a jump', () => {
  const inventory = parseIni('bastion\nx\n[all:vars]\nansible_ssh_common_args="-J bastion"\n');
  expect(inventory.hosts.slice(0, 2).map(({ routes }) => routes.map(formatRoute))).toEqual([['local bastion:22'], ['jump bastion x:22']]);
});

test('what cannot be taken is named with file and line, and its host is left out', () => {
  const inventory = parseIni(
    [
      '[win]',
      'w1 ansible_connection=winrm',
      '[lin]',
      'l1 ansible_become_method=pbrun ansible_password=hunter22',
      '[lin:vars]',
      'ansible_ssh_common_args=-o Compression=yes',
      '[box]',
      'c1',
      '[box:vars]',
      'ansible_connection=docker',
    ].join('\n'),
  );
  expect(shapeOf(inventory).map(({ name }) => name)).toEqual(['l1']);
  expect(inventory.warnings?.map(({ code, message, at }) => `${code} ${at?.file}:${at?.line} ${message}`)).toEqual([
    'SW1311 hosts.ini:2 w1: ansible_connection=winrm is not taken: the host is left out',
    'SW1311 hosts.ini:4 l1: ansible_password is not taken: a password in a file can be read by others',
    'SW1311 hosts.ini:4 l1: ansible_become_method=pbrun is not taken',
    'SW1311 hosts.ini:6 l1: `Compression=yes` of ansible_ssh_common_args is not taken',
    'SW1311 hosts.ini:10 c1: ansible_connection=docker is not taken: the host is left out',
  ]);
  expect(JSON.stringify(inventory.warnings?.map(({ message }) => message))).not.toContain('hunter22');
});

test.each(['0', '65536', '22x', '-1', '{{ p }}', '022'])('the port %s of a host is an error', (port) => {
  const text = `a\nb ansible_port="${port}"\nc ansible_ssh_port="${port}"\n`;
  expect(problemsOf(() => parseIni(text))).toEqual([
    `SW1306 2: b: ansible_port=${port} is not a port`,
    `SW1306 3: c: ansible_ssh_port=${port} is not a port`,
  ]);
});

test('of several -i the later one counts, a list of hosts too', () => {
  const files = { 'hosts.ini': 'a ansible_host=10.0.0.1 from=file\n' };
  const list = 'a ansible_host=10.0.0.2,';
  expect(shapeOf(read(files, ['hosts.ini', list]))[0]).toMatchObject({ routes: ['local 10.0.0.2:22'], vars: { from: 'file' } });
  expect(shapeOf(read(files, [list, 'hosts.ini']))[0]).toMatchObject({ routes: ['local 10.0.0.1:22'] });
});

test('-i takes thousands of hosts', () => {
  const list = Array.from({ length: 3000 }, (_, i) => `host${i}`).join(',');
  expect(shapeOf(read({}, [list]))).toHaveLength(3000);
  expect(problemsOf(() => read({}, [`${list},!`]))).toEqual(['SW1306 1: `!` is not a name of a host (use letters, digits, . _ -)']);
});

test('a value of ansible_become that is neither yes nor no is told', () => {
  const inventory = parseIni('a ansible_become=t\nb ansible_become="{{ b }}"\n');
  expect(inventory.hosts.map(({ login }) => login.become !== undefined).slice(0, 2)).toEqual([true, false]);
  expect(inventory.warnings?.map(({ message }) => message)).toEqual(['b: ansible_become={{ b }} is neither true nor false']);
});

test.each(['[web],h1', '#a,b', ';a,', 'a,[all:vars],ansible_port=2222', '[::1]:22,', '[h-1],'])('-i %s is not a list of hosts', (list) => {
  expect(problemsOf(() => read({}, [list]))).toContainEqual(expect.stringMatching(/^SW1306 1: `[^`]+` is not a name of a host/));
});

test.each([
  ['a', 'a,,b, ,a', ['a', 'b']],
  ['ranges', 'a[1:2]:2222,b ansible_host=::1', ['a1', 'a2', 'b']],
])('-i names hosts: %s', (_, list, names) => {
  expect(shapeOf(read({}, [list])).map(({ name }) => name)).toEqual(names);
});

test.each([
  ['[web', ['SW1306 1: `[web` is not a heading']],
  ['[web:stuff]\na', ['SW1306 1: `[web:stuff]` is not a heading']],
  ['a[3:1]', ['SW1306 1: `a[3:1]`: the second end is before the first']],
  ['a b', ['SW1306 1: `b` is not a variable']],
  ['a x="1', ['SW1306 1: a quote is not closed']],
  ['[web]\na\n[web:vars]\njust words', ['SW1306 4: `just words` is not a variable']],
  ['[web]\na\n[wbe:vars]\nport=80', ['SW1306 3: no group is called `wbe`']],
  ['[all:vars]\nx=1\n[ungrouped:vars]\nx=1\n[up:children]\nnone', ['SW1306 6: no group is called `none`']],
  ['[a:children]\nb\n[b:children]\na', ['SW1306 1: groups contain each other: b → a → b']],
  ['x ansible_ssh_common_args="-J nowhere"', ['SW1304 1: no host is called `nowhere`']],
])('%j: %j', (text, problems) => {
  expect(problemsOf(() => parseIni(text))).toEqual(problems);
});

test('variables of a host in JSON and in a folder of its folder', () => {
  const files = { 'h.ini': 'a\nb\n', 'host_vars/a.json': '{"x": 1}', 'host_vars/b/deep/x.yml': 'x: 2\n' };
  expect(read(files, ['h.ini']).hosts.map(({ vars }) => vars['x'])).toEqual([1, 2, undefined]);
});

test('a vault file and what is not converted stop no command that only needs the hosts', () => {
  const { hosts, leftVars } = read(
    {
      'h.ini': 'a ansible_host=192.0.2.1\n',
      'group_vars/all.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
      'host_vars/a.yml': 'port: 80\nname: \'{{ not_converted "x" "no filter" }}\'\n',
    },
    ['h.ini'],
  );
  expect(hosts[0]).toMatchObject({ name: 'a', vars: { port: 80 } });
  expect(leftVars?.map(({ code, at }) => `${code} ${at?.file.split('/').at(-1)}:${at?.line}`)).toEqual([
    'SW1306 all.yml:1',
    'SW1113 a.yml:2',
  ]);
});

test('of one host or group only one file or folder may have variables, because Ansible reads one', () => {
  const files = { 'h.ini': '[web]\na\n', 'host_vars/a/x.yml': 'x: 1\n', 'host_vars/a.yml': 'x: 2\n', 'host_vars/a.yaml': 'x: 3\n' };
  expect(problemsOf(() => read({ ...files, 'group_vars/web.yml': '', 'group_vars/web.json': '{}' }, ['h.ini']))).toEqual([
    'SW1306 1: web has variables in web.yml too, and Ansible reads only those',
    'SW1306 1: a has variables in a too, and Ansible reads only those',
    'SW1306 1: a has variables in a too, and Ansible reads only those',
  ]);
  expect(problemsOf(() => read({ ...files, 'host_vars/a.yml': '', 'host_vars/a.yaml': '' }, ['h.ini']))).toHaveLength(2);
  expect(read({ 'h.ini': 'a\n', 'host_vars/a/x.yml': 'x: 1\n', 'host_vars/a/y.yml': 'y: 1\n' }, ['h.ini']).hosts[0]?.vars).toMatchObject({
    x: 1,
    y: 1,
  });
});

test('a control character in an excerpt is shown by its picture', () => {
  expect(createSourceText('f', 'port=80\rhost=\x1b[31ma\r\n').span(8, 12)).toMatchObject({ column: 9, text: 'port=80␍host=␛[31ma' });
});

test('a program is not started where the command starts nothing, and its nonsense is named', () => {
  expect(problemsOf(() => read({ 'inv*': '#!/bin/sh\n' }, ['inv']))).toEqual([
    'SW1306 1: inv is a program, which this command does not start',
  ]);
  expect(problemsOf(() => read({ 'inv*': '#!/bin/sh\n' }, ['inv'], () => 'oops'))).toEqual([
    'SW1306 1: what inv --list prints is not a JSON mapping of groups',
  ]);
  expect(problemsOf(() => read({ 'inv*': '#!/bin/sh\n' }, ['inv'], () => '{"web": {"hosts": ["__proto__"]}, "__proto__": {}}'))).toEqual([
    'SW1306 1: what inv --list prints cannot be read: `__proto__` cannot be a key',
  ]);
});

test.each([
  ['{"_meta": [], "web": ["a"]}', '`_meta` must be a mapping, not a list'],
  ['{"_meta": {"hostvars": "x"}, "web": ["a"]}', '`hostvars` must be a mapping, not `x`'],
  ['{"_meta": {"hostvars": {"a": "x"}}, "web": ["a"]}', 'the variables of a must be a mapping, not `x`'],
  ['{"web": 5}', 'the group web must be a mapping, not `5`'],
  ['{"usage": "inv --list"}', 'the group usage must be a mapping, not `inv --list`'],
  ['{"web": {"hosts": [{}, "a"]}}', 'hosts of web must be names, not a mapping'],
  ['{"web": {"hosts": 7}}', 'hosts of web must be a mapping, not `7`'],
  ['{"web": {"hosts": ["a"], "vars": ["x"]}}', 'vars of web must be a mapping, not a list'],
])('a value of another type is named, and not lost: %s', (json, message) => {
  expect(problemsOf(() => read({ 'inv*': '#!/bin/sh\n' }, ['inv'], () => json))).toEqual([`SW1306 1: ${message}`]);
});

test('a program that may not be run is not read as an inventory', () => {
  expect(problemsOf(() => read({ inv: '#!/bin/sh\necho "{}"\n' }, ['inv']))).toEqual(['SW1306 1: inv is a program, and may not be run']);
});

test('a group that another file makes may have variables in this one', () => {
  const files = { 'a.ini': '[web:vars]\nport=80\n', 'b.ini': '[web]\nh\n' };
  expect(read(files, ['a.ini', 'b.ini']).hosts[0]).toMatchObject({ name: 'h', vars: { port: 80 } });
});

test.each([
  ['web[1:3]', ['web1', 'web2', 'web3']],
  ['w[08:10]x[a:b]', ['w08xa', 'w08xb', 'w09xa', 'w09xb', 'w10xa', 'w10xb']],
  ['n[0:10:5]', ['n0', 'n5', 'n10']],
  ['plain', ['plain']],
])('%s: %j', (pattern, names) => {
  expect(expandHostRange(pattern)).toEqual(names);
});

test('any text is an inventory or a list of problems with their lines', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    'web',
    ':vars',
    ':children',
    '\n',
    '=',
    ' ',
    '"',
    "'",
    '[1:9]',
    '#',
    'ansible_host',
    'a',
    '-J x',
    '{',
    '---',
    ': ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      for (const problem of problemsOf(() => parseIni(pieces.join('')))) expect(problem).toMatch(/^SW\d+ \d+: /);
    }),
    { numRuns: 300 },
  );
});

test('an INI file that is not text in UTF-8, or has the lines of an old Mac, is one error', () => {
  const parse = (bytes: Uint8Array) => problemsOf(() => parseInventory(source, 'hosts.ini', bytes));
  expect(parse(Buffer.from('[web]\nh1 # für\n', 'latin1'))).toEqual([expect.stringContaining('is not UTF-8')]);
  expect(parse(Buffer.from('\ufeff[web]\nh1\n', 'utf16le'))).toEqual([expect.stringContaining('is UTF-16')]);
  expect(parse(Buffer.from('[web]\rh1\r'))).toEqual([expect.stringContaining('carriage return')]);
});

test('what swarm convert left in group_vars is known', () => {
  const files = {
    'left/hosts.ini': '[web]\nh1\n',
    'left/group_vars/web.yml': 'a: { b: ["{{ not_converted \\"x\\" \\"no filter x\\" }}"] }\n',
  };
  expect(read(files, ['left/hosts.ini']).leftVars?.map(({ message }) => message)).toEqual([
    expect.stringContaining('not converted from Jinja: no filter x'),
  ]);
});
