import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import emergeUpdate from '../../../modules/gentoo/emerge_update.ts';
import { driveModule } from '../local-host.ts';
import { clientNeeds, moduleCases, withEmerge } from '../module-cases.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-update-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openClient = async () => (await moduleCases['emerge_update']?.(dir))?.remote as Awaited<ReturnType<typeof withEmerge>>;

test('upgrades @world from binaries alone, and reports what is missing with the reason', async () => {
  const remote = await openClient();
  const { result } = await driveModule(emergeUpdate.run(remote, { options: [] }), remote);
  expect(result).toEqual({
    target: 'default',
    updates: [{ cpv: 'rig-libs/base-1.0-r1', from: 'rig-libs/base-1.0' }],
    summary: [
      'from the binhost: rig-libs/base-1.0-r1',
      'not on the binhost: rig-app/diamond-1.0: not built: the binhost has no version of it',
      `To see why a package is not built, run: swarm why CATEGORY/NAME --for ${remote.host.name}`,
    ].join('\n'),
    missing: [{ cpv: 'rig-app/diamond-1.0', reason: 'not built', because: 'the binhost has no version of it' }],
  });
  const asked = await readFile(join(dir, 'state', 'asked'), 'utf8');
  expect(asked).toMatch(/--getbinpkgonly --binpkg-respect-use=y --update --deep --newuse .*@world/);
});

test('an upgrade that emerge refuses installs nothing and names what is missing', async () => {
  const remote = await openClient();
  const take = { success: false, status: 1, messages: 'emerge: there are no binary packages to satisfy "rig-libs/left".', packages: [] };
  await writeFile(join(dir, 'state', 'needs'), JSON.stringify({ ...clientNeeds, take }));
  const failed = driveModule(emergeUpdate.run(remote, { options: [] }), remote);
  await expect(failed).rejects.toMatchObject({ detail: expect.stringContaining('rig-app/diamond-1.0: not built') });
  expect(remote.ran.some(({ how }) => how === 'exec')).toBe(false);
});

test('a host that is not a client is refused', async () => {
  const remote = await withEmerge(dir);
  await expect(driveModule(emergeUpdate.run(remote, { options: [] }), remote)).rejects.toMatchObject({
    code: 'SW1203',
    message: 'drone is not a client of a target',
  });
});

describe('a package that was built with a newer gcc or glibc than the client has', () => {
  const CPV = 'rig-libs/base-1.0-r1';
  /** One package on the binhost, which needs libstdc++ and was built with gcc 15. */
  const publish = async (stanza: Readonly<Record<string, string>>, toolchain: object, flags: readonly string[] = []) => {
    const lines = Object.entries({ CPV, PATH: 'base.gpkg.tar', ...stanza }).map(([key, value]) => `${key}: ${value}\n`);
    await mkdir(join(dir, 'binhost/.swarm/provenance'), { recursive: true });
    await writeFile(join(dir, 'binhost/Packages'), `PACKAGES: 1\nTIMESTAMP: 1\nVERSION: 0\n\n${lines.join('')}\n`);
    await writeFile(join(dir, 'binhost/.swarm/provenance/base.gpkg.tar.json'), JSON.stringify({ sha256: '0', toolchain, flags }));
  };
  const cxx = { REQUIRES: 'x86_64: libc.so.6 libstdc++.so.6', RDEPEND: '>=sys-libs/glibc-2.41' };
  const plain = { REQUIRES: 'x86_64: libc.so.6' };
  const gcc = { ...clientNeeds.take.packages[0], cpv: 'sys-devel/gcc-15.2.0', cp: 'sys-devel/gcc', installed: null };
  const [newer, own] = [
    { glibc: '2.41', gcc: '15' },
    { glibc: '2.40', gcc: '14' },
  ];
  test.each([
    ['-march=x86-64-v3', ['avx', 'sse4_2'], true],
    ['-march=x86-64-v3 -march=x86-64', ['avx'], false],
    ['-march=armv8-a', ['asimd'], false],
    ['-march=x86-64-v3', [], false],
  ])('what was built with %s, on a processor with %j', async (flags, cpuFlags, isRefused) => {
    const remote = await openClient();
    await publish(plain, {}, ['-O2', `-O2 ${flags}`]);
    await writeFile(join(dir, 'state', 'needs'), JSON.stringify({ ...clientNeeds, cpuFlags }));
    const { result } = await driveModule(emergeUpdate.run(remote, { options: [] }), remote);
    const because = 'it was built for x86-64-v3, and the processor of drone lacks cx16 ';
    const refused = expect.objectContaining({ cpv: CPV, reason: 'not accepted', because: expect.stringContaining(because) });
    const { missing } = result as { readonly missing: readonly object[] };
    expect(missing).toEqual(isRefused ? expect.arrayContaining([refused]) : expect.not.arrayContaining([refused]));
  });

  test.each([
    ['libstdc++ of gcc 15', cxx, newer, own, [], 'gcc 15, and drone has gcc 14'],
    ['libstdc++ of gcc 15, which is upgraded with it', cxx, newer, own, [gcc], undefined],
    ['libstdc++ of an older gcc', cxx, { ...newer, gcc: '9' }, own, [], undefined],
    ['no libstdc++, and glibc by a dependency, which Portage obeys', { ...plain, RDEPEND: cxx.RDEPEND }, newer, own, [], undefined],
    ['glibc without a dependency, as an old Portage builds it', plain, newer, own, [], 'glibc 2.41, and drone has glibc 2.40'],
    ['what an earlier swarm built', cxx, {}, own, [], undefined],
  ])('%s', async (_, stanza, built, toolchain, more, because) => {
    const remote = await openClient();
    await publish(stanza, built);
    const take = { ...clientNeeds.take, packages: [...clientNeeds.take.packages, ...more] };
    await writeFile(join(dir, 'state', 'needs'), JSON.stringify({ ...clientNeeds, take, toolchain }));
    const { result } = await driveModule(emergeUpdate.run(remote, { options: [] }), remote);
    const refused = (result as { readonly missing: readonly object[] }).missing.filter((one) => 'cpv' in one && one.cpv === CPV);
    expect(refused).toEqual(
      because === undefined ? [] : [{ cpv: CPV, reason: 'not accepted', because: expect.stringContaining(`it was built with ${because}`) }],
    );
    expect(remote.notices).toContainEqual(expect.objectContaining({ type: 'client.examined', missing: expect.arrayContaining(refused) }));
    expect(/--exclude=rig-libs\/base:0 @world/.test(await readFile(join(dir, 'state', 'asked'), 'utf8'))).toBe(because !== undefined);
  });
});
