import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import sync from '../../../modules/files/sync.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-sync-'));
  await mkdir(join(dir, 'files/set/deep'), { recursive: true });
  await writeFile(join(dir, 'files/set/a'), 'one\n');
  await writeFile(join(dir, 'files/set/deep/run'), '#!/bin/sh\n');
  await chmod(join(dir, 'files/set/deep/run'), 0o755);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function push(args: Record<string, unknown> = {}) {
  const remote = createLocalHost(dir);
  const parsed = sync.args.parse({ src: 'set/', dest: join(dir, 'there'), ...args });
  return { ...(await driveModule(sync.run(remote, parsed), remote)), ran: remote.ran };
}

test('everything arrives, with its permissions; then nothing is to do', async () => {
  await push();
  expect(await readFile(join(dir, 'there/a'), 'utf8')).toBe('one\n');
  expect((await stat(join(dir, 'there/deep/run'))).mode & 0o777).toBe(0o755);
  expect((await push()).changes).toEqual([]);
});

test('without the / at the end the folder itself arrives', async () => {
  await push({ src: 'set' });
  expect(await readFile(join(dir, 'there/set/a'), 'utf8')).toBe('one\n');
});

test('only what differs is sent, and a file that was only touched does not', async () => {
  await push();
  await writeFile(join(dir, 'files/set/a'), 'two\n');
  await utimes(join(dir, 'files/set/deep/run'), 1, 1);
  const { changes, result } = await push();
  expect(changes.map(({ after }) => after)).toEqual(['a\n']);
  expect(result).toMatchObject({ sent: ['a'], deleted: [] });
  expect(await readFile(join(dir, 'there/a'), 'utf8')).toBe('two\n');
});

test('a file that was altered there with its size and time kept is mended', async () => {
  await push();
  const { atime, mtime } = await stat(join(dir, 'there/a'));
  await writeFile(join(dir, 'there/a'), 'bad\n');
  await utimes(join(dir, 'there/a'), atime, mtime);
  await push();
  expect(await readFile(join(dir, 'there/a'), 'utf8')).toBe('one\n');
});

test('what is only there stays, unless it is to go; what is excluded stays always', async () => {
  await push();
  await writeFile(join(dir, 'there/extra'), '');
  await writeFile(join(dir, 'there/local.conf'), '');
  expect((await push()).changes).toEqual([]);
  const { changes } = await push({ delete: true, exclude: ['local.conf'] });
  expect(changes.map(({ before }) => before)).toEqual(['extra\n']);
  await expect(stat(join(dir, 'there/extra'))).rejects.toThrow();
  await stat(join(dir, 'there/local.conf'));
});

test.each(['/', 'relative', ''])('refuses the destination %j', (dest) => {
  expect(sync.args.safeParse({ src: 'set/', dest }).success).toBe(false);
});

test.skipIf(process.getuid?.() !== 0)(
  'what is mounted below the folder is not removed, in a dry run too; a folder that stays may be one',
  async () => {
    await push();
    const there = join(dir, 'there');
    await mkdir(join(there, 'old/data'), { recursive: true });
    const mounts = `mount -t tmpfs none "${there}/old/data" && touch "${there}/old/data/kept"; mount -t tmpfs none "${there}/deep"; exec "$@"`;
    const remote = createLocalHost(dir, { commandPrefix: ['unshare', '--mount', 'sh', '-c', mounts, 'sh'] });
    const run = (args: object, check: boolean) =>
      driveModule(sync.run(remote, sync.args.parse({ src: 'set/', dest: there, delete: true, ...args })), remote, check);
    for (const check of [true, false])
      await expect(run({}, check)).rejects.toMatchObject({
        code: 'SW6012',
        message: `${there}/old is not removed: a file system is mounted at ${there}/old/data, and its files would be removed too`,
      });
    expect((await run({ exclude: ['old'] }, true)).result).toMatchObject({ deleted: [] });
  },
);
