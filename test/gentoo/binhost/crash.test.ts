import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checkBinhost } from '../../../src/gentoo/binhost/check-binhost.ts';
import { rollBackIndex } from '../../../src/gentoo/binhost/generations.ts';
import { readBinhostIndex } from '../../../src/gentoo/binhost/index-file.ts';
import { type PackagesIndex, parseIndex } from '../../../src/gentoo/binhost/packages-index.ts';
import { type Candidate, publishPackages, stagePackage, verifyPackages } from '../../../src/gentoo/binhost/publish.ts';
import type { BinhostStore } from '../../../src/gentoo/binhost/store/binhost-store.ts';
import { diskStore } from '../../../src/gentoo/binhost/store/disk-store.ts';
import { stride } from '../../setup/cases.ts';
import { candidates, sample, temporaryFolder } from '../samples.ts';

const origin = { run: 'K3ZP', host: 'drone-tarn' };
const left = sample('gpkg-multi', 'left-1.0-1.gpkg.tar');
const right = sample('gpkg-multi', 'right-1.0-1.gpkg.tar');
const flagged = sample('gpkg-multi', 'flagged-1.0-2.gpkg.tar');

class Killed extends Error {}

/** Operations that change the disk. Dying at another one leaves the disk as dying after the change before it does. */
const CHANGES = { half: ['write'], after: ['write', 'copyIn', 'link', 'rename', 'remove', 'lock'] };

/** A store whose process dies at its n-th change: halfway through what it writes, or right after it. */
function dying(
  store: BinhostStore,
  n: number,
  when: 'half' | 'after',
  dir: string,
): { readonly store: BinhostStore; readonly died: () => boolean } {
  let count = 0;
  let dead = false;
  const operation =
    (name: string, work: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]): Promise<unknown> => {
      if (dead) throw new Killed();
      if (CHANGES[when].includes(name)) count++;
      if (count < n) return await work(...args);
      dead = true;
      if (when === 'after') await release(await work(...args));
      if (when === 'half' && name === 'write') writeFileSync(join(dir, String(args[0])), (args[1] as Uint8Array).subarray(0, 100));
      throw new Killed();
    };
  const entries = Object.entries(store).map(([name, value]) => [
    name,
    typeof value === 'function' ? operation(name, value.bind(store) as (...args: unknown[]) => Promise<unknown>) : value,
  ]);
  return { store: Object.fromEntries(entries) as BinhostStore, died: () => dead };
}

/** A lock dies with its holder. */
async function release(result: unknown): Promise<void> {
  if (result !== null && typeof result === 'object' && Symbol.asyncDispose in result)
    await (result as AsyncDisposable)[Symbol.asyncDispose]();
}

async function put(store: BinhostStore, all: readonly Candidate[]): Promise<unknown> {
  const staged = [];
  for (const one of all) staged.push(await stagePackage(store, one));
  return await publishPackages(store, await verifyPackages(store, staged), origin);
}

