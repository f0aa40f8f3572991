import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkBinhost } from '../../../src/gentoo/binhost/check-binhost.ts';
import { collectGarbage } from '../../../src/gentoo/binhost/collect-garbage.ts';
import { rollBackIndex } from '../../../src/gentoo/binhost/generations.ts';
import { HELD_PATH, readHeld } from '../../../src/gentoo/binhost/held-packages.ts';
import { readBinhostIndex } from '../../../src/gentoo/binhost/index-file.ts';
import { parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { type Candidate, publishPackages, stagePackage, verifyPackages } from '../../../src/gentoo/binhost/publish.ts';
import { releaseHeld } from '../../../src/gentoo/binhost/release-held.ts';
import { serveBinhost } from '../../../src/gentoo/binhost/serve/serve-binhost.ts';
import type { BinhostStore } from '../../../src/gentoo/binhost/store/binhost-store.ts';
import { diskStore } from '../../../src/gentoo/binhost/store/disk-store.ts';
import { remoteStore } from '../../../src/gentoo/binhost/store/remote-store.ts';
import { stride } from '../../setup/cases.ts';
import { METADATA, soundMembers, tar } from '../gpkg-builder.ts';
import { localRemote } from '../local-remote.ts';
import { candidateOf, temporaryFolder } from '../samples.ts';

/** A package and its item of the plan. */
function makeCandidate(cpv: string, slot: string, runtime = '', buildTime = 1): Candidate {
  const [category = '', pf = ''] = cpv.split('/');
  const file = join(temporaryFolder(), `${pf}-1.gpkg.tar`);
  const values = {
    ...METADATA,
    CATEGORY: `${category}\n`,
    PF: `${pf}\n`,
    SLOT: `${slot}\n`,
    RDEPEND: `${runtime}\n`,
    BUILD_TIME: `${buildTime}\n`,
  };
  writeFileSync(file, tar(soundMembers(values, `${pf}-1`)));
  const [main = '0', subSlot = main] = slot.split('/');
  return {
    ...candidateOf(file, cpv),
    expected: {
      ...{ cpv, slot: main, subSlot, repo: '', eapi: null, ebuild: null, use: [], iuse: [], flags: {}, builtWith: [] },
      ...{ base: [], ignored: [], host: 'drone-tarn' },
    },
  };
}

async function put(store: BinhostStore, ...all: readonly Candidate[]): ReturnType<typeof publishPackages> {
  const staged = [];
  for (const one of all) staged.push(await stagePackage(store, one));
  return await publishPackages(store, await verifyPackages(store, staged), { run: 'K3ZP', host: 'drone-tarn' });
}

const listed = async (store: BinhostStore): Promise<readonly string[]> =>
  (await readBinhostIndex(store)).packages.map((stanza) => `${stanza.get('CPV')} ${stanza.get('RDEPEND') ?? ''}`.trim());
const heldNow = async (store: BinhostStore): Promise<readonly string[]> =>
  (await readHeld(store, await readBinhostIndex(store))).map(({ stanza }) => stanza['CPV'] ?? '');

const app = () => makeCandidate('a/app-1', '0', 'a/lib');
const lib = () => makeCandidate('a/lib-1', '0');

test.each<readonly [string, (dir: string) => BinhostStore]>([
  ['this machine', diskStore],
  ['a host', (dir) => remoteStore(localRemote(), dir)],
])('on %s, a package whose run-time dependency is missing waits, and enters with it', async (_, open) => {
  const store = open(temporaryFolder());
  expect(await put(store, app())).toMatchObject({
    published: [],
    held: [{ cpv: 'a/app-1', path: 'a/app/app-1-1.gpkg.tar', needs: ['a/lib'] }],
    generation: 0,
  });
  expect(await store.read('Packages')).toBeUndefined();
  expect(await put(store, lib())).toMatchObject({
    published: [{ cpv: 'a/lib-1' }, { cpv: 'a/app-1', path: 'a/app/app-1-1.gpkg.tar', sha256: app().sha256 }],
    held: [],
    generation: 1,
  });
  expect(await listed(store)).toEqual(['a/app-1 a/lib', 'a/lib-1']);
  expect(await heldNow(store)).toEqual([]);
  expect((await checkBinhost(store, { deep: true })).findings).toEqual([]);
});

test('the same held package again changes nothing', async () => {
  const store = diskStore(temporaryFolder());
  await put(store, app());
  expect(await put(store, app())).toMatchObject({ published: [], held: [{ cpv: 'a/app-1' }] });
  expect(await heldNow(store)).toEqual(['a/app-1']);
});

test('a bumped library and its consumers enter in one generation', async () => {
  const store = diskStore(temporaryFolder());
  const build = (name: string, subSlot: string, time: number) => makeCandidate(`a/${name}-1`, '0', `a/icu:0/${subSlot}=`, time);
  await put(store, makeCandidate('a/icu-74', '0/74'), build('u1', '74', 1), build('u2', '74', 1));
  expect(await put(store, makeCandidate('a/icu-75', '0/75'))).toMatchObject({ published: [], generation: 1 });
  expect(await put(store, build('u1', '75', 2))).toMatchObject({ published: [], generation: 1 });
  expect(await listed(store)).toHaveLength(3);
  const { published, generation } = await put(store, build('u2', '75', 2));
  expect(published.map(({ cpv }) => cpv)).toEqual(['a/u2-1', 'a/icu-75', 'a/u1-1']);
  expect(generation).toBe(2);
  expect(await heldNow(store)).toEqual([]);
});

test('what a newer version has replaced is held no more', async () => {
  const store = diskStore(temporaryFolder());
  await put(store, app());
  await put(store, makeCandidate('a/app-2', '0'));
  expect(await listed(store)).toEqual(['a/app-2']);
  expect(await heldNow(store)).toEqual([]);
});

test('drones are served what is held, clients are not', async () => {
  const store = diskStore(temporaryFolder());
  await put(store, makeCandidate('a/other-1', '0'));
  await put(store, app());
  const names = async (to: 'clients' | 'drones'): Promise<readonly (string | undefined)[]> => {
    await using server = await serveBinhost(store, { to });
    const index = parseIndex(await (await fetch(`http://127.0.0.1:${server.port}/Packages`)).text());
    const file = await fetch(`http://127.0.0.1:${server.port}/a/app/app-1-1.gpkg.tar`);
    return [...index.packages.map((stanza) => stanza.get('CPV')), String(file.status)];
  };
  expect(await names('drones')).toEqual(['a/app-1', 'a/other-1', '200']);
  expect(await names('clients')).toEqual(['a/other-1', '404']);
});

test('drones are served what is held before anything is published, and see each change', async () => {
  const store = diskStore(temporaryFolder());
  await using server = await serveBinhost(store, { to: 'drones' });
  const index = async () => parseIndex(await (await fetch(`http://127.0.0.1:${server.port}/Packages`)).text());
  await put(store, app());
  expect((await index()).packages).toHaveLength(1);
  await put(store, lib());
  expect((await index()).packages).toHaveLength(2);
});

test('gc keeps what is held, and check names it', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  await put(store, makeCandidate('a/other-1', '0'));
  await put(store, app());
  expect(await collectGarbage(store, { now: Math.floor(Date.now() / 1000) + 99 * 3600 })).toMatchObject({ removed: [] });
  expect((await checkBinhost(store)).findings).toEqual([
    { kind: 'unfinished', path: 'a/app/app-1-1.gpkg.tar', text: 'is held back until there is a/lib', harmful: false },
  ]);
});

