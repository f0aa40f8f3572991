import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import type { Identity } from '../../../src/core/inventory/host-identity.ts';
import { formatRoute } from '../../../src/core/inventory/route.ts';
import { parseInventory, readInventory } from '../../../src/language/inventory/read-inventory.ts';

const dir = join(import.meta.dirname, '../../fixtures/language/fleet');
const pinned: Identity = { hostKeys: [{ type: 'ssh-ed25519', blob: 'AAAA' }], machineId: 'ab' };
const from = { dir, home: '/home/kim', user: 'kim', identities: new Map([['drone-tarn', pinned]]) };
const fleet = readInventory(from);
const host = (name: string) => fleet.hosts.find((each) => each.name === name);

test('hosts stand in the order of the file, this machine last and protected', () => {
  expect(fleet.hosts.map(({ name }) => name)).toEqual(['alpha-centauri', 'unraid', 'drone-tarn', 'drone-izar', 'builder-pod', 'localhost']);
  expect(host('localhost')).toMatchObject({ protected: true, routes: [{ kind: 'here' }] });
  expect(host('alpha-centauri')?.protected).toBe(true);
});

test('groups of hosts and of groups are known, direct ones first', () => {
  expect(fleet.groups).toEqual(['drones', 'remote', 'gateways', 'andromeda']);
  expect(host('drone-tarn')?.groups).toEqual(['drones', 'andromeda', 'remote']);
});

test('routes keep their order, with ports from the address, the route or the nearest port:', () => {
  expect(host('drone-tarn')?.routes.map(formatRoute)).toEqual([
    'tailscale 100.64.0.91:2222',
    'local 192.168.20.196:22',
    'jump unraid 192.168.122.10:2222',
  ]);
  expect(host('unraid')?.routes.map(formatRoute)).toEqual(['local 10.42.0.20:22', 'tailscale [fd7a:115c::20]:2200']);
  expect(host('builder-pod')?.routes.map(formatRoute)).toEqual(['command lxc-attach -n builder --']);
});

test('the login comes from the defaults, a group or the host itself', () => {
  expect(host('drone-izar')?.login).toEqual({
    user: 'root',
    keys: [{ from: 'file', path: '/home/kim/.ssh/id_ed25519' }, { from: 'agent' }],
  });
  expect(host('unraid')?.login).toMatchObject({ user: 'admin', become: { method: 'doas', user: 'root' } });
});

test('least_rate: comes from the nearest layer that sets it, and may be 0', () => {
  const text =
    'defaults: { least_rate: 4K }\nhosts:\n  a: { least_rate: 0, routes: [ { local: 10.0.0.1 } ] }\n  b: { routes: [ { local: 10.0.0.2 } ] }\n';
  const { hosts } = parseInventory(from, 'inventory/swarm.yml', text);
  expect(hosts.map(({ leastRate }) => leastRate)).toEqual([0, 4096, undefined]);
});

test('each stage of timeouts: comes from the nearest layer that sets it; a password is only named', () => {
  const text = [
    'defaults: { timeouts: { login: 1m, shell: 5 } }',
    'groups: { slow: { timeouts: { shell: 90s }, become_password: { secret: { from: "env:PW" } } } }',
    'hosts:',
    '  a: { groups: [slow], timeouts: { connect: 500ms }, routes: [ { local: 10.0.0.1 } ] }',
    '  b: { routes: [ { local: 10.0.0.2 } ] }',
  ].join('\n');
  const [a, b] = parseInventory(from, 'inventory/swarm.yml', text).hosts;
  expect(a?.timeouts).toEqual({ login: 60_000, shell: 90_000, connect: 500 });
  expect(a?.login.becomePasswordFrom).toBe('env:PW');
  expect(b?.timeouts).toEqual({ login: 60_000, shell: 5000 });
});

test.each([
  ['timeouts: { shell: soon }', 'takes a duration'],
  ['timeouts: { probe: 3s }', 'probe'],
  ['least_rate: -1', 'takes bytes a second'],
  ['become_password: hunter2', 'takes a secret'],
  ['become_password: { secret: { from: hunter2 } }', 'takes a secret'],
])('%s is refused', (entry, why) => {
  const text = `hosts: { a: { ${entry}, routes: [ { local: 10.0.0.1 } ] } }`;
  expect(() => parseInventory(from, 'inventory/swarm.yml', text)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ message: expect.stringContaining(why) })] }),
  );
});

