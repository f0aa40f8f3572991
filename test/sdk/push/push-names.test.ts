import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preparePushHost } from './push-host.ts';

/** Names, outputs and mount points that no tidy host has. */
const host = preparePushHost();
const { put, start } = host;

test('a check that prints without end leaves a short report', async () => {
  const noisy = { command: ['sh', '-c', "head -c 20000000 /dev/zero | tr '\\0' x; false"], within: '1s' };
  await expect(start({ checks: [noisy] })).rejects.toMatchObject({
    code: 'SW6030',
    message: expect.stringContaining('the check failed'),
  });
  expect(readFileSync(join(host.dir, '.local/state/swarm/push/last')).length).toBeLessThan(10_000);
});

test('names with a line break or a backslash: what the source no longer has goes', async () => {
  put('files/set/new\nline', 'x');
  put('files/set/back\\slash\\n', 'x');
  await start({ tree: { source: join(host.dir, 'files/set/') } });
  rmSync(join(host.dir, 'files/set/new\nline'));
  rmSync(join(host.dir, 'files/set/back\\slash\\n'));
  put('etc/set/a', 'changed there\n');
  const { result } = await start();
  expect(result.trees[0]).toMatchObject({ deleted: ['back\\slash\\n', 'new\nline'], changed_there: ['a'] });
  expect(readdirSync(join(host.dir, 'etc/set')).sort()).toEqual(['a', 'deep']);
});

test('a dest with a backslash stays ours; one with a line break is refused', async () => {
  const dest = join(host.dir, 'etc/a\\nb');
  await start({ tree: { dest } });
  put('files/set/a', 'two\n');
  await start({ tree: { dest } });
  expect(readFileSync(join(dest, 'a'), 'utf8')).toBe('two\n');
  await expect(start({ tree: { dest: join(host.dir, 'etc/a\nb') } })).rejects.toThrow('control characters');
});

test.runIf(process.getuid?.() === 0)('a mount point at the versions, or with a blank in its name, is refused', async () => {
  const within = (at: string) => ({
    commandPrefix: ['unshare', '-m', '--propagation', 'private', 'sh', '-c', `mount -t tmpfs none "${at}" && exec "$@"`, 'sh'],
  });
  for (const name of ['etc/.set.versions', 'etc/a b']) {
    mkdirSync(join(host.dir, name), { recursive: true });
    const dest = join(host.dir, name.endsWith('b') ? name : 'etc/set');
    await expect(start({ tree: { dest } }, within(join(host.dir, name)))).rejects.toMatchObject({
      message: expect.stringContaining('is a mount point'),
    });
  }
  expect(existsSync(join(host.dir, 'etc/set'))).toBe(false);
});
