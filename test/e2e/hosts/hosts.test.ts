import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/program/package-root.ts';
import { type Machine, namespacesProblem, type Site, startSite } from '../../machines/namespaces.ts';
import { makeKey } from '../../machines/ssh-key-files.ts';
import { isRoot, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { knownHostsText } from '../../machines/sshd-fleet.ts';
import { runSwarm } from '../run-program.ts';

const PROGRAM = join(packageRoot(), 'dist/src/bin.js');

describe.skipIf(namespacesProblem !== undefined)(
  'hosts, where the author was: two sites, a gateway that masquerades, an overlay, a jump',
  () => {
    let site: Site;
    const dir = mkdtempSync(join(tmpdir(), 'swarm-hosts-'));
    const pins = join(dir, 'inventory/known_hosts');
    const inventory = join(dir, 'inventory/swarm.yml');
    beforeAll(async () => {
      site = await startSite();
      mkdirSync(join(dir, 'inventory'));
      mkdirSync(join(dir, 'home'));
    });
    afterAll(async () => {
      await site[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    });

    const GATEWAY = 'alpha-centauri: { protected: true, routes: [ { local: 10.42.0.199 } ] }';
    const IZAR = 'drone-izar: { groups: [drones], routes: [ { tailscale: 100.64.0.2 }, { local: 10.42.0.203 } ] }';
    const UNRAID = 'unraid: { routes: [ { tailscale: 100.64.0.5 } ] }';
    /** With the fault: beside the right route one that the gateway answers, by its address on the other side. */
    const TARN =
      'drone-tarn: { groups: [drones], routes: [ { tailscale: 100.64.0.3 }, { local: 192.168.20.1 }, { jump: { via: unraid, address: 192.168.20.196 } } ] }';
    const write = (hosts: readonly string[], more = '', trusted: Readonly<Record<string, Machine>> = everyone()): void => {
      const login = `defaults: { user: ${site.machines.gateway.user}, identity_file: ${site.clientKey} }`;
      writeFileSync(inventory, [login, 'groups: { drones: {} }', 'hosts:', ...hosts.map((each) => `  ${each}`), more, ''].join('\n'));
      writeFileSync(
        pins,
        Object.entries(trusted)
          .map(([name, machine]) => knownHostsText(machine, name))
          .join(''),
      );
      rmSync(join(dir, '.swarm'), { recursive: true, force: true });
    };
    const everyone = (): Record<string, Machine> => {
      const { gateway, unraid, 'drone-izar': izar, 'drone-tarn': tarn } = site.machines;
      return { 'alpha-centauri': gateway, unraid, 'drone-izar': izar, 'drone-tarn': tarn };
    };
    const run = (...words: string[]) =>
      site.runOnOrchestrator([process.execPath, PROGRAM, '-C', dir, ...words], { HOME: join(dir, 'home'), SSH_AUTH_SOCK: '' });
    const json = async <T>(...words: string[]): Promise<{ readonly exit: number; readonly hosts: readonly T[] }> => {
      const { exit, out, err } = await run('-o', 'json', ...words);
      if (out === '') throw new Error(err);
      return { exit, ...(JSON.parse(out) as { readonly hosts: readonly T[] }) };
    };

    describe('verify', () => {
      interface Verified {
        readonly name: string;
        readonly status: string;
        readonly routes: readonly { readonly route: string; readonly status: string; readonly machine?: string }[];
      }

      const astray = [GATEWAY, TARN, UNRAID, IZAR];

      test('names for each route what it proves, and the machine that really answers', async () => {
        write(astray);
        const { exit, hosts } = await json<Verified>('hosts', 'verify');
        expect(exit).toBe(7);
        expect(hosts.map(({ name, status }) => [name, status])).toEqual([
          ['alpha-centauri', 'proven'],
          ['drone-tarn', 'misdirected'],
          ['unraid', 'proven'],
          ['drone-izar', 'proven'],
        ]);
        const tarn = hosts.find(({ name }) => name === 'drone-tarn');
        expect(tarn?.routes.map(({ route, status, machine }) => ({ route, status, machine }))).toEqual([
          { route: 'tailscale 100.64.0.3:22', status: 'proven', machine: 'drone-tarn' },
          { route: 'local 192.168.20.1:22', status: 'misdirected', machine: 'alpha-centauri' },
          { route: 'jump unraid 192.168.20.196:22', status: 'proven', machine: 'drone-tarn' },
        ]);
      });

      test('says which machine would have been hit, where the route stands and how it is mended', async () => {
        write(astray);
        const { exit, out } = await run('hosts', 'verify', 'drone-tarn');
        expect(exit).toBe(7);
        expect(out).toContain('local 192.168.20.1:22 leads to alpha-centauri, which is protected. No command was sent, no login offered.');
        expect(out).toMatch(/it is written in .*inventory\/swarm\.yml:5: drone-tarn: \{/);
        expect(out).toContain('hint: Remove this route of drone-tarn, or write a jump route via alpha-centauri.');
      });

      test('a machine that nobody listed makes the host untrusted, though another route is right', async () => {
        const { 'drone-meridian': meridian } = site.machines;
        write(['drone-izar: { routes: [ { tailscale: 100.64.0.2 }, { tailscale: 100.64.0.4 } ] }']);
        const { exit, hosts } = await json<Verified>('hosts', 'verify', 'drone-izar');
        expect([exit, hosts[0]?.status, hosts[0]?.routes.map(({ status }) => status)]).toEqual([7, 'untrusted', ['proven', 'untrusted']]);
        expect(meridian.overlay).toBe('100.64.0.4');
      });

      test('a cable that is out is unreachable, exit 4; one that still leads there is enough', async () => {
        write([IZAR.replace('{', '{ timeouts: { connect: 2s },')]);
        await site.cut('drone-izar', 'overlay');
        try {
          const { exit, hosts } = await json<Verified>('hosts', 'verify', 'drone-izar');
          expect([exit, hosts[0]?.status, hosts[0]?.routes.map(({ status }) => status)]).toEqual([0, 'proven', ['unreachable', 'proven']]);
          await site.cut('drone-izar', 'lan');
          expect((await json<Verified>('hosts', 'verify', 'drone-izar')).exit).toBe(4);
        } finally {
          await site.reconnect('drone-izar', 'lan');
          await site.reconnect('drone-izar', 'overlay');
        }
      });
    });

    describe('ssh', () => {
      const INNER = 'drone-meridian: { routes: [ { jump: { via: drone-tarn, address: 192.168.20.77 } } ] }';
      test('goes over the proven route, through nested jumps, each held to its own pin', async () => {
        const { 'drone-meridian': meridian } = site.machines;
        write([UNRAID, 'drone-tarn: { routes: [ { jump: { via: unraid, address: 192.168.20.196 } } ] }', INNER], '', {
          ...everyone(),
          'drone-meridian': meridian,
        });
        const { exit, out, err } = await run('-v', 'hosts', 'ssh', 'drone-meridian', 'hostname;', 'echo', "'100 %h'");
        expect(out).toBe('drone-meridian\n100 %h\n');
        expect(exit).toBe(0);
        expect(err).toContain('drone-meridian proved itself over jump drone-tarn 192.168.20.77:22');
        expect((await run('hosts', 'ssh', 'drone-meridian', 'exit', '42')).exit).toBe(42);
      });

      test('takes the jump host by the route of it that is right, not by the first one', async () => {
        write([
          'unraid: { routes: [ { local: 10.42.0.199 }, { tailscale: 100.64.0.5 } ] }',
          'drone-tarn: { routes: [ { jump: { via: unraid, address: 192.168.20.196 } } ] }',
        ]);
        const { exit, out } = await run('hosts', 'ssh', 'drone-tarn', 'hostname');
        expect([exit, out]).toEqual([0, 'drone-tarn\n']);
      });

      test("a host that only another machine answers for is refused by that machine's name", async () => {
        write([GATEWAY, 'drone-tarn: { routes: [ { local: 192.168.20.1 } ] }']);
        const { exit, out, err } = await run('hosts', 'ssh', 'drone-tarn', 'hostname');
        expect([exit, out]).toEqual([7, '']);
        expect(err).toContain('error[SW3001]: drone-tarn: local 192.168.20.1:22: alpha-centauri answers, not drone-tarn');
      });
    });

    describe('discover', () => {
      interface Seen {
        readonly name: string;
        readonly status: string;
        readonly address?: string;
        readonly machine?: string;
        readonly tailscale?: string;
        readonly banner?: string;
        readonly fingerprint?: string;
        readonly note?: string;
      }
      const peer = (name: string, ip: string, more: object = {}) => ({
        ID: name,
        HostName: name,
        TailscaleIPs: [ip],
        Online: true,
        ...more,
      });
      const status = join(dir, 'tailscale.json');
      const tailnet = (peers: readonly object[]): void =>
        writeFileSync(
          status,
          JSON.stringify({
            BackendState: 'Running',
            Self: peer('orion', '100.64.0.1'),
            Peer: Object.fromEntries(peers.map((each, at) => [`nodekey:${at}`, each])),
          }),
        );

      test('finds who is known, the alias of a known machine, the ghost that nobody listed, and who is missing', async () => {
        write([GATEWAY, IZAR.replace(', { local: 10.42.0.203 }', ''), UNRAID, 'drone-lost: { routes: [ { local: 10.42.0.250 } ] }'], '', {
          ...everyone(),
          'drone-lost': { ...site.machines['drone-tarn'], hostKeys: [await makeKey(join(dir, 'lost'))] },
        });
        tailnet([
          peer('izar', '100.64.0.2'),
          peer('\u001b]0;owned\u0007ghost', '100.64.0.4'),
          peer('gone', '100.64.0.77', { Online: false }),
          peer('router', '100.64.0.5', { PrimaryRoutes: ['10.42.0.0/24'] }),
        ]);
        const { exit, hosts } = await json<Seen>('hosts', 'discover', '--tailscale', status, '--network', '10.42.0.192/27');
        expect(exit).toBe(0);
        const by = (address: string): Seen | undefined => hosts.find((each) => each.address === address && each.status !== 'shadowed');
        expect(by('100.64.0.2')).toMatchObject({ name: 'drone-izar', status: 'known', tailscale: 'izar' });
        expect(by('10.42.0.203')).toMatchObject({ name: 'drone-izar', status: 'alias' });
        expect(by('100.64.0.4')).toMatchObject({
          name: '100.64.0.4',
          status: 'unknown',
          banner: expect.stringContaining('OpenSSH'),
          fingerprint: expect.stringMatching(/^SHA256:/),
        });
        expect(hosts.filter((each) => each.status === 'missing').map(({ name }) => name)).toEqual(['drone-lost']);
        expect(hosts.filter((each) => each.status === 'shadowed').map(({ name, tailscale }) => [name, tailscale])).toContainEqual([
          'alpha-centauri',
          'router',
        ]);
        expect(by('100.64.0.77')).toBeUndefined();
        const shown = await run('hosts', 'discover', '--tailscale', status);
        expect(shown.out).toContain('To adopt one, run, with any name: swarm hosts adopt 100.64.0.4 --name host-100-64-0-4');
        expect(shown.out).not.toMatch(/[\u0007\u001b]/);
      });

      test('a route of one host that another answers is told by both names; known addresses behind one key too', async () => {
        write([GATEWAY, 'drone-tarn: { routes: [ { local: 192.168.20.1 }, { tailscale: 100.64.0.3 } ] }']);
        const { hosts } = await json<Seen>('hosts', 'discover');
        expect(hosts.find(({ address }) => address === '192.168.20.1')).toMatchObject({
          name: 'drone-tarn',
          status: 'misdirected',
          machine: 'alpha-centauri',
        });
      });

      test('logs in nowhere', async () => {
        await using host = await startSshd({ config: ['LogLevel DEBUG1'] });
        const project = join(dir, 'alone');
        mkdirSync(join(project, 'inventory'), { recursive: true });
        writeFileSync(
          join(project, 'inventory/swarm.yml'),
          `defaults: { user: ${host.user}, identity_file: ${host.clientKey} }\nhosts: { d1: { routes: [ { local: "127.0.0.1:${host.port}" } ] } }\n`,
        );
        writeFileSync(join(project, 'inventory/known_hosts'), knownHostsText(host, 'd1'));
        const { stdout } = await runSwarm(project, ['-o', 'json', 'hosts', 'discover']);
        expect(stdout).toContain('"status":"known"');
        expect(host.log()).toContain('kex');
        expect(host.log()).not.toMatch(/userauth-request|Accepted|Failed|Postponed/);
      });
    });

    describe('adopt', () => {
      test('writes the inventory and the pins and nothing else; afterwards the host is usable', async () => {
        write([GATEWAY, IZAR, UNRAID], '# the end');
        const before = readFileSync(inventory, 'utf8');
        const { exit, err } = await run('hosts', 'adopt', '100.64.0.4', '--name', 'drone-meridian', '--group', 'drones', '--yes');
        expect(err).toContain('drone-meridian is pinned: ssh-ed25519 SHA256:');
        expect(err).toMatch(/^wrote \S*inventory\/known_hosts\nwrote \S*inventory\/\S+\.yml$/m);
        expect(exit).toBe(0);
        expect(readFileSync(inventory, 'utf8')).toBe(
          before.replace(`${UNRAID}\n`, `${UNRAID}\n  drone-meridian: { groups: [ drones ], routes: [ { tailscale: 100.64.0.4 } ] }\n`),
        );
        expect(readFileSync(pins, 'utf8')).toContain('drone-meridian ssh-ed25519 ');
        const used = await run('exec', 'drones', '--', 'hostname');
        expect([used.exit, used.out.split('\n').filter(Boolean).sort()]).toEqual([
          0,
          [expect.stringContaining('drone-izar'), expect.stringContaining('drone-meridian')],
        ]);
        const found = await json<{ readonly name: string; readonly status: string }>('hosts', 'verify', 'drone-meridian');
        expect(found.hosts[0]?.status).toBe('proven');
      });

      test.each([
        ['without anybody who says yes', ['10.42.0.203', '--name', 'new'], 7, 'SW1305'],
        ['a machine that has an entry', ['100.64.0.5', '--name', 'new', '--yes'], 7, 'SW3009'],
        ['an address where nobody is', ['127.0.0.99', '--name', 'new', '--yes'], 4, 'SW2001'],
        ['a group that is not there', ['10.42.0.203', '--name', 'new', '--group', 'drnes', '--yes'], 5, 'SW1203'],
        ['a name that is taken', ['10.42.0.203', '--name', 'unraid', '--yes'], 5, 'SW1202'],
        ['a name that is none', ['10.42.0.203', '--name', '../x', '--yes'], 5, 'SW1202'],
      ])('%s changes nothing', async (_, words, exit, code) => {
        write([GATEWAY, UNRAID]);
        const before = [inventory, pins].map((file) => readFileSync(file, 'utf8'));
        const told = await run('hosts', 'adopt', ...words);
        expect([told.exit, told.err]).toEqual([exit, expect.stringContaining(`error[${code}]`)]);
        expect([inventory, pins].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
      });
    });
  },
);

describe.skipIf(sshdProgram === undefined || !isRoot)('a block', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-block-'));
  const inventory = join(dir, 'inventory/swarm.yml');
  afterAll(() => rmSync(dir, { recursive: true }));
  const text = (end = ''): string =>
    `# the fleet\nhosts:\n  d1:   # first\n    routes: [ { local: "127.0.0.1:1" } ]\n${end}  d2: { routes: [ { local: "127.0.0.1:2" } ] }\n`;
  const start = (end?: string): void => {
    mkdirSync(join(dir, 'inventory'), { recursive: true });
    writeFileSync(inventory, text(end));
  };
  const run = (...words: string[]) => runSwarm(dir, words);

  test('needs a reason and an end, 7 days ahead at most', async () => {
    start();
    for (const words of [
      ['--until', '2d'],
      ['--reason', 'disk'],
      ['--reason', ' ', '--until', '2d'],
      ['--reason', 'x', '--until', '8d'],
      ['--reason', 'x', '--until', '2020-01-01'],
      ['--reason', 'x', '--until', 'soon'],
    ]) {
      const { exit, stderr } = await run('hosts', 'block', 'd1', ...words);
      expect([words, exit, stderr]).toEqual([words, 5, expect.stringContaining('error[SW1202]')]);
    }
    expect(readFileSync(inventory, 'utf8')).toBe(text());
  });

  test("keeps the file's comments and order, is shown with its age, leaves the host out, and is lifted by name", async () => {
    start();
    expect((await run('hosts', 'block', 'd1', '--reason', 'disk: being replaced', '--until', '2d')).exit).toBe(0);
    const [line = ''] = readFileSync(inventory, 'utf8')
      .split('\n')
      .filter((each) => each.includes('block:'));
    expect(readFileSync(inventory, 'utf8')).toBe(text(`${line}\n`));
    for (const words of [['hosts', 'list'], ['hosts', 'show', 'd1'], ['status']])
      expect((await run(...words)).stdout).toMatch(/disk: being replaced, set just now, until .+ \(in 2 d\)/);
    const left = await run('exec', 'd1', '--', 'true');
    expect([left.exit, left.stderr]).toEqual([7, expect.stringMatching(/SW3005|blocked/)]);
    expect((await run('hosts', 'unblock', 'd1')).exit).toBe(0);
    expect(readFileSync(inventory, 'utf8')).toBe(text());
    expect((await run('hosts', 'unblock', 'd1')).exit).toBe(5);
  });

  test('is lifted by time: one whose date has passed counts no more, and is shown as ended', async () => {
    start('    block: { reason: "disk being replaced", until: 2026-01-02, since: 2026-01-01T00:00:00Z }\n');
    const { hosts } = JSON.parse((await run('-o', 'json', 'hosts', 'list', 'd1')).stdout) as { hosts: { status: string }[] };
    expect(hosts[0]?.status).toBe('untrusted');
    expect((await run('hosts', 'show', 'd1')).stdout).toMatch(/disk being replaced, set \d+ d ago, ended \d+ d ago/);
    expect((await run('hosts', 'unblock', 'd1')).exit).toBe(0);
    expect(readFileSync(inventory, 'utf8')).toBe(text());
  });

  test("of this machine, or of a name that is nobody's, is refused", async () => {
    start();
    expect((await run('hosts', 'block', 'localhost', '--reason', 'x', '--until', '1d')).exit).toBe(5);
    const { exit, stderr } = await run('hosts', 'block', 'd3', '--reason', 'x', '--until', '1d');
    expect([exit, stderr]).toEqual([5, expect.stringContaining('Did you mean')]);
  });
});
