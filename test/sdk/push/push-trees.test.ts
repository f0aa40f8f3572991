import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { preparePushHost } from './push-host.ts';

/** What a push promises, once each; push-versions.test.ts has the rest. */
const host = preparePushHost();
const { put, read, versions, leftovers, start } = host;

test('a first push makes dest a link to version 1; the second changes nothing', async () => {
  const { changes, result } = await start();
  expect(changes.map(({ subject }) => subject)).toEqual([`${join(host.dir, 'etc/set')}: version 1, 3 sent`]);
  expect(result.trees).toMatchObject([{ before: null, version: 1, deleted: [], changed_there: [] }]);
  expect(readlinkSync(join(host.dir, 'etc/set'))).toMatch(/^\.set\.versions\/1-[0-9a-f]{12}$/);
  expect([read('etc/set/a'), statSync(join(host.dir, 'etc/set/deep/run')).mode & 0o777]).toEqual(['one\n', 0o755]);
  expect((await start()).changes).toEqual([]);
  expect(leftovers()).toEqual(['.lock', 'last']);
});

test('a folder that is there becomes the oldest version, and what swarm did not bring stays', async () => {
  put('etc/set/a', 'theirs\n');
  put('etc/set/local', 'mine\n');
  await start();
  expect([read('etc/set/a'), read('etc/set/local')]).toEqual(['one\n', 'mine\n']);
  expect(versions().filter((name) => !name.endsWith('.json'))).toEqual(['1-before', expect.stringMatching(/^2-/)]);
  const { notices } = await start({}, {}, true);
  expect(notices).toMatchObject([{ type: 'tree.found', version: { number: 2 }, kept: [{ number: 1 }] }]);
  await start({ rollback: 'previous' });
  expect(read('etc/set/a')).toBe('theirs\n');
});

describe('after the switch', () => {
  const services = () => [
    { command: ['sh', '-c', `cat ${host.dir}/etc/set/a >>${host.dir}/log`] },
    { command: ['sh', '-c', `echo second >>${host.dir}/log`] },
  ];

  test('a check that fails puts the old tree back, restarts the services and fails the host', async () => {
    await start({ services: services() });
    put('files/set/a', 'two\n');
    const failed = start({ services: services(), checks: [{ command: ['sh', '-c', 'echo not well; exit 1'], within: '1s' }] });
    await expect(failed).rejects.toMatchObject({
      code: 'SW6030',
      message: expect.stringContaining('sh -c echo not well; exit 1 within 1 s'),
    });
    await expect(failed).rejects.toMatchObject({ detail: expect.stringContaining('not well') });
    expect([read('etc/set/a'), read('log')]).toEqual(['one\n', 'one\nsecond\ntwo\nsecond\none\nsecond\n']);
    expect(versions().map((name) => name.slice(0, 1))).toEqual(['1', '1']);
    expect(leftovers()).toEqual(['.lock', 'last']);
  });
});

test('drift: what somebody changed on the host is named, and the next push mends it', async () => {
  await start();
  writeFileSync(join(host.dir, 'etc/set/a'), 'odd\n');
  const { changes, result } = await start({}, {}, true);
  expect([changes.length, result.trees[0]?.['changed_there']]).toEqual([1, ['a']]);
  expect(read('etc/set/a')).toBe('odd\n');
  await start();
  expect(read('etc/set/a')).toBe('one\n');
});

test('the hint for a link to a path beside it is a dest that can be written', async () => {
  spawnSync('sh', ['-c', 'mkdir etc && ln -s ../other etc/set'], { cwd: host.dir });
  await expect(start()).rejects.toMatchObject({
    hint: `Write dest: ${join(host.dir, 'other')}, if that is what you mean. Or remove the link.`,
  });
});

test.each([
  ['an empty source', () => mkdirSync(join(host.dir, 'files/none')), { source: 'none' }, 'the source is empty'],
  [
    'a link to elsewhere',
    () => spawnSync('sh', ['-c', 'mkdir etc && ln -s /srv etc/set'], { cwd: host.dir }),
    {},
    'is a link to /srv, which swarm did not make',
  ],
  ['a file', () => put('etc/set', 'x'), {}, 'is a file on the host'],
  ['a mount point', () => undefined, { dest: '/proc' }, '/proc is a mount point'],
])('%s is refused before anything changes', async (_, prepare, tree, message) => {
  prepare();
  await expect(start({ tree })).rejects.toMatchObject({ message: expect.stringContaining(message) });
  expect(existsSync(join(host.dir, '.local'))).toBe(false);
});

test('what was added on the host is named, a folder without what is in it; it stays', async () => {
  await start();
  for (const path of ['mine', 'cache/one', 'cache/two', 'deep/mine', 'kept/one']) put(`etc/set/${path}`, 'mine\n');
  const { changes, result, notices } = await start({ tree: { exclude: ['/kept'] } }, {}, true);
  const added = ['cache', 'deep/mine', 'mine'];
  expect([changes, [...((result.trees[0]?.['added_there'] as readonly string[]) ?? [])].sort()]).toEqual([[], added]);
  expect(notices).toMatchObject([{ type: 'tree.found', changedThere: [], addedThere: expect.arrayContaining(added) }]);
});