test('variables come from all, farther groups, nearer groups and the host, the nearest wins', () => {
  expect(host('drone-tarn')?.vars).toEqual({ tree: '/var/db/repos/gentoo', makeopts: '-j14', site: 'far', nice: 10 });
  expect(host('drone-izar')?.vars).toEqual({ tree: '/var/db/repos/gentoo', makeopts: '-j8', nice: 10, scratch: '/mnt/fast' });
});

test('cores, memory, block, identity, binhost and discover are read', () => {
  expect(host('drone-tarn')).toMatchObject({
    cores: 14,
    memory: 32 * 1024 ** 3,
    block: { reason: 'disk being replaced', until: '2026-12-01' },
    identity: pinned,
  });
  expect(host('drone-izar')).not.toHaveProperty('identity');
  expect(fleet.binhost).toEqual({ host: 'alpha-centauri', path: '/var/cache/binpkgs' });
  expect(fleet.discover).toEqual({ tailscale: true, networks: ['10.42.0.0/24'] });
});

describe('several files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-inventory-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const read = (paths?: readonly string[]) => readInventory({ ...from, dir: folder, ...(paths === undefined ? {} : { paths }) });
  const problems = (paths?: readonly string[]): readonly string[] => {
    try {
      read(paths);
      return [];
    } catch (thrown) {
      if (!(thrown instanceof ValidationError)) throw thrown;
      return thrown.problems.map(({ code, message, at }) => `${code} ${at?.file}:${at?.line} ${message}`);
    }
  };

  test('are one inventory; -i names others instead', () => {
    write('inventory/a.yml', 'hosts: { a: { routes: [{ local: 10.0.0.1 }] } }\ngroups: { g: { hosts: [a, b] } }\n');
    write('inventory/b.yaml', 'defaults: { user: kit }\nhosts: { b: { routes: [{ local: 10.0.0.2 }] } }\n');
    write('group_vars/g.yml', 'x: 1\n');
    write('lab/only.yml', 'hosts: { z: { routes: [{ local: 10.0.0.9 }] } }\n');
    expect(read().hosts.map(({ name, groups, vars, login }) => [name, groups, vars, login.user])).toEqual([
      ['a', ['g'], { x: 1 }, 'kit'],
      ['b', ['g'], { x: 1 }, 'kit'],
      ['localhost', [], {}, 'kim'],
    ]);
    expect(read(['lab']).hosts.map(({ name }) => name)).toEqual(['z', 'localhost']);
    expect(problems(['nowhere.yml'])).toEqual([expect.stringMatching(/^SW1202 .*there is no inventory/)]);
  });

  test('may not say the same thing twice', () => {
    write('inventory/c.yml', 'defaults: { user: root }\nhosts:\n  a: { routes: [{ local: 10.0.0.3 }] }\nbinhost: {}\n');
    write('inventory/d.yml', 'binhost: { path: /x }\nhosts: [\n');
    expect(problems()).toEqual([
      'SW1004 inventory/c.yml:1 `user` appears twice',
      'SW1004 inventory/c.yml:3 `a` appears twice',
      expect.stringMatching(/^SW1002 inventory\/d.yml:/),
    ]);
  });

  test('of variables belong to a group or host that is there', () => {
    for (const name of ['c.yml', 'd.yml']) rmSync(join(folder, 'inventory', name));
    write('host_vars/aa.yml', 'x: 1\n');
    expect(problems()).toEqual(['SW1306 host_vars/aa.yml:1 no host is called `aa`']);
  });

  test('none at all is a problem, with the command that mends it', () => {
    expect(problems(['group_vars/../lab/..'])).toEqual([expect.stringContaining('there is no inventory file')]);
  });
});

