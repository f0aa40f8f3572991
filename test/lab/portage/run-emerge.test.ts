import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeEmergeCommand } from '../../../src/builds/emerge-job.ts';
import { makePlanCommand } from '../../../src/builds/plan/plan-command.ts';
import { targetVariable } from '../../../src/builds/target/target-folder.ts';
import type { Command } from '../../../src/core/connection.ts';
import { readProgram } from '../../../src/core/program/package-root.ts';
import { parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { explainEmergeFailure } from '../../../src/gentoo/build-log/emerge-failure.ts';
import { parseEmergeLine } from '../../../src/gentoo/build-log/emerge-progress.ts';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { parseGraph } from '../../../src/gentoo/plan/dependency-graph.ts';
import { makeBuildPlan } from '../../../src/gentoo/plan/make-build-plan.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import { runEmerge as emergeInProcess } from '../../../src/lab/portage/run-emerge.ts';
import { exec, login, startTestLab } from '../fixture.ts';

let lab: Lab;
let clients: (Client & AsyncDisposable)[] = [];
const drone = (n: number) => lab.drones[n] as Lab['drones'][number];
beforeAll(async () => {
  lab = await startTestLab({ drones: 2, env: { LAB_SPEED: '1000' } });
  clients = await Promise.all(lab.drones.map((each) => login(lab, each)));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  await lab[Symbol.asyncDispose]();
});
beforeEach(() => {
  for (const { dir } of lab.drones) for (const each of ['pkgdir', 'var', 'etc']) rmSync(join(dir, each), { recursive: true, force: true });
});

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A command of swarm's, as text for the drone's shell. */
const run = async (n: number, command: Command) => {
  const env = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${quote(String(value))}`);
  const line = [...env, ...command.argv.map(quote)].join(' ');
  const ended = await exec(clients[n] as Client, line, Buffer.from(command.stdin ?? ''));
  return { exit: ended.code, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() };
};
/** Without the shell and the start of Node, which the tests with `run` have: the same program. */
const emerge = async (n: number, ...args: string[]) => {
  const said: { readonly stdout: string[]; readonly stderr: string[] } = { stdout: [], stderr: [] };
  const out = { stdout: (text: string) => void said.stdout.push(text), stderr: (text: string) => void said.stderr.push(text) };
  const env = { SWARM_LAB_DRONE: drone(n).dir, LAB_SPEED: '1000', PORTAGE_BINHOST: binhostOf[n] };
  const exit = await emergeInProcess(['--ignore-default-opts', '--color=n', ...args], env, out);
  return { exit, stdout: said.stdout.join(''), stderr: said.stderr.join('') };
};
/** URL of the binhost that a drone is a client of. */
let binhostOf: readonly (string | undefined)[] = [];
const index = (n: number) => parseIndex(readFileSync(join(drone(n).dir, 'pkgdir/Packages'), 'utf8'));
const cpvs = (n: number) => index(n).packages.map((stanza) => stanza.get('CPV'));

describe('a build on one drone', () => {
  test('makes packages that swarm itself accepts, with USE, bound slots and a newer BUILD_ID each time', async () => {
    expect(await emerge(0, '--oneshot', '--buildpkg', 'demo-libs/draw')).toMatchObject({ exit: 0, stderr: '' });
    expect(cpvs(0)).toEqual(['demo-dev/generator-1.4', 'demo-libs/base-2.1-r1', 'demo-libs/draw-3.2', 'demo-libs/zip-1.3.1']);
    await emerge(0, '--oneshot', '--buildpkg', 'demo-libs/draw');
    const packages = index(0).packages.filter((stanza) => stanza.get('CPV') === 'demo-libs/draw-3.2');
    expect(packages.map((stanza) => stanza.get('BUILD_ID'))).toEqual(['1', '2']);
    for (const stanza of index(0).packages) {
      const file = await readPackageFile(join(drone(0).dir, 'pkgdir', stanza.get('PATH') ?? ''));
      expect([file.format, file.cpv.text, String(file.size), file.digests.sha1]).toEqual([
        'gpkg',
        stanza.get('CPV'),
        stanza.get('SIZE'),
        stanza.get('SHA1'),
      ]);
    }
    expect(packages[0]?.get('RDEPEND')).toBe('demo-libs/base demo-libs/zip');
    const zip = index(0).packages.find((stanza) => stanza.get('CPV') === 'demo-libs/zip-1.3.1');
    expect(zip?.get('DEPEND')).toBe('demo-libs/base:0/2=');
  });

  test('prints lines that tell how far it is', async () => {
    const { stdout } = await emerge(0, '--oneshot', '--buildpkg', 'demo-libs/zip');
    const seen = stdout.split('\n').flatMap((line) => parseEmergeLine(line) ?? []);
    const one = ['start', 'unpack', 'prepare', 'configure', 'compile', 'test', 'install', 'package', 'merge', 'done'];
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['resolve', ...one]);
    expect(seen.findLast(({ phase }) => phase === 'done')).toMatchObject({ subject: 'demo-libs/zip-1.3.1', done: 2, total: 2 });
  });
});

test('of a killed build an empty place-holder stays in PKGDIR: its BUILD_ID is not taken again', async () => {
  const folder = join(drone(0).dir, 'pkgdir/demo-libs/base');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'base-2.1-r1-1.gpkg.tar'), '');
  await emerge(0, '--buildpkg', 'demo-libs/base');
  expect(index(0).packages.map((stanza) => `${stanza.get('CPV')} ${stanza.get('BUILD_ID')}`)).toEqual(['demo-libs/base-2.1-r1 2']);
});

describe('what goes wrong is told so that swarm understands it', () => {
  test.each([
    ['demo-app/broken', 'SW6003', 'demo-app/broken-1.0'],
    ['demo-app/lost', 'SW6009', 'demo-app/lost-2.0'],
    ['demo-app/masked', 'SW6004', 'demo-app/masked-1.0'],
    ['demo-app/testing', 'SW6004', 'demo-app/testing-0.1'],
    ['demo-app/licensed', 'SW6004', 'demo-app/licensed-1.0'],
    ['demo-app/poster', 'SW6006', 'demo-libs/draw-3.2'],
    ['demo-app/orphan', 'SW6005', undefined],
    ['demo-app/nowhere', 'SW6005', undefined],
    ['demo-libs/hen', 'SW6007', undefined],
    ['demo-app/', 'SW1201', undefined],
  ])('%s is %s', async (atom, code, culprit) => {
    const { exit, stdout, stderr } = await emerge(0, '--oneshot', '--buildpkg', atom);
    const why = explainEmergeFailure(exit ?? -1, stdout.split('\n'), stderr);
    expect([exit, why.code]).toEqual([1, code]);
    if (culprit !== undefined) expect(why.package).toBe(culprit);
  });

  test('an option that emerge does not have is a wrong command line', async () => {
    expect(await emerge(0, '--no-such-option', 'demo-libs/base')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('unrecognized'),
    });
  });

  test('--buildpkgonly wants what the package is built with, and not what it runs with', async () => {
    const refused = await emerge(0, '--buildpkgonly', 'demo-libs/zip');
    expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('--buildpkgonly requires all dependencies')]);
    expect((await emerge(0, '--buildpkgonly', 'demo-libs/text')).exit).toBe(0);
    expect(cpvs(0)).toEqual(['demo-libs/text-0.9_rc2']);
  });
});

describe('two drones and a binhost', () => {
  let binhost: Server;
  let port: number;
  let asked: string[] = [];
  beforeEach(async () => {
    asked = [];
    binhost = createServer((request, response) => {
      asked.push(request.url ?? '');
      try {
        const path = (request.url ?? '').replace(/^\/\.job-[^/]+/, ''); // the folder of a job, as serveBinhost takes it
        response.end(readFileSync(join(lab.dir, 'binhost', path)));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => binhost.listen(0, '127.0.0.1', resolve));
    ({ port } = binhost.address() as AddressInfo);
    binhostOf = [undefined, `http://127.0.0.1:${port}`];
    await emerge(0, '--buildpkg', 'demo-libs/base');
    rmSync(join(lab.dir, 'binhost'), { recursive: true, force: true });
    cpSync(join(drone(0).dir, 'pkgdir'), join(lab.dir, 'binhost'), { recursive: true, preserveTimestamps: true });
  });
  afterEach(() => {
    binhostOf = [];
    binhost.closeAllConnections();
    binhost.close();
  });
  const base = 'demo-libs/base/base-2.1-r1-1.gpkg.tar';
  const fetching = (...atoms: string[]) => emerge(1, '--oneshot', '--buildpkg', '--getbinpkg', ...atoms);

  test('one builds what the other needs: fetched, checked, installed, and only the target is compiled', async () => {
    const { exit, stdout } = await fetching('--usepkg-exclude', 'demo-libs/zip', '=demo-libs/zip-1.3.1');
    expect(exit).toBe(0);
    expect(stdout.match(/^>>> Emerging .*/gm)).toEqual([
      '>>> Emerging binary (1 of 2) demo-libs/base-2.1-r1::demo',
      '>>> Emerging (2 of 2) demo-libs/zip-1.3.1::demo',
    ]);
    expect(asked).toEqual(['/Packages.gz', `/${base}`]);
    // fact of Portage with PORTAGE_BINHOST: what was only fetched is in PKGDIR and in its index too
    expect(cpvs(1)).toEqual(['demo-libs/base-2.1-r1', 'demo-libs/zip-1.3.1']);
  });

  test.each([
    ['a byte flipped', (bytes: Buffer) => bytes.fill(bytes[5000] === 1 ? 2 : 1, 5000, 5001), 'Failed on MD5 verification'],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 5000), 'Failed on size verification'],
  ])('a package that arrives with %s is refused', async (_, damage, words) => {
    const file = join(lab.dir, 'binhost', base);
    writeFileSync(file, damage(readFileSync(file)));
    const { exit, stdout } = await fetching('demo-libs/zip');
    expect([exit, stdout]).toEqual([1, expect.stringContaining(`!!! Reason: ${words}`)]);
  });

  test('a package that is listed and not there fails the merge, and is not compiled instead', async () => {
    rmSync(join(lab.dir, 'binhost', base));
    const { exit, stdout } = await fetching('demo-libs/zip');
    expect([exit, stdout]).toEqual([1, expect.stringContaining('ERROR 404')]);
    expect(stdout).toContain('>>> Failed to emerge demo-libs/base-2.1-r1, Log file:');
    expect(stdout).not.toContain('>>> Compiling');
  });

  test('the build job of swarm packs the target alone, with the next BUILD_ID that the binhost has free', async () => {
    const job = await run(
      1,
      makeEmergeCommand({
        atom: '=demo-libs/zip-1.3.1:0',
        source: 'demo-libs/zip:0',
        port,
        options: [],
        keepFailed: false,
        ...{ project: 'key', target: 'default' },
        config: null,
      }),
    );
    expect([job.exit, job.stderr]).toEqual([0, '']);
    expect(job.stdout).toContain('>>> Emerging (1 of 1) demo-libs/zip-1.3.1::demo');
    const again = await run(
      1,
      makeEmergeCommand({
        atom: '=demo-libs/base-2.1-r1:0',
        source: 'demo-libs/base:0',
        port,
        options: [],
        keepFailed: false,
        ...{ project: 'key', target: 'default' },
        config: null,
      }),
    );
    expect(again.exit).toBe(0);
    const made = parseIndex(readFileSync(join(drone(1).dir, 'var/lib/swarm/packages/key/default/Packages'), 'utf8'));
    const ids = made.packages.map((stanza) => `${stanza.get('CPV')} ${stanza.get('BUILD_ID')}`);
    expect(ids).toEqual(['demo-libs/base-2.1-r1 1', 'demo-libs/base-2.1-r1 2', 'demo-libs/zip-1.3.1 1']);
  });

  test('the plan of swarm lists what must be built in order, without what is published', async () => {
    const text = readFileSync(join(lab.dir, 'binhost/Packages'), 'utf8');
    const plan = async (atom: string, published: string | undefined) => {
      const { stdout } = await run(
        1,
        await makePlanCommand({ atoms: [atom], options: ['--usepkg', '--getbinpkg'], index: published, config: null }),
      );
      return parseGraph(stdout);
    };
    const all = makeBuildPlan(await plan('demo-app/desktop', undefined)).items;
    expect(all.map(({ cpv }) => cpv)).toHaveLength(11);
    const rest = makeBuildPlan(await plan('demo-app/desktop', text)).items;
    expect(rest.map(({ cpv }) => cpv)).toEqual(all.map(({ cpv }) => cpv).filter((cpv) => cpv !== 'demo-libs/base-2.1-r1'));
    expect(rest.find(({ cpv }) => cpv === 'demo-libs/draw-3.2')?.needs).toEqual(['demo-dev/generator-1.4', 'demo-libs/zip-1.3.1']);
    await emerge(1, '--oneshot', 'demo-app/editor', 'demo-libs/net');
    const again = makeBuildPlan(await plan('demo-app/editor', undefined)).items.map(({ cpv }) => cpv);
    // base is @system; all else that is installed is planned like anything else
    const closure = [
      'demo-dev/generator-1.4',
      'demo-libs/zip-1.3.1',
      'demo-libs/draw-3.2',
      'demo-libs/text-0.9_rc2',
      'virtual/canvas-1',
      'demo-app/editor-5.0.1',
    ];
    expect([...again].sort()).toEqual([...closure].sort());
    expect(makeBuildPlan(await plan('demo-libs/base', undefined)).items.map(({ cpv }) => cpv)).toEqual(['demo-libs/base-2.1-r1']);
    const masked = await plan('demo-app/masked', undefined);
    expect(() => makeBuildPlan(masked)).toThrow(expect.objectContaining({ code: 'SW6004' }));
  });
});

