import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkBinhost } from '../../../src/gentoo/binhost/check-binhost.ts';
import { collectGarbage } from '../../../src/gentoo/binhost/collect-garbage.ts';
import { listGenerations, rollBackIndex } from '../../../src/gentoo/binhost/generations.ts';
import { readBinhostIndex } from '../../../src/gentoo/binhost/index-file.ts';
import { readProvenance } from '../../../src/gentoo/binhost/provenance.ts';
import { type Candidate, publishPackages, stagePackage, type Verified, verifyPackages } from '../../../src/gentoo/binhost/publish.ts';
import type { BinhostStore } from '../../../src/gentoo/binhost/store/binhost-store.ts';
import { diskStore } from '../../../src/gentoo/binhost/store/disk-store.ts';
import { createPreviewStore } from '../../../src/gentoo/binhost/store/preview-store.ts';
import { remoteStore } from '../../../src/gentoo/binhost/store/remote-store.ts';
import { cases } from '../../setup/cases.ts';
import { METADATA, soundMembers, tar } from '../gpkg-builder.ts';
import { localRemote } from '../local-remote.ts';
import { candidateOf, candidates, fixtures, sample, sampleIndex, temporaryFolder } from '../samples.ts';

const origin = { run: 'K3ZP', host: 'drone-tarn', item: 'rig-libs/right-1.0' };
const kinds: readonly (readonly [string, (dir: string) => BinhostStore])[] = [
  ['this machine', diskStore],
  ['a host', (dir) => remoteStore(localRemote(), dir)],
];

async function put(store: BinhostStore, ...all: readonly Candidate[]): ReturnType<typeof publishPackages> {
  const staged = [];
  for (const one of all) staged.push(await stagePackage(store, one));
  return await publishPackages(store, await verifyPackages(store, staged), origin);
}

const right = sample('gpkg-multi', 'right-1.0-1.gpkg.tar');
const base = sample('gpkg-multi', 'base-1.0-r1-1.gpkg.tar');

