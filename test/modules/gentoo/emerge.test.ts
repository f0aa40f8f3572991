import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import emerge from '../../../modules/gentoo/emerge.ts';
import emergePlan from '../../../modules/gentoo/emerge_plan.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import type { HostName, Notice } from '../../../src/index.ts';
import { driveModule, type LocalHostOptions } from '../local-host.ts';
import { fingerprint, fixturePath, withEmerge } from '../module-cases.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-emerge-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const state = (name: string) => join(dir, 'state', name);
const asked = async () => (await readFile(state('asked'), 'utf8')).trim().split('\n');

async function build(atom = '=rig-libs/base-1.0-r1:0', options: LocalHostOptions = {}, prepare?: () => Promise<void>) {
  const remote = await withEmerge(dir, options);
  await prepare?.();
  const done = driveModule(emerge.run(remote, emerge.args.parse({ atom })), remote);
  return { remote, done };
}

const toldOf = <T extends Notice['type']>(told: readonly Notice[], type: T) =>
  told.filter((each): each is Extract<Notice, { type: T }> => each.type === type);

describe('emerge', () => {
  test('returns what was built, with the size and hash that the host itself reads', async () => {
    const { remote, done } = await build();
    const { binpkgs } = (await done).result as { binpkgs: readonly Record<string, unknown>[] };
    const file = await readFile(fixturePath('base-1.0-r1-1.gpkg.tar'));
    expect(binpkgs).toMatchObject([
      {
        cpv: 'rig-libs/base-1.0-r1',
        path: join(dir, 'pkgdir/rig-libs/base/base-1.0-r1-1.gpkg.tar'),
        size: file.length,
        buildId: 1,
        host: 'drone',
        job: remote.jobId,
        toolchain: expect.any(Object),
      },
    ]);
  });

  test('what it is built with comes first, as binaries; then the package itself from source and not merged', async () => {
    const { done } = await build();
    await done;
    const [first = '', second = ''] = await asked();
    for (const line of [first, second]) {
      expect(line).toContain('--ignore-default-opts');
      expect(line).toContain('--usepkg-exclude rig-libs/base:0');
      expect(line).toMatch(/ =rig-libs\/base-1\.0-r1:0$/);
    }
    expect(first).toContain('--onlydeps --onlydeps-with-rdeps=n');
    expect(second).toContain('--buildpkgonly');
    expect(second).not.toContain('--onlydeps');
  });

  test('emerge sees Portage settings of the play and nothing else of the login: Portage keeps its environment in the package', async () => {
    const { done } = await build(undefined, { env: { SECRET_TOKEN: 'hunter2', USE: 'gui -doc', MAKEOPTS: '-j3' } });
    await done;
    const seen = (await readFile(state('env'), 'utf8')).split('\n').map((line) => line.split('=')[0]);
    expect(seen).not.toContain('SECRET_TOKEN');
    expect(await readFile(state('env'), 'utf8')).toContain('USE=gui -doc\n');
    expect(new Set(seen)).toEqual(
      new Set(['', 'HOME', 'LC_ALL', 'MAKEOPTS', 'NO_COLOR', 'PATH', 'PKGDIR', 'PORTAGE_BINHOST', 'PWD', 'TERM', 'USE', ...shellOwn(seen)]),
    );
  });

  test('tells the lines of the log and its phases, without colours', async () => {
    const { remote, done } = await build();
    await done;
    const lines = toldOf(remote.notices, 'task.output').flatMap((each) => each.lines);
    expect(lines).toContain('>>> Emerging (1 of 3) rig-libs/base-1.0-r1::rig');
    expect(lines.join('\n')).not.toContain('\u001b');
    expect(toldOf(remote.notices, 'task.progress').at(-1)).toMatchObject({
      phase: 'done',
      subject: 'rig-libs/left-1.0',
      done: 3,
      total: 3,
    });
  });

  test('a job that ended while nobody looked gives the same result, and nothing is started again', async () => {
    const first = await build();
    const { result } = await first.done;
    const before = await asked();
    const again = await driveModule(emerge.run(first.remote, emerge.args.parse({ atom: '=rig-libs/base-1.0-r1:0' })), first.remote);
    expect(again.result).toEqual(result);
    expect(await asked()).toEqual(before);
  });

  test('a failed build names the package and shows the error lines', async () => {
    const { done } = await build('=rig-app/broken-1.0:0', {}, async () => {
      await writeFile(state('says'), await readFile(fixturePath('fail-compile.stdout')));
      await writeFile(state('exit'), '1');
    });
    await expect(done).rejects.toMatchObject({
      code: 'SW6003',
      message: expect.stringContaining('rig-app/broken-1.0'),
      detail: expect.stringContaining('fatal error: nosuch.h'),
    });
  });

  test('done, and no package there: told as such', async () => {
    const { done } = await build(undefined, {}, () => rm(state('makes')));
    await expect(done).rejects.toMatchObject({ code: 'SW6012', hint: expect.stringContaining('PKGDIR') });
  });

  test('a host that declares a size for which this machine has no room has built nothing', async () => {
    const lie = () => writeFile(state('bin/stat'), `#!/bin/sh\necho ${2 ** 52}\n`, { mode: 0o755 });
    const { done } = await build(undefined, {}, lie);
    await expect(done).rejects.toMatchObject({ code: 'SW4009', host: 'drone' });
  });

  test('a package of before is never taken for the new one', async () => {
    const old = ['BUILD_ID: 7', 'BUILD_TIME: 1700000000', 'CPV: rig-libs/base-1.0-r1', 'PATH: old.gpkg.tar', '', ''].join('\n');
    const prepare = async () => {
      await rm(state('makes'));
      await writeFile(join(dir, 'pkgdir/Packages'), `VERSION: 0\n\n${old}`);
    };
    const { done } = await build(undefined, {}, prepare);
    await expect(done).rejects.toMatchObject({ code: 'SW6012' });
  });

  test('waits for the binhost, rather than compile what is there as binaries', async () => {
    const { remote, done } = await build(undefined, {}, () => writeFile(state('away'), '3'));
    await done;
    expect(toldOf(remote.notices, 'task.output').flatMap((each) => each.lines)).toContain('>>> swarm: waiting for the binhost');
    expect(await asked()).toHaveLength(2);
  });

  test('dependencies that failed while the binhost was away are merged again when it is back', async () => {
    const { done } = await build(undefined, {}, () => writeFile(state('cut'), ''));
    await done;
    expect((await asked()).map((line) => line.includes('--onlydeps'))).toEqual([true, true, false]);
  });

  test.each(['@world', '!!rig-libs/base', 'rig-libs/', '=rig-libs/base-1.0 --ask'])('%s is refused before anything runs', async (atom) => {
    const { remote, done } = await build(atom);
    await expect(done).rejects.toMatchObject({ code: 'SW1201' });
    expect(remote.ran).toEqual([]);
  });
});