/** A new sub-slot of a library waits for a package that is built against the old one. */
async function withBumpedLibrary(dir: string): Promise<BinhostStore> {
  const store = diskStore(dir);
  await put(store, makeCandidate('a/icu-74', '0/74'), makeCandidate('a/u1-1', '0', 'a/icu:0/74='));
  await put(store, makeCandidate('a/icu-75', '0/75'));
  expect(await heldNow(store)).toEqual(['a/icu-75']);
  return store;
}

test('what the latest plan does not count holds nothing back: it enters without another publication', async () => {
  const store = await withBumpedLibrary(temporaryFolder());
  expect(await releaseHeld(store)).toMatchObject({ published: [], held: [{ cpv: 'a/icu-75' }], generation: 1 });
  expect(await releaseHeld(store, { ignored: ['a/u1-1'], moves: [] })).toMatchObject({
    published: [{ cpv: 'a/icu-75', already: false }],
    held: [],
    generation: 2,
  });
  expect(await heldNow(store)).toEqual([]);
  expect(await releaseHeld(store)).toEqual({ published: [], held: [], generation: 2 });
});

test('gc publishes what nothing holds back any more, and check says so before', async () => {
  const dir = temporaryFolder();
  const store = await withBumpedLibrary(dir);
  expect(await collectGarbage(store)).toMatchObject({ released: [], held: [{ cpv: 'a/icu-75' }] });
  rmSync(join(dir, 'a/u1/u1-1-1.gpkg.tar'));
  expect(await collectGarbage(store)).toMatchObject({ dropped: ['a/u1/u1-1-1.gpkg.tar'], released: [{ cpv: 'a/icu-75' }], held: [] });
  expect(await listed(store)).toEqual(['a/icu-74', 'a/icu-75']);
});

