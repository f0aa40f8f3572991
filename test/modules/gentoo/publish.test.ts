import { copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import publish from '../../../modules/gentoo/binhost_publish.ts';
import fetch from '../../../modules/gentoo/binpkg_fetch.ts';
import { SwarmError } from '../../../src/index.ts';
import { createLocalHost, cutAfter, driveModule, type LocalHostOptions } from '../local-host.ts';
import { basePackage, fixturePath } from '../module-cases.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-publish-'));
  await mkdir(join(dir, 'pkgdir'));
  await copyFile(fixturePath('base-1.0-r1-1.gpkg.tar'), join(dir, 'pkgdir/base.gpkg.tar'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const staged = () => join(dir, 'staging/drone/rig-libs/base-1.0-r1-1.gpkg.tar');
const built = async (other: Record<string, unknown> = {}) => ({
  ...(await basePackage()),
  path: join(dir, 'pkgdir/base.gpkg.tar'),
  ...other,
});

async function bring(other: Record<string, unknown> = {}, options: LocalHostOptions = {}) {
  const remote = createLocalHost(dir, options);
  const done = await driveModule(fetch.run(remote, fetch.args.parse({ files: [await built(other)] })), remote);
  return { remote, result: done.result as { files: readonly Record<string, unknown>[] } };
}

describe('binpkg_fetch', () => {
  test('the staged name is made of what was asked for, not of what the host calls it', async () => {
    const { result } = await bring();
    expect(result.files).toMatchObject([{ staged: staged(), host: 'drone', buildId: 1 }]);
    expect(Buffer.compare(await readFile(staged()), await readFile(fixturePath('base-1.0-r1-1.gpkg.tar')))).toBe(0);
  });

  test('a stream that breaks anywhere is continued there', async () => {
    const { size } = await basePackage();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: size - 1 }), { minLength: 1, maxLength: 3 }), async (cuts) => {
        await rm(join(dir, 'staging'), { recursive: true, force: true });
        const left = [...cuts];
        const onOpen = (bytes: NodeJS.ReadableStream) => {
          const cut = left.shift();
          return cut === undefined ? bytes : Readable.from(cutAfter(bytes, cut));
        };
        await bring({}, { onOpen });
        expect((await lstat(staged())).size).toBe(size);
      }),
      { numRuns: 12 },
    );
  });

  test('a host that sends a byte and stops, again and again, does not keep the transfer', async () => {
    const onOpen = (bytes: NodeJS.ReadableStream) => Readable.from(cutAfter(bytes, 1));
    await expect(bring({}, { onOpen })).rejects.toMatchObject({ code: 'SW4002', message: expect.stringMatching(/ends after \d of /) });
  });

  test('what an earlier try left is not fetched again', async () => {
    const whole = await readFile(fixturePath('base-1.0-r1-1.gpkg.tar'));
    await mkdir(join(dir, 'staging/drone/rig-libs'), { recursive: true });
    await writeFile(`${staged()}.part`, whole.subarray(0, 6000));
    const { remote } = await bring();
    expect(remote.ran.filter(({ how }) => how === 'open').map(({ argv }) => argv[2])).toEqual(['+6001']);
  });

  test('wrong bytes that an earlier try left are thrown away, and all is fetched once more', async () => {
    await mkdir(join(dir, 'staging/drone/rig-libs'), { recursive: true });
    await writeFile(`${staged()}.part`, Buffer.alloc(6000, 1));
    const { remote } = await bring();
    expect(remote.ran.filter(({ how }) => how === 'open').map(({ argv }) => argv[2])).toEqual(['+6001', '+1']);
  });

  test.each([
    ['another hash than declared', { sha256: '0'.repeat(64) }, 'SW4001'],
    ['more bytes than declared', { size: 5000 }, 'SW4001'],
    ['fewer bytes than declared', { size: 20_000 }, 'SW4002'],
  ])('%s: nothing stays behind', async (_, other, code) => {
    await expect(bring(other)).rejects.toMatchObject({ code });
    expect(await readdir(join(dir, 'staging/drone/rig-libs'))).toEqual([]);
  });

  test.each([
    ['other bytes', { sha256: '0'.repeat(64) }],
    ['no file', { path: '/none/base.gpkg.tar' }],
  ])(
    'the job of a build whose package is no longer what was declared is forgotten, so the next attempt builds anew: %s',
    async (_, other) => {
      const remote = createLocalHost(dir);
      const forget = vi.spyOn(remote.jobs, 'forget');
      const files = [await built({ job: 'built', ...other })];
      await expect(driveModule(fetch.run(remote, fetch.args.parse({ files })), remote)).rejects.toThrow();
      expect(forget.mock.calls).toEqual([['built']]);
    },
  );

  test.each([
    ['SW6051', ['built']],
    ['SW6002', ['built']],
    ['SW2005', []],
  ] as const)('after %s the jobs that are forgotten are %j', async (code, forgotten) => {
    const remote = createLocalHost(dir, {
      onOpen: () => {
        throw new SwarmError(code, 'hardly a byte came');
      },
    });
    const forget = vi.spyOn(remote.jobs, 'forget');
    const files = [await built({ job: 'built' })];
    await expect(driveModule(fetch.run(remote, fetch.args.parse({ files })), remote)).rejects.toMatchObject({ code });
    expect(forget.mock.calls.flat()).toEqual(forgotten);
  });

  test('a package for which this machine has no room is refused before a byte of it comes', async () => {
    const remote = createLocalHost(dir);
    const files = [await built({ size: 2 ** 52 })];
    await expect(driveModule(fetch.run(remote, fetch.args.parse({ files })), remote)).rejects.toMatchObject({
      code: 'SW4009',
      host: 'drone',
    });
    expect(remote.ran).toEqual([]);
  });

  test('a file that is gone on the host is told with what the host said', async () => {
    await expect(bring({ path: join(dir, 'pkgdir/gone.gpkg.tar') })).rejects.toMatchObject({ code: 'SW4002', message: /No such file/ });
  });

  test('a link in the place of the part is not followed', async () => {
    await mkdir(join(dir, 'staging/drone/rig-libs'), { recursive: true });
    await writeFile(join(dir, 'victim'), 'keep');
    await symlink(join(dir, 'victim'), `${staged()}.part`);
    await expect(bring()).rejects.toMatchObject({ code: 'SW5003' });
    expect(await readFile(join(dir, 'victim'), 'utf8')).toBe('keep');
  });

  test.each([
    ['a name that climbs', { cpv: '../../etc/passwd-1' }],
    ['a host that is a path', { host: '../x' }],
  ])('%s is refused', async (_, other) => {
    await expect(bring(other)).rejects.toMatchObject({ code: expect.stringMatching(/^SW12/) });
  });

  test.each(['relative.gpkg.tar', '/etc/shadow', '/x\n.xpak'])('the path %j is refused', async (path) => {
    expect(fetch.args.safeParse({ files: [await built({ path })] }).success).toBe(false);
  });
});