describe.each(kinds)('publishing to %s', (_, open) => {
  test('a client finds what it needs: index, compressed index, files, times', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    const result = await put(store, right, base);
    expect(result.generation).toBe(1);
    expect(result.published).toMatchObject([
      { cpv: 'rig-libs/right-1.0', path: 'rig-libs/right/right-1.0-1.gpkg.tar', sha256: right.sha256, already: false },
      { cpv: 'rig-libs/base-1.0-r1', path: 'rig-libs/base/base-1.0-r1-1.gpkg.tar', already: false },
    ]);
    const index = await readBinhostIndex(store);
    const stamp = Number(index.header.get('TIMESTAMP'));
    expect(gunzipSync(readFileSync(join(dir, 'Packages.gz'))).toString()).toBe(readFileSync(join(dir, 'Packages'), 'utf8'));
    for (const file of ['Packages', 'Packages.gz']) expect(statSync(join(dir, file)).mtimeMs).toBe(stamp * 1000);
    expect(index.packages.map((stanza) => stanza.get('CPV'))).toEqual(['rig-libs/base-1.0-r1', 'rig-libs/right-1.0']);
    for (const stanza of index.packages) {
      const path = stanza.get('PATH') ?? '';
      expect(stanza.get('MTIME')).toBe(String(statSync(join(dir, path)).mtimeMs / 1000));
      for (const key of ['SIZE', 'MD5', 'SHA1', 'BUILD_ID', 'BUILD_TIME', 'CHOST']) expect(stanza.get(key)).toMatch(/./);
    }
    expect(await checkBinhost(store, { deep: true })).toMatchObject({ packages: 2, files: 2, findings: [] });
    expect(readdirSync(join(dir, '.swarm/stage'))).toEqual([]);
  });

  test('where each package comes from is kept beside it', async () => {
    const store = open(temporaryFolder());
    await put(store, sample('gpkg-multi', 'flagged-1.0-2.gpkg.tar'));
    expect(await readProvenance(store, 'rig-app/flagged/flagged-1.0-2.gpkg.tar')).toMatchObject({
      run: 'K3ZP',
      host: 'drone-tarn',
      cpv: 'rig-app/flagged-1.0',
      use: ['amd64', 'extra', 'gui', 'rig_targets_r3_11'],
      sha256: sample('gpkg-multi', 'flagged-1.0-2.gpkg.tar').sha256,
    });
  });

  test('each index is stamped at least 6 s after the last, or clients would not see it', async () => {
    const store = open(temporaryFolder());
    const stamps: number[] = [];
    for (const one of [right, base, sample('gpkg-multi', 'left-1.0-1.gpkg.tar')]) {
      await put(store, one);
      stamps.push(Number((await readBinhostIndex(store)).header.get('TIMESTAMP')));
    }
    expect((stamps[1] ?? 0) - (stamps[0] ?? 0)).toBeGreaterThanOrEqual(6);
    expect((stamps[2] ?? 0) - (stamps[1] ?? 0)).toBeGreaterThanOrEqual(6);
  });

  test('the same bytes again change nothing', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    await put(store, right);
    const before = readFileSync(join(dir, 'Packages'), 'utf8');
    expect(await put(store, right)).toMatchObject({ generation: 1, published: [{ already: true }] });
    expect(readFileSync(join(dir, 'Packages'), 'utf8')).toBe(before);
  });

  test('when publishing fails after the checks, no staged copy stays', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    const { published } = await put(store, right);
    rmSync(join(dir, published[0]?.path ?? ''));
    await expect(put(store, base)).rejects.toThrow(expect.objectContaining({ code: 'SW4006' }));
    expect(readdirSync(join(dir, '.swarm/stage'))).toEqual([]);
  });

  test('other bytes never take a published name: the second build gets the next one', async () => {
    const store = open(temporaryFolder());
    const dir = temporaryFolder();
    const other = join(dir, 'right-1.0-1.gpkg.tar');
    const values = { ...METADATA, CATEGORY: 'rig-libs\n', PF: 'right-1.0\n', BUILD_TIME: '1795299999\n' };
    writeFileSync(other, tar(soundMembers(values, 'right-1.0-1')));
    await put(store, right);
    const second = await put(store, candidateOf(other, 'rig-libs/right-1.0'));
    expect(second.published[0]?.path).toBe('rig-libs/right/right-1.0-2.gpkg.tar');
    expect(await store.digest('rig-libs/right/right-1.0-1.gpkg.tar', 'sha256')).toBe(right.sha256);
    expect(await checkBinhost(store, { deep: true })).toMatchObject({ packages: 2, findings: [] });
  });
});

test('an index of Portage is carried on: its header and entries stay as they are', async () => {
  const dir = temporaryFolder();
  cpSync(join(fixtures, 'gpkg-multi'), dir, { recursive: true });
  const store = diskStore(dir);
  const before = await readBinhostIndex(store);
  await put(store, sample('xpak-multi', 'tool-a-1.0-1.xpak'));
  const after = await readBinhostIndex(store);
  expect(after.packages).toHaveLength(before.packages.length + 1);
  expect(after.header.get('CHOST')).toBe('x86_64-pc-linux-gnu');
  for (const stanza of before.packages) expect(after.packages.map((one) => [...one])).toContainEqual([...stanza]);
  // What was there before swarm is a generation too.
  expect(await listGenerations(store)).toMatchObject([{ packages: 10 }, { packages: 11, current: true }]);
});

test('packages without a BUILD_ID get one, and a name of their own', async () => {
  const store = diskStore(temporaryFolder());
  const result = await put(store, sample('gpkg-single', 'slotted-1.0.gpkg.tar'), sample('xpak-single', 'slotted-1.0.tbz2'));
  expect(result.published.map(({ path }) => path)).toEqual([
    'rig-libs/slotted/slotted-1.0-1.gpkg.tar',
    'rig-libs/slotted/slotted-1.0-1.xpak',
  ]);
  expect((await readBinhostIndex(store)).packages.map((stanza) => stanza.get('BUILD_ID'))).toEqual(['1', '1']);
});