/** What a client sees, by either of the two files: every listed package is there, whole. */
function look(dir: string): readonly PackagesIndex[] {
  return ['Packages', 'Packages.gz']
    .filter((name) => existsSync(join(dir, name)))
    .map((name) => {
      const bytes = readFileSync(join(dir, name));
      const index = parseIndex((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
      for (const stanza of index.packages) {
        const content = readFileSync(join(dir, stanza.get('PATH') ?? ''));
        expect(createHash('sha1').update(content).digest('hex')).toBe(stanza.get('SHA1'));
        expect(String(content.length)).toBe(stanza.get('SIZE'));
      }
      return index;
    });
}

/** What a check finds that harms a client. */
const findHarm = async (dir: string): Promise<readonly string[]> =>
  (await checkBinhost(diskStore(dir))).findings.filter(({ harmful }) => harmful).map(({ path, text }) => `${path} ${text}`);

const names = (index: PackagesIndex): string => index.packages.map((stanza) => stanza.get('PATH')).join(' ');

/** Runs `work` once for each change at which it can die, or for a part of them, each from the same start; returns the last one. */
async function everyDeath(
  start: string,
  when: 'half' | 'after',
  work: (store: BinhostStore) => Promise<unknown>,
  after: (dir: string) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n += stride(3)) {
    const dir = join(temporaryFolder(), 'binhost');
    cpSync(start, dir, { recursive: true, preserveTimestamps: true });
    const { store, died } = dying(diskStore(dir), n, when, dir);
    await work(store).catch((error: unknown) => {
      if (!died()) throw error;
    });
    await after(dir);
    rmSync(dir, { recursive: true });
    if (!died()) return n - stride(3);
  }
}

test.each([
  ['half', 4],
  ['after', 15],
] as const)(
  'killed (%s) at any operation of publishing, a client sees the old index or the new one, and a second run ends it',
  async (when, atLeast) => {
    const start = join(temporaryFolder(), 'binhost');
    await put(diskStore(start), [right]);
    const old = names(await readBinhostIndex(diskStore(start)));
    const reference = join(temporaryFolder(), 'binhost');
    cpSync(start, reference, { recursive: true, preserveTimestamps: true });
    await put(diskStore(reference), [left, flagged]);
    const wanted = names(await readBinhostIndex(diskStore(reference)));
    const stamp = statSync(join(start, 'Packages')).mtimeMs;
    const deaths = await everyDeath(
      start,
      when,
      (store) => put(store, [left, flagged]),
      async (dir) => {
        for (const seen of look(dir)) expect([old, wanted]).toContain(names(seen));
        expect(await findHarm(dir)).toEqual([]);
        await put(diskStore(dir), [left, flagged]);
        expect(look(dir).map(names)).toEqual([wanted, wanted]);
        expect((await checkBinhost(diskStore(dir), { deep: true })).findings).toEqual([]);
        expect(statSync(join(dir, 'Packages.gz')).mtimeMs).toBe(statSync(join(dir, 'Packages')).mtimeMs);
        expect(statSync(join(dir, 'Packages')).mtimeMs).toBeGreaterThanOrEqual(stamp + 6000);
      },
    );
    expect(deaths).toBeGreaterThanOrEqual(atLeast);
  },
  120_000,
);

test('killed at any operation of a rollback, a client sees a whole index', async () => {
  const start = join(temporaryFolder(), 'binhost');
  await put(diskStore(start), [right]);
  await put(diskStore(start), [left]);
  const deaths = await everyDeath(
    start,
    'after',
    (store) => rollBackIndex(store, 1),
    async (dir) => {
      expect(look(dir)).toHaveLength(2);
      expect(await findHarm(dir)).toEqual([]);
      await rollBackIndex(diskStore(dir), 1);
      expect(look(dir).map(names)).toEqual(['rig-libs/right/right-1.0-1.gpkg.tar', 'rig-libs/right/right-1.0-1.gpkg.tar']);
    },
  );
  expect(deaths).toBeGreaterThan(5);
}, 120_000);

test('a client that looks all the time while packages are published never finds one missing or short', async () => {
  const dir = join(temporaryFolder(), 'binhost');
  const all = candidates('gpkg-multi').filter(({ file }) => !file.includes('restricted'));
  let looks = 0;
  let going = true;
  const client = (async () => {
    while (going) {
      look(dir);
      looks++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (const one of all) await put(diskStore(dir), [one]);
  going = false;
  await client;
  expect(looks).toBeGreaterThan(50);
  expect(look(dir)[0]?.packages).toHaveLength(all.length);
});

test('a full disk while staging is SW5001, and nothing half done stays', async () => {
  const dir = join(temporaryFolder(), 'binhost');
  const store = diskStore(dir);
  await put(store, [right]);
  const before = readFileSync(join(dir, 'Packages'), 'utf8');
  // The kernel's own device that is always full stands for the disk.
  const full = { ...store, copyIn: async () => await diskStore('/dev').write('full', Buffer.from('x')) };
  await expect(put(full, [left])).rejects.toThrow(expect.objectContaining({ code: 'SW5001' }));
  expect(readFileSync(join(dir, 'Packages'), 'utf8')).toBe(before);
  expect((await checkBinhost(store)).findings).toEqual([]);
});