/** What a shell puts into the environment of its children by itself. */
const shellOwn = (seen: readonly (string | undefined)[]) => ['OLDPWD', 'SHLVL', '_'].filter((name) => seen.includes(name));

describe('emerge_plan', () => {
  const plan = async (atoms: unknown, graph?: string) => {
    const remote = await withEmerge(dir);
    if (graph) await writeFile(state('graph'), await readFile(fixturePath(graph)));
    const done = driveModule(emergePlan.run(remote, emergePlan.args.parse({ atoms })), remote);
    return { remote, done };
  };

  test('lists what must be built and what each waits for', async () => {
    const { done } = await plan(['rig-app/diamond']);
    const { packages } = (await done).result as { packages: readonly { cpv: string; needs: readonly string[] }[] };
    const needs = new Map(packages.map((each) => [each.cpv, each.needs]));
    expect(needs.get('rig-libs/base-1.0-r1')).toEqual([]);
    expect(needs.get('rig-app/diamond-1.0')).toEqual(expect.arrayContaining(['rig-libs/left-1.0', 'rig-libs/right-1.0']));
    const known = new Set(needs.keys());
    expect(packages.flatMap((each) => each.needs).filter((cpv) => !known.has(cpv))).toEqual([]);
  });

  test('what clients must build themselves is in the result, and told', async () => {
    const { remote, done } = await plan(['rig-app/shows'], 'graph-restricted.json');
    expect((await done).result).toMatchObject({
      packages: [{ cpv: 'rig-app/shows-1.0' }],
      unpublishable: [{ cpv: 'rig-app/restricted-1.0', reason: 'bindist' }],
    });
    expect(JSON.stringify(remote.notices)).toContain('rig-app/restricted-1.0 will not be on the binhost');
  });

  test('a plan that was saved is built as it is, until a drone builds with something else', async () => {
    const remote = await withEmerge(dir);
    const file = join(dir, 'plan.json');
    const run = (args: object) => driveModule(emergePlan.run(remote, emergePlan.args.parse(args)), remote);
    const { result } = await run({ atoms: ['rig-app/diamond'], file, save: true });
    const asks = (await asked()).length;
    expect((await run({ file })).result).toMatchObject({ packages: (result as { readonly packages: readonly object[] }).packages });
    expect(await asked()).toHaveLength(asks); // emerge plans nothing
    await expect(run({ file, atoms: ['rig-app/other'] })).rejects.toMatchObject({ code: 'SW1205' });
    const other = { ...fingerprint, time: Date.now() / 1000, repositories: { gentoo: { revision: 'beef', time: 1, eclasses: 'e1' } } };
    await writeFile(state('fingerprint'), JSON.stringify(other));
    await expect(run({ file })).rejects.toMatchObject({ code: 'SW3010', message: expect.stringContaining('repository gentoo') });
  });

  test('options of the build become options of emerge', async () => {
    const remote = await withEmerge(dir);
    const args = { atoms: ['@rig'], update: true, newuse: true, deep: true, exclude: ['rig-libs/left'] };
    const { result } = await driveModule(emergePlan.run(remote, emergePlan.args.parse(args)), remote);
    for (const option of ['--update --deep', '--newuse --deep', '--selective=n', '--emptytree', '--useoldpkg-atoms=rig-libs/left'])
      expect((await asked()).join(' ')).toContain(option);
    expect(result).toMatchObject({
      excluded: [{ cpv: 'rig-libs/left-1.0' }, { cpv: 'rig-app/diamond-1.0', because: 'rig-libs/left-1.0' }],
    });
  });

  test('where the first drone cannot plan, the next one does; whose world @world is, is told', async () => {
    const other = await withEmerge(join(dir, 'other'), { name: 'other' });
    const target = { ...defaultTarget({ path: join(dir, 'binhost') }), hosts: ['drone', 'other'] as HostName[] };
    const remote = await withEmerge(dir, { others: { other: () => other }, place: { targets: [target] } });
    await writeFile(state('graph'), 'Segmentation fault');
    const { result } = await driveModule(emergePlan.run(remote, emergePlan.args.parse({ atoms: ['@world'] })), remote);
    expect(result).toMatchObject({ packages: expect.arrayContaining([expect.objectContaining({ cpv: 'rig-app/diamond-1.0' })]) });
    expect(remote.notices).toContainEqual({
      type: 'run.note',
      text: '@world of target default is that of other, which planned it',
    });
  });

  test('asks the host and changes nothing', async () => {
    const { remote, done } = await plan(['rig-app/diamond']);
    await done;
    expect(remote.ran.map(({ how }) => how)).toEqual(['query', 'query']);
  });

  test.each([
    ['graph-masked.json', 'SW6004'],
    ['graph-use-change.json', 'SW6006'],
    ['graph-circular.json', 'SW6007'],
  ])('%s is %s', async (graph, code) => {
    const { done } = await plan(['rig-app/x'], graph);
    await expect(done).rejects.toMatchObject({ code });
  });

  test('every bad atom is told, before anything runs', async () => {
    const { remote, done } = await plan(['rig-app/diamond', 'rig app', 'x']);
    await expect(done).rejects.toMatchObject({ code: 'SW1201', detail: expect.stringContaining('"x"') });
    expect(remote.ran).toEqual([]);
  });

  test('a host without Portage is told so', async () => {
    const { done } = await plan(['rig-app/diamond'], 'no-such-package.stderr');
    await expect(done).rejects.toMatchObject({ code: 'SW6011' });
  });
});