describe('nothing is published', () => {
  const refusal = async (candidate: Candidate, code: string): Promise<void> => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    await expect(put(store, base, candidate)).rejects.toThrow(expect.objectContaining({ code }));
    expect(existsSync(join(dir, 'Packages'))).toBe(false);
    expect(readdirSync(join(dir, '.swarm/stage'))).toEqual([]);
    expect(existsSync(candidate.file)).toBe(true);
  };
  const spoilt = (change: (file: string) => void): Candidate => {
    const file = join(temporaryFolder(), 'right-1.0-1.gpkg.tar');
    cpSync(right.file, file);
    chmodSync(file, 0o644);
    change(file);
    return { ...right, file };
  };

  test('of a file that was cut', () =>
    refusal(
      spoilt((file) => truncateSync(file, 5000)),
      'SW4002',
    ));
  test('of a file with more bytes than declared', () =>
    refusal(
      spoilt((file) => writeFileSync(file, 'x', { flag: 'a' })),
      'SW4001',
    ));
  test('of a file whose sound bytes are not those declared', () => refusal({ ...right, sha256: '0'.repeat(64) }, 'SW4001'));
  test('of another package than asked for', () => refusal({ ...right, cpv: 'rig-libs/left-1.0' }, 'SW4005'));
  test('of another build than asked for', () => refusal({ ...right, buildId: 7 }, 'SW4005'));
  test('of a package with RESTRICT=bindist', () => refusal(sample('gpkg-multi', 'restricted-1.0-1.gpkg.tar'), 'SW4007'));
  test('of what is not a package', () => {
    const file = spoilt((path) => writeFileSync(path, Buffer.alloc(10240, 'x'))).file;
    return refusal(candidateOf(file, right.cpv), 'SW4003');
  });
  test('of what verify has not made', async () => {
    const store = diskStore(temporaryFolder());
    await expect(publishPackages(store, { files: [] } as unknown as Verified, origin)).rejects.toThrow();
  });
});

test('of many damaged transfers none is taken', async () => {
  const store = diskStore(temporaryFolder());
  const file = join(temporaryFolder(), 'right-1.0-1.gpkg.tar');
  const good = readFileSync(right.file);
  const damage = fc.oneof(
    fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
    fc
      .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, mask]) => Buffer.from(good.map((byte, i) => (i === at ? byte ^ mask : byte)))),
    fc.tuple(fc.nat(19), fc.nat(19)).map(([a, b]) => swapBlocks(good, a, b)),
    fc.nat(good.length).map((at) => Buffer.concat([good.subarray(0, at), good.subarray(Math.max(0, at - 512))])),
  );
  await fc.assert(
    fc.asyncProperty(
      damage.filter((bad) => !bad.equals(good)),
      async (bad) => {
        writeFileSync(file, bad);
        const staged = await stagePackage(store, { ...right, file });
        await expect(verifyPackages(store, [staged])).rejects.toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^SW400[123]$/) }),
        );
      },
    ),
    { numRuns: cases(1000) },
  );
}, 60_000);

test('a copy that the disk spoils after staging is not published', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  const staged = await stagePackage(store, right);
  writeFileSync(join(dir, staged.path), 'X', { flag: 'r+' });
  await expect(verifyPackages(store, [staged])).rejects.toThrow(expect.objectContaining({ code: 'SW4001' }));
});

test('an index that lists what is not there is not built upon', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  await put(store, right, base);
  await store.remove('rig-libs/base/base-1.0-r1-1.gpkg.tar');
  expect((await checkBinhost(store)).findings).toMatchObject([
    { kind: 'missing', path: 'rig-libs/base/base-1.0-r1-1.gpkg.tar', harmful: true },
  ]);
  await expect(put(store, sample('gpkg-multi', 'left-1.0-1.gpkg.tar'))).rejects.toThrow(expect.objectContaining({ code: 'SW4006' }));
  expect(await collectGarbage(store)).toMatchObject({ dropped: ['rig-libs/base/base-1.0-r1-1.gpkg.tar'] });
  await put(store, sample('gpkg-multi', 'left-1.0-1.gpkg.tar'));
  expect((await checkBinhost(store)).findings).toEqual([]);
});