test('a rollback names what is held back, and check what could be published', async () => {
  const store = diskStore(temporaryFolder());
  await put(store, makeCandidate('a/icu-74', '0/74'));
  await put(store, makeCandidate('a/u1-1', '0', 'a/icu:0/74='));
  await put(store, makeCandidate('a/icu-75', '0/75'));
  expect(await rollBackIndex(store)).toMatchObject({ held: [{ cpv: 'a/icu-75', needs: ['a/u1-1 built against a/icu:0/75'] }] });
  expect((await checkBinhost(store)).findings).toContainEqual(
    expect.objectContaining({ text: 'is held back, and clients could install it; swarm binhost gc publishes it' }),
  );
});

test('a damaged list is an error with its mend, and nothing is published over it', async () => {
  const dir = temporaryFolder();
  const store = diskStore(dir);
  await put(store, app());
  writeFileSync(join(dir, HELD_PATH), '{');
  await expect(put(store, lib())).rejects.toThrow(expect.objectContaining({ code: 'SW4006' }));
  expect(existsSync(join(dir, 'Packages'))).toBe(false);
});

test('killed at any operation, nothing that was held is lost, and a second run ends it', async () => {
  const start = temporaryFolder();
  await put(diskStore(start), makeCandidate('a/other-1', '0'));
  await put(diskStore(start), app());
  for (let n = 1, died = true; died; n += stride(3)) {
    const dir = join(temporaryFolder(), 'binhost');
    cpSync(start, dir, { recursive: true, preserveTimestamps: true });
    died = await putUntilKilled(diskStore(dir), n, lib());
    const seen = parseIndex(readFileSync(join(dir, 'Packages'), 'utf8')).packages.map((stanza) => stanza.get('CPV'));
    const held = await heldNow(diskStore(dir));
    expect([['a/other-1'], ['a/app-1', 'a/lib-1', 'a/other-1']]).toContainEqual(seen);
    expect(seen.includes('a/app-1') !== held.includes('a/app-1')).toBe(true);
    await put(diskStore(dir), lib());
    expect(await listed(diskStore(dir))).toEqual(['a/app-1 a/lib', 'a/lib-1', 'a/other-1']);
    expect(await heldNow(diskStore(dir))).toEqual([]);
  }
}, 60_000);

/** True where it died: at its n-th operation, which still happens. */
async function putUntilKilled(store: BinhostStore, n: number, one: Candidate): Promise<boolean> {
  let count = 0;
  const operation =
    (work: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]): Promise<unknown> => {
      if (++count > n) throw new Error('killed');
      return await work(...args);
    };
  const { lock, ...others } = store;
  const entries = Object.entries(others).map(([name, value]) => [name, typeof value === 'function' ? operation(value as never) : value]);
  await put({ ...(Object.fromEntries(entries) as BinhostStore), lock }, one).catch(() => undefined);
  return count > n;
}

test('what a repository renamed is found by a check, and leaves the index when its new name enters', async () => {
  const store = diskStore(temporaryFolder());
  await put(store, makeCandidate('a/old-1', '0'), makeCandidate('a/app-1', '0', 'a/old'));
  const findings = { ignored: [], moves: [{ from: 'a/old', to: 'a/new' }] };
  expect(await releaseHeld(store, findings)).toMatchObject({ published: [], generation: 1 });
  expect((await checkBinhost(store)).findings.map(({ kind, path, text }) => `${kind} ${path} ${text}`)).toEqual([
    'moved a/app/app-1-1.gpkg.tar is out of date: it needs a/old, which is now a/new. To build it again, run: swarm run build a/app:0',
    'moved a/old/old-1-1.gpkg.tar is out of date: a/old is now a/new. To build it again, run: swarm run build a/new',
  ]);
  expect(await put(store, makeCandidate('a/new-1', '0'))).toMatchObject({ held: [{ needs: ['a/app-1 built with a/new:0'] }] });
  await put(store, makeCandidate('a/app-1', '0', 'a/new', 2));
  expect(await listed(store)).toEqual(['a/app-1 a/new', 'a/new-1']);
  expect(await heldNow(store)).toEqual([]);
  // The next plan finds nothing listed that the move concerns.
  await releaseHeld(store, findings);
  expect((await checkBinhost(store)).findings.filter(({ kind }) => kind === 'moved')).toEqual([]);
});

test('garbage collection takes out what was moved, once the grace time has passed since', async () => {
  const store = diskStore(temporaryFolder());
  await put(store, makeCandidate('a/old-1', '0'), makeCandidate('a/app-1', '0'));
  await releaseHeld(store, { ignored: [], moves: [{ from: 'a/old', to: 'a/new' }] });
  const now = Math.floor(Date.now() / 1000);
  expect((await collectGarbage(store, { now })).moved).toEqual([]);
  expect((await collectGarbage(store, { now: now + 49 * 3600 })).moved).toEqual(['a/old/old-1-1.gpkg.tar']);
  expect(await listed(store)).toEqual(['a/app-1']);
});