test('what is not for the stand-in goes to the real python3, and nothing on a drone reboots the machine', async () => {
  const real = (await exec(clients[0] as Client, 'PATH=$(echo "$PATH" | cut -d: -f2-) python3 -c "print(6*7)"')).stdout.toString();
  expect((await run(0, { argv: ['python3', '-c', 'print(6*7)'] })).stdout).toBe(real);
  for (const program of ['reboot', 'systemctl', 'shutdown']) {
    expect(await run(0, { argv: [program, '--help'] })).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('leaves the machine alone'),
    });
  }
});

test('portageq and the first program of a build job know the places of the drone', async () => {
  const program = [targetVariable(null), readProgram('src/builds/target/target-config.py'), readProgram('src/builds/target/job-places.py')];
  const [eroot, folder] = (await run(0, { argv: ['python3', '-c', program.join('\n'), 'key'] })).stdout.split('\n');
  expect([eroot, folder]).toEqual([drone(0).dir, '']);
  expect((await run(0, { argv: ['portageq', 'envvar', 'PKGDIR'] })).stdout).toBe(`${join(drone(0).dir, 'pkgdir')}\n`);
  expect((await run(0, { argv: ['portageq', 'envvar', 'EROOT'] })).stdout).toBe(`${drone(0).dir}\n`);
  expect((await run(0, { argv: ['portageq', 'match', '/', 'demo-libs/base'] })).exit).toBe(2);
});