test('a preview of the garbage collection finds what the real one does, and changes nothing', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  await put(store, right, base);
  await put(store, sample('gpkg-multi', 'left-1.0-1.gpkg.tar'));
  for (const generation of [3, 4]) await rollBackIndex(store, generation - 2);
  await put(store, sample('gpkg-multi', 'left-1.0-1.gpkg.tar'));
  await store.remove('rig-libs/base/base-1.0-r1-1.gpkg.tar');
  const look = () =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const { size, mtimeMs, ino } = statSync(join(dir, name));
        return [name, size, mtimeMs, ino];
      });
  const before = look();
  const later = { now: Math.floor(Date.now() / 1000) + 60 * 3600 };
  const preview = await collectGarbage(createPreviewStore(store), later);
  expect(look()).toEqual(before);
  expect(preview.dropped).toEqual(['rig-libs/base/base-1.0-r1-1.gpkg.tar']);
  expect(preview.generations.length).toBeGreaterThan(0);
  expect(preview).toEqual(await collectGarbage(store, later));
});

test('check sees a file cut, a byte turned, a stray, a stale Packages.gz', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  await put(store, right, base);
  const file = join(dir, 'rig-libs/right/right-1.0-1.gpkg.tar');
  const { mtime } = statSync(file);
  writeFileSync(file, 'X', { flag: 'r+' });
  utimesSync(file, mtime, mtime);
  expect((await checkBinhost(store)).findings).toEqual([]);
  expect((await checkBinhost(store, { deep: true })).findings.map(({ kind }) => kind)).toEqual(['digest', 'digest', 'digest']);
  truncateSync(file, 100);
  writeFileSync(join(dir, 'rig-libs/right/right-1.0-9.gpkg.tar'), '');
  writeFileSync(join(dir, 'Packages.gz'), 'old');
  expect((await checkBinhost(store)).findings.map(({ kind }) => kind)).toEqual(['gz', 'short', 'stray']);
});

test.each([
  ['SLOT', 'SLOT: 9'],
  ['USE', 'USE: amd64 evil'],
  ['KEYWORDS', 'KEYWORDS: ~amd64'],
  ['RDEPEND', 'RDEPEND: rig-libs/none'],
  ['BUILD_TIME', 'BUILD_TIME: 4000000000'],
  ['CPV', 'CPV: rig-libs/right-9.0'],
  ['RDEPEND', ''],
])('an entry whose %s was changed by hand is found, and gc corrects it', async (key, line) => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  await put(store, right);
  const index = join(dir, 'Packages');
  const sound = readFileSync(index, 'utf8');
  const [header = '', entry = ''] = sound.split('\n\n');
  const lines = entry.split('\n').filter((each) => !each.startsWith(`${key}:`));
  writeFileSync(index, `${header}\n\n${[...lines, line].filter((each) => each !== '').join('\n')}\n\n`);
  const path = 'rig-libs/right/right-1.0-1.gpkg.tar';
  const deep = async () => (await checkBinhost(store, { deep: true })).findings.filter(({ kind }) => kind !== 'gz');
  expect(await deep()).toMatchObject([{ kind: 'changed', path, harmful: true, text: expect.stringContaining(`${key} is `) }]);
  expect(await collectGarbage(store)).toMatchObject({ corrected: [path], dropped: [] });
  expect(readFileSync(index, 'utf8').split('\n\n')[1]).toBe(entry);
  expect(await deep()).toEqual([]);
});

test('a CHOST in the header that was changed by hand is found in each entry that inherits it', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  writeFileSync(
    join(dir, 'Packages'),
    sampleIndex('gpkg-multi')
      .text.split('\n\n')[0]
      ?.replace(/^PACKAGES: .*/m, 'PACKAGES: 0')
      .concat('\n\n') ?? '',
  );
  await put(store, right);
  const index = join(dir, 'Packages');
  writeFileSync(index, readFileSync(index, 'utf8').replace(/^CHOST: .*/m, 'CHOST: aarch64-pc-linux-gnu'));
  const { findings } = await checkBinhost(store, { deep: true });
  expect(findings.find(({ kind }) => kind === 'changed')?.text).toContain('CHOST is "aarch64-pc-linux-gnu" in the index');
  await collectGarbage(store);
  expect((await readBinhostIndex(store)).packages[0]?.get('CHOST')).toBe('x86_64-pc-linux-gnu');
});