describe('binhost_publish', () => {
  const enter = async (files: unknown) => {
    const remote = createLocalHost(dir, { jobId: 'K7QX-base-drone-1' });
    return { ...(await driveModule(publish.run(remote, publish.args.parse({ files })), remote)), told: remote.notices };
  };

  test('the package is in the index, told, and written down with run and host', async () => {
    const toolchain = { glibc: '2.42', gcc: '15' };
    const { result } = await bring({ toolchain });
    const { result: published, told } = await enter(result.files);
    expect(published).toMatchObject({ published: [{ cpv: 'rig-libs/base-1.0-r1', path: 'rig-libs/base/base-1.0-r1-1.gpkg.tar' }] });
    expect(told).toMatchObject([{ type: 'package.published', cpv: 'rig-libs/base-1.0-r1' }]);
    expect(await readFile(join(dir, 'binhost/Packages'), 'utf8')).toContain('PATH: rig-libs/base/base-1.0-r1-1.gpkg.tar\n');
    const provenance = join(dir, 'binhost/.swarm/provenance/rig-libs/base/base-1.0-r1-1.gpkg.tar.json');
    expect(JSON.parse(await readFile(provenance, 'utf8'))).toMatchObject({ run: 'K7QX', host: 'drone', toolchain });
  });

  test('one byte off, and clients see nothing', async () => {
    const { result } = await bring();
    const bytes = await readFile(staged());
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    await writeFile(staged(), bytes);
    await expect(enter(result.files)).rejects.toMatchObject({ code: expect.stringMatching(/^SW400/) });
    await expect(lstat(join(dir, 'binhost/Packages'))).rejects.toThrow();
  });

  const planned = {
    ...{
      id: 'rig-libs/base-1.0-r1',
      target: 'default',
      drones: ['drone'],
      cpv: 'rig-libs/base-1.0-r1',
      slot: '0',
      subSlot: '1',
      repo: 'rig',
    },
    ...{ eapi: '8', use: [], iuse: [], restrict: [], flags: {}, needs: [], dependencies: [], builtWith: [], base: [], ignored: [] },
    ...{ reason: 'new', because: 'wanted' },
  };
  const enterItem = async (item: object) => {
    const { result } = await bring();
    const remote = createLocalHost(dir, { jobId: 'K7QX-base-drone-1' });
    return driveModule(publish.run(remote, publish.args.parse({ files: result.files, item })), remote);
  };

  test('a package that is as planned is published', async () => {
    expect((await enterItem(planned)).result).toMatchObject({ published: [{ cpv: 'rig-libs/base-1.0-r1' }] });
  });

  test.each([
    ['USE', { use: ['gui'], iuse: ['gui'] }, 'SW4008'],
    ['repository', { repo: 'gentoo' }, 'SW4008'],
    ['sub-slot', { subSlot: '2' }, 'SW4008'],
    ['name', { cpv: 'rig-libs/other-1.0' }, 'SW4005'],
  ])('a package with another %s than planned is not published, and its staged copy goes', async (_, changed, code) => {
    await expect(enterItem({ ...planned, ...changed })).rejects.toMatchObject({ code });
    await expect(lstat(join(dir, 'binhost/Packages'))).rejects.toThrow();
    await expect(lstat(staged())).rejects.toThrow();
  });

  test('nothing to publish is not a change', async () => {
    expect((await enter([])).changes).toEqual([]);
  });
});
