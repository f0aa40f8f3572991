import { spawn } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEmergeCommand } from '../../../src/builds/emerge-job.ts';
import { makePlanCommand } from '../../../src/builds/plan/plan-command.ts';
import type { Command } from '../../../src/core/connection.ts';
import { parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { explainEmergeFailure } from '../../../src/gentoo/build-log/emerge-failure.ts';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { parseGraph } from '../../../src/gentoo/plan/dependency-graph.ts';
import { makeBuildPlan } from '../../../src/gentoo/plan/make-build-plan.ts';
import { writeWrappers } from '../../../src/lab/wrappers.ts';
import { makePortageRoot, PORTAGE_CHECKOUT } from './portage-root.ts';

/** What swarm asks of emerge is asked of real emerge and of the lab's double: both do the same. */
describe.skipIf(PORTAGE_CHECKOUT === undefined)('real emerge', { timeout: 180_000 }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-portage-'));
  const machines = { real: join(dir, 'real'), double: join(dir, 'double') };
  const packagesDir = 'var/lib/swarm/packages/key/default'; // where the job of swarm keeps what it builds for a target
  const pkgdirs = { real: join(machines.real, packagesDir), double: join(machines.double, packagesDir) };
  type Name = keyof typeof machines;
  const binhosts: Server[] = [];
  const ports = { real: 0, double: 0 };

  beforeAll(async () => {
    makePortageRoot(machines.real, PORTAGE_CHECKOUT ?? '');
    mkdirSync(join(machines.double, 'bin'), { recursive: true });
    writeWrappers(machines.double, { LAB_SPEED: '1000' });
    for (const name of ['real', 'double'] as const) {
      // the binhost of each has what it packed itself
      const binhost = createServer((request, response) => {
        const path = (request.url ?? '').replace(/^\/\.job-[^/]+/, ''); // the folder of a job, as serveBinhost takes it
        createReadStream(join(pkgdirs[name], path))
          .on('error', () => response.writeHead(404).end())
          .pipe(response);
      });
      await new Promise<void>((resolve) => binhost.listen(0, '127.0.0.1', resolve));
      ports[name] = (binhost.address() as AddressInfo).port;
      binhosts.push(binhost);
    }
  });
  afterAll(() => {
    for (const binhost of binhosts) binhost.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const run = ({ argv: [program = '', ...args], stdin = new Uint8Array() }: Command, name: Name) =>
    new Promise<{ exit: number | null; stdout: string; stderr: string }>((resolve) => {
      const env = { PATH: `${machines[name]}/bin:${process.env['PATH']}`, HOME: dir, LC_ALL: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1' };
      const child = spawn(program, args, { env });
      const said = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (bytes: Buffer) => (said[stream] += bytes));
      child.stdin.end(stdin);
      child.once('close', (exit) => resolve({ exit, ...said }));
    });
  const both = async <T>(ask: (name: Name) => Promise<T>) => ({ real: await ask('real'), double: await ask('double') });
  const build = (atom: string, source: string) =>
    both((name) =>
      run(
        makeEmergeCommand({
          atom,
          source,
          port: ports[name],
          options: [],
          keepFailed: false,
          project: 'key',
          target: 'default',
          config: null,
        }),
        name,
      ),
    );
  const plan = async (name: Name, atom: string) =>
    parseGraph(
      (await run(await makePlanCommand({ atoms: [atom], options: ['--usepkg', '--getbinpkg'], index: undefined, config: null }), name))
        .stdout,
    );
  const index = (name: Name) => parseIndex(readFileSync(join(pkgdirs[name], 'Packages'), 'utf8'));

  test('plans the same packages, in the same order, with the same needs', async () => {
    const { real, double } = await both(async (name) => makeBuildPlan(await plan(name, 'demo-libs/zip')).items);
    expect(real.map(({ cpv }) => cpv)).toEqual(['demo-libs/base-2.1-r1', 'demo-libs/zip-1.3.1']);
    const known = ({ cpv, slot, needs }: (typeof real)[number]) => ({ cpv, slot, needs });
    expect(double.map(known)).toEqual(real.map(known));
  });

  test.each(['demo-app/masked', 'demo-app/testing', 'demo-libs/hen', 'demo-app/orphan', 'demo-app/nowhere'])(
    'refuses %s for the same reason',
    async (atom) => {
      const why = await both(async (name) => {
        const { exit, stdout, stderr } = await run({ argv: ['emerge', '--color=n', '--oneshot', atom] }, name);
        return [exit, explainEmergeFailure(exit ?? -1, stdout.split('\n'), stderr).code];
      });
      expect(why.double).toEqual(why.real);
    },
  );

  test('builds with the job of swarm: the same steps, and packages with the same fields', async () => {
    await build('=demo-libs/base-2.1-r1:0', 'demo-libs/base:0');
    const ended = await build('=demo-libs/zip-1.3.1:0', 'demo-libs/zip:0');
    expect([ended.real.exit, ended.double.exit], ended.real.stdout + ended.real.stderr).toEqual([0, 0]);
    const steps = (text: string) => text.match(/^>>> (?:Emerging|Installing|Completed \(|Creating|Done|Extracting (?!info)).*/gm);
    expect(steps(ended.double.stdout)).toEqual(steps(ended.real.stdout));

    const { real, double } = await both(async (name) => {
      const stanza = index(name).packages.find((each) => each.get('CPV') === 'demo-libs/zip-1.3.1');
      const file = await readPackageFile(join(pkgdirs[name], stanza?.get('PATH') ?? ''));
      return { stanza: new Map(stanza), metadata: file.metadata };
    });
    for (const key of ['CPV', 'BUILD_ID', 'PATH', 'DEPEND', 'RDEPEND', 'EAPI', 'KEYWORDS', 'LICENSE', 'USE', 'REPO'])
      expect([key, double.stanza.get(key)]).toEqual([key, real.stanza.get(key)]);
    const realFields = [...real.stanza.keys()];
    expect([...double.stanza.keys()].filter((key) => !realFields.includes(key))).toEqual([]);
    expect([...double.metadata.keys()].filter((key) => !real.metadata.has(key))).toEqual([]);
  });

  test('real emerge installs a package that the double packed', async () => {
    const { exit, stdout, stderr } = await run(
      {
        argv: [
          '/bin/sh',
          '-c',
          `PORTAGE_BINHOST=http://127.0.0.1:${ports.double} emerge --color=n --oneshot --usepkg=n --getbinpkgonly '=demo-libs/zip-1.3.1'`,
        ],
      },
      'real',
    );
    expect(exit, stdout + stderr).toBe(0);
  });
});