describe('generations', () => {
  test('rollback brings back the entries of before, under a newer stamp', async () => {
    const store = diskStore(temporaryFolder());
    await put(store, right);
    await put(store, base);
    const before = Number((await readBinhostIndex(store)).header.get('TIMESTAMP'));
    expect(await rollBackIndex(store)).toEqual({ from: 2, to: 1, generation: 3, held: [], left: ['rig-libs/base-1.0-r1'] });
    const index = await readBinhostIndex(store);
    expect(index.packages.map((stanza) => stanza.get('CPV'))).toEqual(['rig-libs/right-1.0']);
    expect(Number(index.header.get('TIMESTAMP'))).toBeGreaterThanOrEqual(before + 6);
    expect((await checkBinhost(store)).findings.filter(({ harmful }) => harmful)).toEqual([]);
  });

  test('a second rollback goes further back, and one after a change goes back by that change', async () => {
    const store = diskStore(temporaryFolder());
    await put(store, right);
    await put(store, base);
    await rollBackIndex(store);
    await expect(rollBackIndex(store)).rejects.toMatchObject({ code: 'SW1203', hint: expect.stringContaining('binhost status') });
    await put(store, base);
    expect(await rollBackIndex(store)).toMatchObject({ from: 4, to: 3, generation: 5 });
    await expect(rollBackIndex(store)).rejects.toMatchObject({ code: 'SW1203' });
  });

  test('a rollback repairs a damaged index', async () => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    await put(store, right);
    writeFileSync(join(dir, '.broken'), 'CPV: half');
    await store.rename('.broken', 'Packages');
    expect(await rollBackIndex(store)).toMatchObject({ to: 1 });
    expect((await readBinhostIndex(store)).packages).toHaveLength(1);
  });

  test('an index that was lost is restored, and no new one takes its place', async () => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    await put(store, right);
    await store.remove('Packages');
    await expect(put(store, base)).rejects.toMatchObject({ code: 'SW4006', hint: expect.stringContaining('swarm binhost rollback') });
    expect((await checkBinhost(store)).findings).toMatchObject([{ kind: 'invalid', path: 'Packages', harmful: true }]);
    expect(await rollBackIndex(store)).toMatchObject({ from: 1, to: 1, generation: 2 });
    expect((await checkBinhost(store)).findings).toEqual([]);
  });

  test('a folder of another program that has Packages.gz alone is not taken for an empty binhost', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'Packages.gz'), 'its index');
    await expect(put(diskStore(dir), base)).rejects.toMatchObject({
      code: 'SW4006',
      hint: expect.stringContaining('gunzip -k Packages.gz'),
    });
  });

  test('what is written into the index in its folder does not reach the generation that a rollback restores', async () => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    await put(store, right);
    appendFileSync(join(dir, 'Packages'), '\n');
    expect((await checkBinhost(store)).findings.map(({ kind }) => kind)).toEqual(['invalid']);
    expect(await rollBackIndex(store)).toMatchObject({ from: 1, to: 1, generation: 2 });
    expect((await checkBinhost(store)).findings).toEqual([]);
  });

  test('a generation that an older version linked to the index becomes a file of its own, and a damaged one is passed over', async () => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    const generation = join(dir, '.swarm/generations/000001');
    await put(store, right);
    rmSync(generation);
    linkSync(join(dir, 'Packages'), generation);
    await collectGarbage(store);
    expect(statSync(generation).nlink).toBe(1);
    await put(store, base);
    writeFileSync(join(dir, '.swarm/generations/000002'), 'CPV: half');
    writeFileSync(join(dir, 'Packages'), 'CPV: half');
    expect(await rollBackIndex(store)).toMatchObject({ to: 1 });
  });

  test('a check names a published file that has another name', async () => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    await put(store, right);
    linkSync(join(dir, 'rig-libs/right/right-1.0-1.gpkg.tar'), join(dir, 'copy'));
    expect((await checkBinhost(store)).findings).toMatchObject([
      { kind: 'linked', path: 'rig-libs/right/right-1.0-1.gpkg.tar', harmful: false },
    ]);
  });

  test('rollback refuses a generation whose files are gone, and one that is not kept', async () => {
    const store = diskStore(temporaryFolder());
    await put(store, right);
    await put(store, base);
    await expect(rollBackIndex(store, 9)).rejects.toThrow(expect.objectContaining({ code: 'SW1203' }));
    await store.remove('rig-libs/right/right-1.0-1.gpkg.tar');
    await collectGarbage(store);
    await expect(rollBackIndex(store, 1)).rejects.toThrow(expect.objectContaining({ code: 'SW4006' }));
  });

  test('gc waits for the grace time, keeps what the last three generations list, and keeps files of others', async () => {
    const dir = temporaryFolder();
    const store = diskStore(dir);
    for (const one of candidates('gpkg-multi').filter(({ cpv }) => /diamond|tool-a|left/.test(cpv))) await put(store, one);
    await rollBackIndex(store, 1);
    writeFileSync(join(dir, 'rig-libs/left/stranger-1-1.gpkg.tar'), 'x');
    const gone = 'rig-libs/left/left-1.0-1.gpkg.tar';
    const later = Math.floor(Date.now() / 1000) + 49 * 3600;
    expect(await collectGarbage(store)).toMatchObject({ removed: [], generations: [] });
    expect(await collectGarbage(store, { now: later })).toMatchObject({ removed: [], generations: [1] });
    for (const one of candidates('gpkg-multi').filter(({ cpv }) => /base|right|slotted/.test(cpv))) await put(store, one);
    const result = await collectGarbage(store, { now: later });
    expect(result.removed).toEqual(['rig-dev/tool-a/tool-a-1.0-1.gpkg.tar', gone].sort());
    expect(result.freed).toBe(20480);
    expect(existsSync(join(dir, gone))).toBe(false);
    expect(existsSync(join(dir, 'rig-libs/left/stranger-1-1.gpkg.tar'))).toBe(true);
    expect((await checkBinhost(store, { deep: true })).findings.filter(({ harmful }) => harmful)).toEqual([]);
  });
});