describe('targets', () => {
  const parse = (text: string) => parseInventory(from, 'inventory/swarm.yml', text);
  const hosts = 'hosts:\n  d1: { groups: [drones], routes: [ { local: 10.0.0.1 } ] }\n  c1: { routes: [ { local: 10.0.0.2 } ] }\n';

  test('without targets there is one, made of what the drones have', () => {
    expect(parse(`${hosts}binhost: { path: /srv/binpkgs }\n`).targets).toEqual([
      {
        ...{ name: 'default', drones: 'drones', hosts: ['d1'], packages: [], clients: [] },
        requires: { cpuFlags: [], repositories: {} },
        binhost: { path: '/srv/binpkgs' },
      },
    ]);
  });

  test('a target without a binhost of its own has a folder of the project’s binhost', () => {
    const { targets, warnings } = parse(
      `${hosts}binhost: { path: /srv/binpkgs }\ntargets:\n  desktop: { drones: d1, clients: [c1], packages: ["@world"], cpu_flags: [avx2] }\n  server: { root: /srv/roots/, root_from: /var/tmp/stage3.tar.xz, keep: 2G, binhost: { path: /srv/server } }\n`,
    );
    expect(targets).toMatchObject([
      { name: 'desktop', hosts: ['d1'], clients: ['c1'], requires: { cpuFlags: ['avx2'] }, binhost: { path: '/srv/binpkgs/desktop' } },
      {
        name: 'server',
        hosts: ['d1'],
        root: { path: '/srv/roots', from: '/var/tmp/stage3.tar.xz' },
        keep: 2 * 1024 ** 3,
        binhost: { path: '/srv/server' },
      },
    ]);
    expect(warnings ?? []).toEqual([]);
  });

  test('a clean root without root_from is made from the system of the drone', () => {
    expect(parse(`${hosts}targets:\n  server: { root: /srv/roots }\n`).targets[0].root).toEqual({ path: '/srv/roots', from: '/' });
  });

  test.each([
    ['root: roots/server', '`root` takes an absolute path of the drone, without spaces, commas and colons: /var/lib/swarm/roots/NAME'],
    ['root: "/srv/my roots"', '`root` takes an absolute path of the drone, without spaces, commas and colons: /var/lib/swarm/roots/NAME'],
    ['root: roots/server, root_from: /srv/stage3.tar.xz', '`root` takes an absolute path'],
    ['root: /srv/roots, root_from: stage3.tar.xz', '`root_from` takes an absolute path of the drone'],
    ['drones: []', '`drones` takes a pattern of hosts: drones, or d1,d2'],
    ['binhost: { host: c1, path: 5 }', '`path` takes a text'],
    ['root: /', '/ is a folder of the system'],
    ['root: /usr/../var/lib', '/usr/../var/lib is a folder of the system'],
    ['root: /usr/roots', '/usr/roots is a folder of the system'],
    ['root: /var/lib/swarm/packages/x', '/var/lib/swarm/packages/x is a folder of the system'],
    ['root: /srv/root, root_from: /srv/root/stage3', '/srv/root/stage3 is in the root that is made from it'],
    ['root_from: /srv/stage3.tar.xz', 'target server has root_from without root'],
  ])('%s is refused at its place', (entry, message) => {
    expect(() => parse(`${hosts}targets:\n  server: { ${entry} }\n`)).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ message: expect.stringContaining(message), at: expect.objectContaining({ line: 5 }) })],
      }),
    );
  });

  test.each([
    ['one root from two things', 'root: /srv/r', 'root: /srv/r, root_from: /srv/stage3.tar.xz', true],
    ['a root in another one', 'root: /srv/r', 'root: /srv/r/more', true],
    ['one root from one thing', 'root: /srv/r', 'root: /srv/r', false],
    ['roots of other drones', 'root: /srv/r, drones: d1', 'root: /srv/r/more, drones: c1', false],
  ])('%s: two targets', (_, one, other, refused) => {
    const read = () => parse(`${hosts}targets:\n  server: { ${one} }\n  router: { ${other} }\n`);
    if (refused) expect(read).toThrow('the roots of server and router are in each other');
    else expect(read).not.toThrow();
  });

  test.each([
    ['a host', 'hosts: { d1: 5 }\ngroups: { drones: { hosts: [d1] } }\ntargets: { t: { clients: [d1] } }\n', '`d1` takes a mapping'],
    ['all hosts', 'hosts: 5\ntargets: { t: { clients: [d1] } }\n', '`hosts` takes a mapping'],
    ['a list of hosts', 'hosts: [d1]\ntargets: { t: { clients: [d1] } }\n', '`hosts` takes a mapping'],
    ['routes', 'hosts: { d1: { groups: [drones], routes: 5 } }\ntargets: { t: { clients: [d1] } }\n', '`routes` takes a list'],
  ])('%s that cannot be read is one problem: what needs it is not reported as missing', (_, text, message) => {
    expect(problemsOf(text).map(([found]) => found)).toEqual([message]);
  });

  const problemsOf = (text: string) => {
    try {
      parse(text);
      return [];
    } catch (thrown) {
      if (!(thrown instanceof ValidationError)) throw thrown;
      return thrown.problems.map(({ message, hint }) => [message, hint]);
    }
  };

  test.each([
    ['clients: [drones]', '`drones` is a group, not a host', 'Write hosts of it instead: d1'],
    ['clients: [nope]', 'no host is called `nope`', 'Write it under hosts: nope: { routes: [ { local: ADDRESS } ] }'],
    ['binhost: { host: drones, path: /srv/b }', '`drones` is a group, not a host', 'Write hosts of it instead: d1'],
    ['drones: nope', 'target server has no drones: no host or group is called `nope`', 'Write a pattern of these: drones, empty, d1, c1'],
    [
      'drones: empty',
      'target server has no drones: `empty` matches no hosts',
      'Write groups: [empty] in a host. Or write: groups: { empty: { hosts: [NAME] } }',
    ],
  ])('%s is one problem, with the edit that mends it', (entry, message, hint) => {
    expect(problemsOf(`${hosts}groups: { drones: {}, empty: {} }\ntargets:\n  server: { ${entry} }\n`)).toEqual([[message, hint]]);
  });

  test('a target without drones: needs the group drones', () => {
    expect(problemsOf(`${hosts.replace('drones', 'makers')}targets: { server: {} }\n`)).toEqual([
      [
        'target server has no drones: no host or group is called `drones`',
        'Write drones: PATTERN in target server, or make the group: groups: { drones: { hosts: [NAME] } }',
      ],
    ]);
  });

  test('the host of a target’s binhost is protected', () => {
    const text = `${hosts}targets:\n  desktop: { binhost: { host: c1, path: /srv/binpkgs } }\n`;
    expect(parse(text).hosts.find(({ name }) => name === 'c1')).toMatchObject({ protected: true, protection: 'the binhost' });
  });
});

