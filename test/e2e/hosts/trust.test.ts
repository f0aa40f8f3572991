import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint, hashMachineId } from '../../../src/core/inventory/host-identity.ts';
import { makeKey } from '../../machines/ssh-key-files.ts';
import { isRoot, type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { rows } from '../../setup/cases.ts';
import { type ProgramResult, runSwarm } from '../run-program.ts';

describe.skipIf(sshdProgram === undefined || !isRoot)('swarm hosts trust', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-trust-'));
  const clientKey = join(dir, 'client');
  const home = join(dir, 'home');
  let one: Sshd;
  let two: Sshd;
  beforeAll(async () => {
    mkdirSync(join(home, '.ssh'), { recursive: true });
    await makeKey(clientKey);
    [one, two] = await Promise.all([startSshd({ clientKey, hostKeys: ['ed25519', 'ecdsa'] }), startSshd({ clientKey })]);
  });
  afterAll(async () => {
    await Promise.all([one, two].map((each) => each[Symbol.asyncDispose]()));
    rmSync(dir, { recursive: true });
  });

  let projects = 0;
  /** A project with these hosts, as lines of YAML; nobody is trusted yet. */
  const project = (
    ...hosts: readonly string[]
  ): { readonly dir: string; readonly pins: string; run(...words: string[]): Promise<ProgramResult> } => {
    const at = join(dir, `project-${++projects}`);
    mkdirSync(join(at, 'inventory'), { recursive: true });
    const inventory = [`defaults: { user: ${one.user}, identity_file: ${clientKey} }`, 'hosts:', ...hosts.map((each) => `  ${each}`), ''];
    writeFileSync(join(at, 'inventory/swarm.yml'), inventory.join('\n'));
    return { dir: at, pins: join(at, 'inventory/known_hosts'), run: (...words) => runSwarm(at, words, { env: { HOME: home } }) };
  };
  const route = (port: number): string => `{ local: "127.0.0.1:${port}" }`;
  const prints = (host: Sshd): readonly string[] => host.hostKeys.map(({ blob }) => fingerprint(blob));
  const known = (text: string): void => writeFileSync(join(home, '.ssh/known_hosts'), text);

  test('shows the keys of every route side by side, with what ~/.ssh/known_hosts says of each', async () => {
    const [ed25519, ecdsa] = one.hostKeys;
    const hosts = project(`d1: { routes: [ ${route(one.port)}, { local: "localhost:${one.port}" } ] }`);
    const wrong = two.hostKeys[0];
    known(`[127.0.0.1]:${one.port} ${ecdsa?.type} ${ecdsa?.blob}\n[localhost]:${one.port} ${wrong?.type} ${wrong?.blob}\n`);
    const { stderr, exit } = await hosts.run('hosts', 'trust', 'd1', '--yes');
    expect(exit).toBe(0);
    const line = (address: string, type: string): string =>
      stderr.split('\n').find((each) => each.includes(address) && each.includes(type)) ?? '';
    expect(line('local 127.0.0.1', 'ssh-ed25519')).toMatch(new RegExp(`${prints(one)[0]?.replaceAll(/[+/]/g, '\\$&')} +new +no entry`));
    expect(line('local 127.0.0.1', 'ecdsa-sha2-nistp256')).toContain(`known as [127.0.0.1]:${one.port}`);
    expect(line('local localhost', 'ssh-ed25519')).toContain(`has ANOTHER key for [localhost]:${one.port}`);
    expect(line('local localhost', 'ecdsa-sha2-nistp256')).toContain(`known as [127.0.0.1]:${one.port}`);
    known('');
    const pins = readFileSync(hosts.pins, 'utf8');
    expect(pins.match(new RegExp(`^d1 \\S+ \\S+ machine-id=${hashMachineId(one.machineId)} `, 'gm'))).toHaveLength(2);
    for (const key of one.hostKeys) expect(pins).toContain(`d1 ${key.type} ${key.blob}`);
    expect(ed25519?.blob).not.toBe(ecdsa?.blob);
    expect((await hosts.run('exec', 'd1', '--', 'true')).exit).toBe(0);
  });

  test('without a terminal and without --yes nothing is pinned, and the exit says refused', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'd1');
    expect(exit).toBe(7);
    expect(stderr).toContain(`error[SW1305]: d1 was not pinned`);
    expect(existsSync(hosts.pins)).toBe(false);
  });

  test('--fingerprint pins that key alone, and refuses where nobody shows it', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'd1', '--fingerprint', prints(two)[0] ?? '');
    expect([exit, existsSync(hosts.pins)]).toEqual([7, false]);
    expect(stderr).toContain('d1 shows no key with fingerprint');
    expect((await hosts.run('hosts', 'trust', 'd1', '--fingerprint', prints(one)[1] ?? '')).exit).toBe(0);
    expect(readFileSync(hosts.pins, 'utf8').split('\n')).toEqual([
      expect.stringContaining(`ecdsa-sha2-nistp256 ${one.hostKeys[1]?.blob} machine-id=`),
      '',
    ]);
    expect((await hosts.run('exec', 'd1', '--', 'true')).exit).toBe(0);
  });

  test('a reinstalled host is refused with old and new key, until --replace', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    await hosts.run('hosts', 'trust', 'd1', '--yes');
    const inventory = join(hosts.dir, 'inventory/swarm.yml');
    writeFileSync(inventory, readFileSync(inventory, 'utf8').replace(String(one.port), String(two.port)));
    const refused = await hosts.run('hosts', 'trust', 'd1', '--yes');
    expect(refused.exit).toBe(7);
    expect(refused.stderr).toContain(`pinned until now: ssh-ed25519 ${prints(one)[0]}`);
    expect(refused.stderr).toContain(`error[SW2003]: d1 is pinned with other keys; new: ssh-ed25519 ${prints(two)[0]}`);
    expect(refused.stderr).toContain('swarm hosts trust d1 --replace');
    expect(readFileSync(hosts.pins, 'utf8')).not.toContain(two.hostKeys[0]?.blob);
    const replaced = await hosts.run('hosts', 'trust', 'd1', '--replace', '--yes');
    expect(replaced.exit).toBe(0);
    expect(replaced.stderr).toContain(prints(one)[0]);
    expect(readFileSync(hosts.pins, 'utf8').split('\n')).toEqual([
      expect.stringContaining(`d1 ssh-ed25519 ${two.hostKeys[0]?.blob} machine-id=${hashMachineId(two.machineId)}`),
      '',
    ]);
  });

  test('a host that is trusted already is proved once more, and asked nothing', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    await hosts.run('hosts', 'trust', 'd1', '--yes');
    const again = await hosts.run('hosts', 'trust', 'd1');
    expect(again.exit).toBe(0);
    expect(again.stderr).toContain('d1 is pinned already, and proves it');
  });

  test('a key that is @revoked anywhere is never pinned', async () => {
    const hosts = project(`d1: { routes: [ ${route(two.port)} ] }`);
    known(`@revoked * ${two.hostKeys[0]?.type} ${two.hostKeys[0]?.blob}\n`);
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'd1', '--yes');
    known('');
    expect([exit, existsSync(hosts.pins)]).toEqual([7, false]);
    expect(stderr).toContain(`error[SW2008]: d1 shows a revoked key: ssh-ed25519 ${prints(two)[0]}`);
  });

  test("a certificate authority that vouches for it is told as not supported, and the host's own key is pinned", async () => {
    const hosts = project(`d1: { routes: [ ${route(two.port)} ] }`);
    known(`# mine\n@cert-authority [127.0.0.1]:* ${one.hostKeys[0]?.type} ${one.hostKeys[0]?.blob}\n`);
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'd1', '--yes');
    known('');
    expect(exit).toBe(0);
    expect(stderr).toMatch(/known_hosts:2 has an @cert-authority for it: swarm does not support host certificates \(SW2004\)/);
    expect(readFileSync(hosts.pins, 'utf8')).toContain(two.hostKeys[0]?.blob);
  });

  test('a clone is refused: the key of another host, or one key on two machines', async () => {
    const clone = await startSshd({ clientKey, cloneOf: two });
    try {
      const hosts = project(`d1: { routes: [ ${route(two.port)} ] }`, `d2: { routes: [ ${route(clone.port)} ] }`);
      expect((await hosts.run('hosts', 'trust', 'd1', '--yes')).exit).toBe(0);
      const refused = await hosts.run('hosts', 'trust', 'd2', '--yes');
      expect(refused.exit).toBe(7);
      expect(refused.stderr).toContain(`error[SW3009]: d2 shows the key of d1: ssh-ed25519 ${prints(two)[0]}`);
      const alone = project(`d3: { routes: [ ${route(two.port)}, ${route(clone.port)} ] }`);
      const both = await alone.run('hosts', 'trust', 'd3', '--yes');
      expect([both.exit, existsSync(alone.pins)]).toEqual([7, false]);
      expect(both.stderr).toMatch(
        /error\[SW3004\]: d3 was not pinned: local 127\.0\.0\.1:\d+: the host key is that of d3, but the machine-id is not/,
      );
    } finally {
      await clone[Symbol.asyncDispose]();
    }
  });

  test('a restored backup of the pinned machine is refused: its key is right and its machine-id is not', async () => {
    const clone = await startSshd({ clientKey, cloneOf: two });
    try {
      const hosts = project(`d1: { routes: [ ${route(two.port)} ] }`);
      await hosts.run('hosts', 'trust', 'd1', '--yes');
      const inventory = join(hosts.dir, 'inventory/swarm.yml');
      writeFileSync(inventory, readFileSync(inventory, 'utf8').replace(String(two.port), String(clone.port)));
      const refused = await hosts.run('hosts', 'trust', 'd1', '--yes');
      expect(refused.exit).toBe(7);
      expect(refused.stderr).toContain('error[SW3004]');
      expect((await hosts.run('hosts', 'trust', 'd1', '--yes', '--replace')).exit).toBe(0);
      expect(readFileSync(hosts.pins, 'utf8')).toContain(hashMachineId(clone.machineId));
    } finally {
      await clone[Symbol.asyncDispose]();
    }
  });

  test('two servers of one machine are told as such, and protection follows the machine', async () => {
    const twin = await startSshd({ clientKey, machineId: one.machineId });
    try {
      const hosts = project(`gateway: { protected: true, routes: [ ${route(one.port)} ] }`, `inner: { routes: [ ${route(twin.port)} ] }`);
      const { exit, stderr } = await hosts.run('hosts', 'trust', '--yes');
      expect(exit).toBe(0);
      expect(stderr).toContain(
        'the same machine-id as gateway: two servers or containers of one machine, or a clone. It is protected, as that host is',
      );
    } finally {
      await twin[Symbol.asyncDispose]();
    }
  });

  test('routes that lead to two machines are told by name, and nothing is pinned', async () => {
    const hosts = project(
      `gateway: { routes: [ ${route(one.port)} ] }`,
      `tarn: { routes: [ ${route(two.port)}, { tailscale: "127.0.0.1:${one.port}" } ] }`,
    );
    writeFileSync(join(hosts.dir, 'inventory/swarm.yml'), readFileSync(join(hosts.dir, 'inventory/swarm.yml'), 'utf8'));
    expect((await hosts.run('hosts', 'trust', 'gateway', '--yes')).exit).toBe(0);
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'tarn', '--yes');
    expect(exit).toBe(7);
    expect(stderr).toContain('the routes of tarn lead to different machines');
    expect(stderr).toContain(`tailscale 127.0.0.1:${one.port} is gateway`);
    expect(readFileSync(hosts.pins, 'utf8')).not.toContain('tarn');
  });

  test('a jump is trusted first: alone it is asked for by name, together they go in the right order', async () => {
    const hosts = project(
      `inner: { routes: [ { jump: { via: outer, address: "127.0.0.1:${two.port}" } } ] }`,
      `outer: { routes: [ ${route(one.port)} ] }`,
    );
    const early = await hosts.run('hosts', 'trust', 'inner', '--yes');
    expect([early.exit, existsSync(hosts.pins)]).toEqual([7, false]);
    expect(early.stderr).toMatch(/error\[SW1305\].*outer is not trusted yet/);
    expect(early.stderr).toContain('hint: Run: swarm hosts trust outer');
    const all = await hosts.run('hosts', 'trust', '--yes');
    expect(all.exit).toBe(0);
    expect((await hosts.run('exec', 'inner', '--', 'true')).exit).toBe(0);
  });

  test('a host that takes no login of ours is not pinned: without its machine-id a clone could not be told', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    const other = join(dir, 'other');
    await makeKey(other);
    const inventory = join(hosts.dir, 'inventory/swarm.yml');
    writeFileSync(inventory, readFileSync(inventory, 'utf8').replace(clientKey, other));
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'd1', '--yes');
    expect([exit, existsSync(hosts.pins)]).toEqual([4, false]);
    expect(stderr).toMatch(/error\[SW2002\]: .*d1 was not pinned, because its machine-id cannot be read: .*login as .* refused/);
    expect(stderr).toContain('authorized_keys');
  });

  test('--rotate learns the further keys of a machine that proves the pinned one, and gives none up', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    await hosts.run('hosts', 'trust', 'd1', '--fingerprint', prints(one)[0] ?? '');
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'd1', '--rotate');
    expect(exit).toBe(0);
    expect(stderr).toContain(`new key: ecdsa-sha2-nistp256 ${prints(one)[1]}`);
    const pins = readFileSync(hosts.pins, 'utf8');
    for (const key of one.hostKeys) expect(pins).toContain(key.blob);
    expect((await hosts.run('hosts', 'trust', 'd1', '--rotate')).stderr).toContain('no further keys');
  });

  test('--rotate learns nothing from a machine that does not prove the pinned key', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    await hosts.run('hosts', 'trust', 'd1', '--yes');
    const before = readFileSync(hosts.pins, 'utf8');
    const inventory = join(hosts.dir, 'inventory/swarm.yml');
    writeFileSync(inventory, readFileSync(inventory, 'utf8').replace(String(one.port), String(two.port)));
    expect((await hosts.run('hosts', 'trust', 'd1', '--rotate', '--yes')).exit).toBe(7);
    expect(readFileSync(hosts.pins, 'utf8')).toBe(before);
  });

  test('one host that does not answer stops no other, and the document names both', async () => {
    const hosts = project(`d1: { routes: [ { local: "127.0.0.1:1" } ] }`, `d2: { routes: [ ${route(two.port)} ] }`);
    const { exit, stdout } = await hosts.run('-o', 'json', 'hosts', 'trust', '--yes');
    expect(exit).toBe(4);
    expect(JSON.parse(stdout)).toEqual({
      hosts: [
        { name: 'd1', status: 'untrusted', code: 'SW2001', message: expect.stringContaining('no route of d1 shows a host key') },
        { name: 'd2', status: 'trusted', fingerprints: prints(two), machineId: hashMachineId(two.machineId) },
      ],
    });
  });

  test.skipIf(!existsSync('/etc/machine-id'))('a host behind a command has no host key: its machine-id is pinned', async () => {
    const hosts = project('pod: { routes: [ { command: [sh] } ] }');
    expect((await hosts.run('hosts', 'trust', 'pod')).exit).toBe(7);
    const { exit, stderr } = await hosts.run('hosts', 'trust', 'pod', '--yes');
    expect(stderr).toContain('pod is pinned: by its machine-id');
    expect(exit).toBe(0);
    expect((await hosts.run('exec', 'pod', '--', 'true')).exit).toBe(0);
  });

  test('on a terminal it asks, and only yes is a yes', async () => {
    const hosts = project(`d1: { routes: [ ${route(one.port)} ] }`);
    const typed = (answer: string): Promise<ProgramResult> =>
      runSwarm(hosts.dir, ['hosts', 'trust', 'd1'], { env: { HOME: home }, under: ['python3', '-c', PTY, answer] });
    for (const answer of rows(['\n', 'n\n', 'yep\n', '\u0004', '\u0003'], 4)) {
      const no = await typed(answer);
      expect([answer, no.exit, existsSync(hosts.pins)]).toEqual([answer, 7, false]);
      expect(no.stdout).toContain('Is this d1? Pin these 2 keys [y/N]');
    }
    expect((await typed('y\n')).exit).toBe(0);
    expect(readFileSync(hosts.pins, 'utf8')).toContain(one.hostKeys[0]?.blob);
  });
});

/** Runs the rest of its arguments on a pseudo-terminal; types the first one when it is asked. */
const PTY = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])
seen, answered = b'', False
while True:
    try: part = os.read(fd, 4096)
    except OSError: break
    if not part: break
    os.write(1, part)
    seen += part
    if not answered and b'[y/N]' in seen:
        answered = True
        os.write(fd, sys.argv[1].encode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