test('gc takes out of the index what a newer build of the same package replaces, and keeps its file for the grace time', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  const rebuilt = (values: Readonly<Record<string, string>>): Candidate => {
    const file = join(temporaryFolder(), 'right-1.0-1.gpkg.tar');
    writeFileSync(file, tar(soundMembers({ ...METADATA, CATEGORY: 'rig-libs\n', PF: 'right-1.0\n', ...values }, 'right-1.0-1')));
    return candidateOf(file, 'rig-libs/right-1.0');
  };
  for (const time of ['1795299991', '1795299992', '1795299993']) await put(store, rebuilt({ BUILD_TIME: `${time}\n` }));
  await put(store, rebuilt({ BUILD_TIME: '1795299990\n', RDEPEND: 'rig-libs/base:0/2=\n' }));
  const listed = async () => (await readBinhostIndex(store)).packages.map((stanza) => stanza.get('PATH')).sort();
  const [first, second, ...kept] = await listed();
  expect(await collectGarbage(store)).toMatchObject({ superseded: [first, second], removed: [] });
  expect(await listed()).toEqual(kept);
  expect(kept).toHaveLength(2);
  expect(existsSync(join(dir, first ?? ''))).toBe(true);
  expect((await checkBinhost(store)).findings.filter(({ harmful }) => harmful)).toEqual([]);
  expect(await collectGarbage(store)).toMatchObject({ superseded: [] });
});

test('eight publishers at once lose nothing', async () => {
  const dir = temporaryFolder();
  const all = candidates('gpkg-multi').filter(({ cpv }) => !cpv.includes('restricted'));
  await Promise.all(all.map((one) => put(diskStore(dir), one)));
  const report = await checkBinhost(diskStore(dir), { deep: true });
  expect(report).toMatchObject({ packages: all.length, findings: [] });
});

function swapBlocks(good: Buffer, a: number, b: number): Buffer {
  const bad = Buffer.from(good);
  good.copy(bad, a * 512, b * 512, b * 512 + 512);
  good.copy(bad, b * 512, a * 512, a * 512 + 512);
  return bad;
}