test.each([
  ['hosts: { a: { routes: [10.0.0.1] } }', 'For example: routes: [ { tailscale: 100.64.0.91 }, { local: 192.0.2.11 } ]'],
  ['hosts: { a: { routes: [{ local: 10.0.0.1 }], block: 3 } }', 'For example: block: { reason: disk being replaced, until: 2026-12-01 }'],
  ['groups: { drones: { heal: [rebot] } }', 'Did you mean `reboot`?'],
  ['groups: { drones: { heal_after: 0 } }', undefined],
  ['notify: [ { command: [x], on: [fail] } ]', expect.stringMatching(/^For example: notify: .* on: /)],
  ['hosts: { a: 5 }', 'For example: hosts: { drone-one: { routes: [ { local: 192.0.2.11 } ] } }'],
  ['groups: { drones: a }', expect.stringMatching(/^For example: groups: /)],
  ['hosts: { a: { routes: [{ local: 10.0.0.1 }], memory: [3] } }', 'For example: memory: 32G'],
])('a value of the wrong type is answered with an example of its key: %s', (text, hint) => {
  try {
    parseInventory(from, 'inventory/swarm.yml', text);
    expect.unreachable();
  } catch (error) {
    expect((error as ValidationError).problems.map((each) => each.hint)).toContainEqual(hint);
  }
});

test('what hosts in the same groups have in common is worked out once, also in nested groups', () => {
  const text = [
    'groups: { low: { hosts: [a, b], vars: { x: 1 } }, high: { children: [low], vars: { x: 2, y: 3 } }, other: { hosts: [c] } }',
    'hosts: { a: { routes: [ { local: 10.0.0.1 } ] }, b: { routes: [ { local: 10.0.0.2 } ] }, c: { routes: [ { local: 10.0.0.3 } ] } }',
  ].join('\n');
  const [a, b, c] = parseInventory(from, 'inventory/swarm.yml', text).hosts;
  expect(a?.groups).toEqual(['low', 'high']);
  expect(b?.groups).toBe(a?.groups);
  expect([a?.vars, b?.vars, c?.vars]).toEqual([{ x: 1, y: 3 }, { x: 1, y: 3 }, {}]);
  expect(c?.groups).toEqual(['other']);
});
