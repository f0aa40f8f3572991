import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, sshdProgram } from '../../machines/sshd.ts';
import { startSshdFleet } from '../../machines/sshd-fleet.ts';
import { startWire } from '../../machines/wire.ts';
import { createLabProject, journalOf, type LabProject, published } from '../lab-project.ts';
import { runSwarm, runSwarmJson } from '../run-program.ts';

/** Hosts that are not what the inventory says, or not there: told by name, and nothing is run on any that did not prove itself. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2);
});
afterAll(() => project[Symbol.asyncDispose]());

const pins = (dir: string): string => join(dir, 'inventory/known_hosts');
const touched = (): readonly number[] => project.drones.map(({ commands }) => commands.length);

/** Routes of d1 in this order, by ports; d2 as it is. Of another kind than d2's: an address given twice under one kind is not a valid inventory. */
const routesOf1 =
  (...ports: readonly number[]) =>
  (text: string): string =>
    text.replace(/( {2}d1:[\s\S]*?routes:\n)[\s\S]*?( +vars:)/, (_, head: string, tail: string) => {
      return `${head}${ports.map((port) => `      - tailscale: 127.0.0.1:${port}\n`).join('')}${tail}`;
    });

interface Strange {
  readonly what: string;
  readonly exit: number;
  readonly code: string;
  readonly status: string;
  readonly tells: RegExp;
  make(): Promise<LabProject>;
}

const strange: readonly Strange[] = [
  {
    what: 'that was never pinned',
    exit: 7,
    code: 'SW1305',
    status: 'untrusted',
    tells: /swarm hosts trust d1/,
    make: async () => {
      const other = await project.another();
      writeFileSync(pins(other.dir), readFileSync(pins(other.dir), 'utf8').replace(/^d1 .*\n/m, ''));
      return other;
    },
  },
  {
    what: 'whose key is another than the pinned one',
    exit: 7,
    code: 'SW2003',
    status: 'untrusted',
    tells: /SHA256:/,
    make: async () => {
      const other = await project.another();
      await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(other.dir, 'strange')]);
      const [type, blob] = readFileSync(join(other.dir, 'strange.pub'), 'utf8').split(' ');
      writeFileSync(pins(other.dir), readFileSync(pins(other.dir), 'utf8').replace(/^d1 .*/m, `d1 ${type} ${blob} lab`));
      return other;
    },
  },
  {
    what: 'that is another of the inventory',
    exit: 7,
    code: 'SW3001',
    status: 'misdirected',
    tells: /d2/,
    make: async () => project.another(routesOf1(project.drone('d2').port)),
  },
  {
    what: 'that is down',
    exit: 4,
    code: 'SW2001',
    status: 'unreachable',
    tells: /127\.0\.0\.1:\d+.*refused|refused/i,
    make: async () => project.another(routesOf1(await freePort())),
  },
  {
    what: 'that does not know our key',
    exit: 4,
    code: 'SW2002',
    status: 'unreachable',
    tells: /authorized_keys|key/,
    make: async () => {
      const other = await project.another();
      await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(other.dir, 'client')]);
      other.writeFile(
        'inventory/swarm.yml',
        readFileSync(join(other.dir, 'inventory/swarm.yml'), 'utf8').replace(
          /identity_file: .*/,
          `identity_file: ${join(other.dir, 'client')}`,
        ),
      );
      return other;
    },
  },
];

describe('a host', () => {
  test.concurrent.each(strange)(
    '$what is told with $code, exit $exit, and nothing is run anywhere',
    async ({ exit, code, status, tells, make }) => {
      const other = await make();
      const before = touched();
      const mark = join(other.dir, 'was-here');
      const one = await other.json('exec', 'd1', '--', 'touch', mark);
      expect([one.exit, one.json.errors.map((error) => `${error.host} ${error.code}`)]).toEqual([exit, [`d1 ${code}`]]);
      expect(JSON.stringify(one.json.errors[0])).toMatch(tells);
      expect(one.json.errors[0]?.hint).toEqual(expect.stringMatching(/./));
      const build = await other.json('run', 'build', 'demo-libs/text', '-l', 'd1');
      expect([build.exit, build.json.errors[0]?.code, build.json.published]).toEqual([exit, code, []]);
      expect(build.json.hosts['d1']).toMatchObject(exit === 7 ? { refused: 1, changed: 0 } : { unreachable: 1, changed: 0 });
      expect([existsSync(mark), published(other.dir), touched()]).toEqual([false, [], before]);
      const verify = await other.json('hosts', 'verify', 'd1');
      expect([verify.exit, verify.json.hosts]).toMatchObject([exit, [{ name: 'd1', status }]]);
    },
  );
});

test('the others do the work of a host that is down; the exit says that one was not there', async () => {
  const other = await project.another(routesOf1(await freePort()));
  const { exit, json } = await other.json('run', 'build', 'demo-libs/zip');
  expect(json.items.map(({ id, status, host }) => [id, status, host])).toEqual([
    ['demo-libs/base-2.1-r1', 'published', 'd2'],
    ['demo-libs/zip-1.3.1', 'published', 'd2'],
  ]);
  expect([exit, json.hosts['d1']?.unreachable, json.hosts['d2']?.unreachable]).toEqual([4, 1, 0]);
});

