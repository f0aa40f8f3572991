import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { BinhostStore } from '../../../../src/gentoo/binhost/store/binhost-store.ts';
import { diskStore } from '../../../../src/gentoo/binhost/store/disk-store.ts';
import { remoteStore } from '../../../../src/gentoo/binhost/store/remote-store.ts';
import { localRemote } from '../../local-remote.ts';
import { temporaryFolder } from '../../samples.ts';

const kinds: readonly (readonly [string, (dir: string) => BinhostStore])[] = [
  ['a folder here', diskStore],
  ['a folder on a host', (dir) => remoteStore(localRemote(), dir)],
];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(kinds)('a store in %s', (_, open) => {
  test('gives back what was written, with its time', async () => {
    const store = open(temporaryFolder());
    await store.write('a/b/c.txt', bytes('hello'), 1_700_000_000);
    expect(Buffer.from((await store.read('a/b/c.txt')) ?? []).toString()).toBe('hello');
    expect(await store.stat(['a/b/c.txt', 'a/none', 'a'])).toEqual(new Map([['a/b/c.txt', { size: 5, mtime: 1_700_000_000, links: 1 }]]));
    expect(await store.read('a/none')).toBeUndefined();
  });

  test('takes a file of this machine under a new name, and later changes of that file do not reach it', async () => {
    const dir = temporaryFolder();
    const store = open(join(dir, 'binhost'));
    const file = join(dir, "a file's name");
    writeFileSync(file, 'first', { mode: 0o600 });
    await store.copyIn(file, '.swarm/stage/x', 1_700_000_001);
    writeFileSync(file, 'other');
    expect(Buffer.from((await store.read('.swarm/stage/x')) ?? []).toString()).toBe('first');
    expect((await store.stat(['.swarm/stage/x'])).get('.swarm/stage/x')?.mtime).toBe(1_700_000_001);
    expect(statSync(join(dir, 'binhost/.swarm/stage/x')).mode & 0o777).toBe(0o644);
  });

  test('a web server can read every folder and file, whatever the umask', async () => {
    const dir = join(temporaryFolder(), 'new/binhost');
    const store = open(dir);
    const before = process.umask(0o077);
    try {
      await store.write('cat/pkg/file', bytes('1'));
      await store.link('cat/pkg/file', 'cat/other/file');
    } finally {
      process.umask(before);
    }
    const modeOf = (path: string): string => (statSync(join(dir, path)).mode & 0o777).toString(8);
    expect(['..', '.', 'cat', 'cat/pkg', 'cat/other'].map(modeOf)).toEqual(['755', '755', '755', '755', '755']);
    expect(modeOf('cat/other/file')).toBe('644');
  });

  test('links once, and never over what is there', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    await store.write('one', bytes('1'));
    await store.write('two', bytes('2'));
    mkdirSync(join(dir, 'folder'));
    symlinkSync('/nowhere', join(dir, 'dangling'));
    expect(await store.link('one', 'cat/pkg/file')).toBe(true);
    expect(await store.link('two', 'cat/pkg/file')).toBe(false);
    expect(await store.link('one', 'folder')).toBe(false);
    expect(await store.link('one', 'dangling')).toBe(false);
    expect(readFileSync(join(dir, 'cat/pkg/file'), 'utf8')).toBe('1');
  });

  test('renames over what is there', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    await store.write('new', bytes('new'));
    await store.write('old', bytes('old'));
    await store.rename('new', 'old');
    expect(readFileSync(join(dir, 'old'), 'utf8')).toBe('new');
    expect(existsSync(join(dir, 'new'))).toBe(false);
    await store.sync(['old', 'new']);
  });

  test('lists files at every depth, hidden ones too, and no links', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    for (const path of ['b', 'a/x y', 'a/.hidden/z', '.swarm/lock']) await store.write(path, bytes(''));
    symlinkSync('b', join(dir, 'link'));
    expect(await store.list('')).toEqual(['.swarm/lock', 'a/.hidden/z', 'a/x y', 'b']);
    expect(await store.list('a')).toEqual(['a/.hidden/z', 'a/x y']);
    expect(await store.list('none')).toEqual([]);
  });

  test('removes, and a second time too', async () => {
    const store = open(temporaryFolder());
    await store.write('x', bytes('x'));
    await store.remove('x');
    await store.remove('x');
    expect((await store.stat(['x'])).size).toBe(0);
  });

  test('computes digests and reads parts', async () => {
    const store = open(temporaryFolder());
    await store.write('x', bytes('0123456789'));
    for (const algorithm of ['md5', 'sha1', 'sha256'] as const) {
      expect(await store.digest('x', algorithm)).toBe(createHash(algorithm).update('0123456789').digest('hex'));
    }
    expect((await buffer(await store.stream('x', 3, 6))).toString()).toBe('3456');
    expect((await buffer(await store.stream('x', 0, 9))).toString()).toBe('0123456789');
  });

  test('lets one publisher in at a time', async () => {
    const dir = temporaryFolder();
    const order: string[] = [];
    const first = await open(dir).lock(1000);
    await expect(open(dir).lock(0)).rejects.toThrow(expect.objectContaining({ code: 'SW3003' }));
    const second = open(dir)
      .lock(20_000)
      .then(async (lock) => {
        order.push('second');
        await lock[Symbol.asyncDispose]();
      });
    order.push('first');
    await first[Symbol.asyncDispose]();
    await second;
    expect(order).toEqual(['first', 'second']);
  });
});

test('a host without room says so, with its name', async () => {
  const full = remoteStore(
    { ...localRemote(), exec: async () => ({ exit: 1, stdout: '', stderr: 'sync: No space left on device', ms: 0 }) },
    '/binhost',
  );
  await expect(full.write('x', bytes('x'))).rejects.toThrow(expect.objectContaining({ code: 'SW6008', host: 'binhost' }));
});

test('the lock of a publisher that was killed is free at once', async () => {
  const dir = temporaryFolder();
  const script = `import { diskStore } from ${JSON.stringify(join(import.meta.dirname, '../../../../src/gentoo/binhost/store/disk-store.ts'))};
await diskStore(${JSON.stringify(dir)}).lock(0); console.log('held'); setInterval(() => {}, 1000);`;
  const jiti = join(import.meta.dirname, '../../../../node_modules/jiti/lib/jiti.mjs');
  const file = join(dir, 'holder.mts');
  writeFileSync(file, script);
  const holder = spawn(process.execPath, [
    '-e',
    `import(${JSON.stringify(jiti)}).then(({ createJiti }) => createJiti(${JSON.stringify(file)}).import(${JSON.stringify(file)}))`,
  ]);
  await once(holder.stdout, 'data');
  await expect(diskStore(dir).lock(0)).rejects.toThrow(expect.objectContaining({ code: 'SW3003' }));
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = await diskStore(dir).lock(10_000);
  await lock[Symbol.asyncDispose]();
});
