import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/program/package-root.ts';
import { namespacesProblem, type Site, startSite } from '../../machines/namespaces.ts';
import { makeKey } from '../../machines/ssh-key-files.ts';
import { isRoot, type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { knownHostsText } from '../../machines/sshd-fleet.ts';
import { runSwarm } from '../run-program.ts';

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly about: string;
  readonly message: string;
  readonly hint?: string;
}

const DAY_MS = 86_400_000;
const date = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const program = (dir: string, name: string, text: string): void => writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

describe.skipIf(sshdProgram === undefined || !isRoot)('swarm doctor, on real OpenSSH', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-doctor-'));
  const clientKey = join(dir, 'client');
  const bin = join(dir, 'bin');
  const tailscale = join(dir, 'tailscale.json');
  let sick: Sshd;
  let well: Sshd;
  let clone: Sshd;
  beforeAll(async () => {
    mkdirSync(bin);
    mkdirSync(join(dir, 'inventory'));
    await makeKey(clientKey);
    program(bin, 'date', `[ "$1" = +%s ] && exec expr "$(/bin/date +%s)" - 600; exec /bin/date "$@"`);
    program(bin, 'df', `printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/x 100 97 3 97%% %s\\n' "$3"`);
    program(bin, 'rc-service', `case "$1 $2" in '--exists nobody') exit 1;; --exists*) exit 0;; 'dead status') exit 3;; esac`);
    program(bin, 'rc-update', `printf '       sshd | default\\n   chronyd-x | boot\\n       dead | default\\n     chronyd |\\n'`);
    [sick, well, clone] = await Promise.all([
      startSshd({ clientKey, env: { PATH: `${bin}:${process.env['PATH']}` } }),
      startSshd({ clientKey }),
      startSshd({ clientKey }).then(async (one) => {
        await one[Symbol.asyncDispose]();
        return startSshd({ clientKey });
      }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([sick, well, clone].map((each) => each[Symbol.asyncDispose]()));
    rmSync(dir, { recursive: true });
  });
  const write = (hosts: readonly string[], trusted: Readonly<Record<string, Sshd>>, more = ''): void => {
    const login = `defaults: { user: ${sick.user}, identity_file: ${clientKey} }`;
    writeFileSync(join(dir, 'inventory/swarm.yml'), [login, 'hosts:', ...hosts.map((each) => `  ${each}`), more, ''].join('\n'));
    writeFileSync(
      join(dir, 'inventory/known_hosts'),
      Object.entries(trusted)
        .map(([name, host]) => knownHostsText(host, name))
        .join(''),
    );
  };
  const doctor = async (...words: string[]): Promise<{ readonly exit: number; readonly findings: readonly Finding[] }> => {
    const { exit, stdout, stderr } = await runSwarm(dir, ['-o', 'json', 'doctor', ...words]);
    if (stdout === '') throw new Error(stderr);
    return { exit, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings };
  };
  const about = (findings: readonly Finding[], what: string): readonly string[] =>
    findings.filter((each) => each.about === what).map(({ message }) => message);
  const route = (host: Sshd, name = '127.0.0.1'): string => `routes: [ { local: "${name}:${host.port}" } ]`;

  test('finds services that do not start at boot, full disks and a clock that is wrong (OpenRC)', async () => {
    write([`d1: { ${route(sick)}, vars: { services: [sshd, chronyd, dead, nobody] } }`], { d1: sick });
    const { exit, findings } = await doctor('d1');
    expect(exit).toBe(2);
    expect(about(findings, 'service')).toEqual([
      'chronyd runs, but is not enabled at boot',
      'dead does not run',
      'no service is called nobody',
    ]);
    expect(findings.find(({ message }) => message.startsWith('chronyd'))?.hint).toBe(
      'systemctl enable chronyd, or rc-update add chronyd default',
    );
    expect(about(findings, 'disk')).toContain('/ is 97 % full');
    expect(about(findings, 'clock')).toEqual([expect.stringMatching(/^its clock is (599|60[01]) s behind$/)]);
    for (const each of findings) expect(each).toMatchObject({ name: 'd1', status: expect.stringMatching(/^(bad|warn)$/) });
  });

  test('finds nothing on a host that is well, and says so', async () => {
    write([`d2: { ${route(well)} }`], { d2: well });
    expect(await doctor('d2')).toEqual({ exit: 0, findings: [] });
    const { stdout, exit } = await runSwarm(dir, ['doctor', 'd2']);
    expect([exit, stdout]).toEqual([0, expect.stringContaining('hosts checked: 1, problems: 0, warnings: 0')]);
  });

  test('finds what a drone lacks for building', async () => {
    write([`d2: { groups: [drones], ${route(well)} }`], { d2: well }, 'groups: { drones: {} }');
    const { exit, findings } = await doctor('d2');
    expect([exit, about(findings, 'tool')]).toEqual([2, expect.arrayContaining(['emerge is missing'])]);
    // that Portage cannot be asked there has the same reason
    expect(about(findings, 'target').filter((message) => message.startsWith('unfit'))).toEqual([]);
  });

  test('finds a cloned key without a login, and a cloned machine-id', async () => {
    await using copy = await startSshd({ clientKey, cloneOf: well });
    write([`d2: { ${route(well)} }`, `d3: { ${route(copy)} }`], { d2: well });
    const { exit, findings } = await doctor();
    expect([exit, about(findings, 'clone')]).toEqual([7, [expect.stringMatching(/^local 127\.0\.0\.1:\d+ shows the key of d2: SHA256:/)]]);
    expect(copy.log()).not.toMatch(/Accepted|Failed publickey/);
    write([`d2: { ${route(copy)} }`], { d2: well });
    const restored = await doctor('d2');
    expect([restored.exit, about(restored.findings, 'clone')]).toEqual([7, [expect.stringContaining('the machine-id is not')]]);
    await using twin = await startSshd({ clientKey, machineId: well.machineId });
    write([`d2: { ${route(well)} }`, `d3: { ${route(twin)} }`], { d2: well, d3: twin });
    expect(about((await doctor()).findings, 'clone')).toEqual(['the same machine-id as d2: a clone, or two servers of one machine']);
  });

  test('finds routes that lead elsewhere or nowhere, and hosts that were never trusted', async () => {
    write(
      [
        `d1: { ${route(sick)} }`,
        `d2: { routes: [ { local: "127.0.0.1:${well.port}" }, { local: "localhost:${sick.port}" }, { local: "127.0.0.1:1" } ] }`,
        'd3: { routes: [ { local: "127.0.0.1:2" } ] }',
        `d4: { ${route(clone)} }`,
      ],
      { d1: sick, d2: well, d3: clone },
    );
    const { exit, findings } = await doctor('d2,d3,d4');
    expect(exit).toBe(7);
    expect(findings.map(({ name, status, about: what }) => [name, status, what])).toEqual([
      ['d2', 'bad', 'identity'],
      ['d2', 'warn', 'route'],
      ['d3', 'bad', 'route'],
      ['d4', 'bad', 'clone'],
    ]);
    expect(findings[0]?.message).toMatch(/^local localhost:\d+: d1 answers, not d2$/);
    expect((await doctor('d3')).exit).toBe(4);
  });

  test('finds blocks that have ended and blocks that are too long, and does not complain of a blocked host that is off', async () => {
    write(
      [
        `d1: { ${route(well)}, block: { reason: "new disk", until: ${date(-2)} } }`,
        `d2: { routes: [ { local: "127.0.0.1:1" } ], block: { reason: "moved", until: ${date(30)}, since: ${date(-3)} } }`,
      ],
      { d1: well, d2: sick },
    );
    const { exit, findings } = await doctor();
    const blocks = findings.filter(({ about: what }) => what === 'block');
    expect(blocks.map(({ name, message, hint }) => [name, message, hint])).toEqual([
      ['d1', expect.stringMatching(/^its block has ended: new disk, ended \d+ (d|h) ago/), 'swarm hosts unblock d1'],
      ['d2', expect.stringMatching(/^blocked for more than 7 days: moved, set \d+ d ago, until .+ \(in \d+ d\)/), 'swarm hosts unblock d2'],
    ]);
    expect([exit, about(findings, 'route')]).toEqual([0, []]);
  });

  test('finds tailscale keys that end soon, packages that the index lists and the disk lacks', async () => {
    write([`d2: { ${route(well)} }`], { d2: well }, 'binhost: { path: ./pkgs }');
    const peer = (name: string, days: number) => ({
      HostName: name,
      TailscaleIPs: ['100.64.0.9'],
      KeyExpiry: new Date(Date.now() + days * DAY_MS).toISOString(),
    });
    writeFileSync(
      tailscale,
      JSON.stringify({ BackendState: 'Running', Peer: { a: peer('soon', 5), b: peer('later', 90), c: peer('over', -1) } }),
    );
    mkdirSync(join(dir, 'pkgs'), { recursive: true });
    writeFileSync(
      join(dir, 'pkgs/Packages'),
      'ARCH: amd64\nPACKAGES: 1\nTIMESTAMP: 1\nVERSION: 0\n\nCPV: app-misc/jq-1\nPATH: app-misc/jq/jq-1-1.gpkg.tar\nSIZE: 10\nSHA1: 00\nMD5: 00\n\n',
    );
    const { exit, findings } = await doctor('--tailscale', tailscale);
    expect(findings.filter(({ about: what }) => what === 'tailscale').map(({ name, status }) => [name, status])).toEqual([
      ['soon', 'warn'],
      ['over', 'bad'],
    ]);
    expect(about(findings, 'binhost').join()).toMatch(/jq/);
    expect(exit).toBe(2);
  });
});

describe.skipIf(namespacesProblem !== undefined)('swarm doctor, machine by machine', () => {
  let site: Site;
  const dir = mkdtempSync(join(tmpdir(), 'swarm-doctor-site-'));
  beforeAll(async () => {
    site = await startSite();
    mkdirSync(join(dir, 'inventory'));
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true });
  });

  test('finds a service that systemd does not start at boot, a disk that is really full, and drones whose trees differ', async () => {
    const { 'drone-izar': izar, 'drone-tarn': tarn } = site.machines;
    // in both machines: the systemctl that a machine comes with switches it off
    for (const { home } of [izar, tarn])
      program(join(dirname(home), 'bin'), 'systemctl', `case "$1 $*" in cat*nobody*) exit 1;; is-enabled*gatewayd*) exit 1;; esac; exit 0`);
    const prepare = (name: 'drone-izar' | 'drone-tarn', revision: string) =>
      site.runOn(name, [
        'sh',
        '-ec',
        `mount -t tmpfs none /run && mkdir -p /run/sshd /run/systemd/system
         mount -t tmpfs -o size=1m none /boot && (head -c 1000000 /dev/zero >/boot/kernel || true)
         mount -t tmpfs none /var && mkdir -p /var/tmp /var/db/repos/gentoo/metadata
         echo "${revision} 1790000000 2026-09-21" >/var/db/repos/gentoo/metadata/timestamp.commit`,
      ]);
    expect((await prepare('drone-izar', '8a1f03c')).err).toBe('');
    expect((await prepare('drone-tarn', '91d2e77')).err).toBe('');
    writeFileSync(
      join(dir, 'inventory/swarm.yml'),
      [
        `defaults: { user: ${izar.user}, identity_file: ${site.clientKey} }`,
        'groups: { drones: { vars: { services: [sshd] } } }',
        'hosts:',
        '  drone-izar: { groups: [drones], routes: [ { tailscale: 100.64.0.2 } ], vars: { services: [sshd, gatewayd, nobody] } }',
        '  drone-tarn: { groups: [drones], routes: [ { tailscale: 100.64.0.3 } ] }',
        '',
      ].join('\n'),
    );
    writeFileSync(join(dir, 'inventory/known_hosts'), knownHostsText(izar, 'drone-izar') + knownHostsText(tarn, 'drone-tarn'));
    const { out, err } = await site.runOnOrchestrator(
      [process.execPath, join(packageRoot(), 'dist/src/bin.js'), '-C', dir, '-o', 'json', 'doctor', 'drones'],
      { HOME: dir },
    );
    if (out === '') throw new Error(err);
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    const of = (name: string, what: string): readonly string[] =>
      findings.filter((each) => each.name === name && each.about === what).map(({ message }) => message);
    expect(of('drone-izar', 'service')).toEqual(['gatewayd runs, but is not enabled at boot', 'no service is called nobody']);
    expect(of('drone-izar', 'disk')).toEqual([expect.stringMatching(/^\/boot is 9\d|^\/boot is 100/)]);
    expect(findings.filter(({ about: what }) => what === 'tree').map(({ message }) => message)).toEqual([
      'its Gentoo repository is at 91d2e77, that of drone-izar at 8a1f03c',
    ]);
    expect(readFileSync(join(dir, 'inventory/known_hosts'), 'utf8')).toBe(
      knownHostsText(izar, 'drone-izar') + knownHostsText(tarn, 'drone-tarn'),
    );
  });
});