describe('a route that leads to another host of the inventory', () => {
  test('is told by check where two hosts have one address, and judged by the connection', async () => {
    const twice = await project.another((text) => routesOf1(project.drone('d2').port)(text).replace('tailscale:', 'local:'));
    const check = await twice.swarm('check');
    expect(check.exit).toBe(0);
    expect(check.stderr).toMatch(/^warning\[SW1301\].*d1 and d2[\s\S]*swarm\.yml:\d+:\d+[\s\S]*swarm\.yml:\d+/);
    const { exit, stdout, stderr } = await twice.swarm('exec', 'd1', '--', 'true');
    expect([exit, stdout]).toEqual([7, '']);
    expect(stderr).toContain('d2 answers, not d1');
  });

  test('is set aside and named, nothing runs there, and the next route is used', async () => {
    const [d1, d2] = [project.drone('d1'), project.drone('d2')];
    const other = await project.another(routesOf1(d2.port, d1.port));
    const before = d2.commands.length;
    const mark = join(other.dir, 'was-here');
    const { exit, stdout } = await other.swarm('exec', 'd1', '--', 'sh', '-c', `echo "$SWARM_LAB_NAME" | tee ${mark}`);
    expect([exit, stdout]).toEqual([0, 'd1 │ d1\n']);
    expect([d2.commands.length, readFileSync(mark, 'utf8')]).toEqual([before, 'd1\n']);
    const aside = journalOf(other.dir).find((event) => event.type === 'route.setAside');
    expect(aside).toMatchObject({ host: 'd1', route: `tailscale 127.0.0.1:${d2.port}`, status: 'misdirected', machine: 'd2' });
    const verify = await other.json('hosts', 'verify', 'd1');
    expect(verify.exit).toBe(7);
    expect(verify.json.hosts).toMatchObject([
      {
        name: 'd1',
        status: 'misdirected',
        routes: [
          { route: `tailscale 127.0.0.1:${d2.port}`, status: 'misdirected', machine: 'd2' },
          { route: `tailscale 127.0.0.1:${d1.port}`, status: 'proven', machine: 'd1' },
        ],
      },
    ]);
  });

  test('is told to a person in one line that names both', async () => {
    const other = await project.another(routesOf1(project.drone('d2').port, project.drone('d1').port));
    const { stdout, stderr } = await other.swarm('run', 'push', '-l', 'd1');
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`d1 .*127\\.0\\.0\\.1:${project.drone('d2').port}.*d2`));
  });
});

describe.skipIf(sshdProgram === undefined)('with real OpenSSH', () => {
  test('an address that now leads to another machine gets no login and no command; the next route does', async () => {
    await using hosts = await startSshdFleet(2);
    const [one, two] = hosts.machines as [(typeof hosts.machines)[0], (typeof hosts.machines)[0]];
    await using wire = await startWire(one);
    const file = join(hosts.project, 'inventory/swarm.yml');
    const routes = (text: string): void =>
      writeFileSync(file, hosts.inventory.replace(`routes: [ { local: "127.0.0.1:${one.port}" } ]`, `routes: [ ${text} ]`));
    const [first, second] = [`{ tailscale: "127.0.0.1:${wire.port}" }`, `{ local: "127.0.0.1:${one.port}" }`];
    routes(`${first}, ${second}`);
    const right = await runSwarmJson(hosts.project, ['exec', 'drone-1', '--', 'true']);
    expect([right.exit, right.json.hosts['drone-1']?.route]).toEqual([0, `tailscale 127.0.0.1:${wire.port}`]);

    wire.redirect(two);
    const { exit, json } = await runSwarmJson(hosts.project, ['exec', 'drone-1', '--', 'touch', join(one.home, 'here')]);
    expect([exit, json.hosts['drone-1']?.route]).toEqual([0, `local 127.0.0.1:${one.port}`]);
    expect(existsSync(join(one.home, 'here'))).toBe(true);
    expect(two.log()).not.toMatch(/Accepted|Starting session/);
    expect(journalOf(hosts.project)).toContainEqual(
      expect.objectContaining({ type: 'route.setAside', status: 'misdirected', machine: 'drone-2' }),
    );

    routes(first);
    const only = await runSwarmJson(hosts.project, ['exec', 'drone-1', '--', 'touch', join(two.home, 'here')]);
    expect([only.exit, only.json.errors.map(({ code }) => code)]).toEqual([7, ['SW3001']]);
    expect(only.json.errors[0]?.message).toMatch(/drone-2/);
    expect([existsSync(join(two.home, 'here')), /Accepted|Starting session/.test(two.log())]).toEqual([false, false]);

    wire.refuseNew(true);
    expect((await runSwarm(hosts.project, ['exec', 'drone-1', '--', 'true'])).exit).toBe(4);
  });
});
