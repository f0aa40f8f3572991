import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/index.ts';
import { installedShells, startLocalShell } from '../../machines/local-shell.ts';
import type { LocalHostOptions } from '../../modules/local-host.ts';
import { preparePushHost } from './push-host.ts';

/** Versions, checks and sources of a push, in full. */
const host = preparePushHost();
const { put, read, versions, start } = host;

test('what the source no longer has goes, what the host has made stays, and delete removes that too', async () => {
  await start();
  put('etc/set/local', 'mine\n');
  rmSync(join(host.dir, 'files/set/deep'), { recursive: true });
  const { result } = await start();
  expect(result.trees[0]?.['deleted']).toEqual(['deep/run', 'deep']);
  expect([existsSync(join(host.dir, 'etc/set/deep')), read('etc/set/local')]).toEqual([false, 'mine\n']);
  await start({ tree: { delete: true } });
  expect(existsSync(join(host.dir, 'etc/set/local'))).toBe(false);
});

test('only what differs is sent; the versions share no file; so many are kept', async () => {
  await start();
  const first = join(host.dir, 'etc/.set.versions', versions()[0] ?? '');
  put('files/set/a', 'two\n');
  expect((await start()).result.trees).toMatchObject([{ before: 1, version: 2, sent: ['a'], bytes: 4 }]);
  expect(lstatSync(join(host.dir, 'etc/set/deep/run')).ino).not.toBe(lstatSync(join(first, 'deep/run')).ino);
  for (const text of ['three\n', 'four\n']) {
    put('files/set/a', text);
    await start();
  }
  expect(versions().map((name) => name.slice(0, 1))).toEqual(['2', '2', '3', '3', '4', '4']);
});

test('owner, group and modes are as asked, and a wrong one is a difference', async () => {
  const tree = { owner: String(process.getuid?.()), group: '4', mode: '0640', directory_mode: '0750' };
  const allowed = process.getuid?.() === 0;
  if (!allowed) Object.assign(tree, { group: String(process.getgid?.()) });
  await start({ tree });
  const modes = ['', 'a', 'deep', 'deep/run'].map((path) => (statSync(join(host.dir, 'etc/set', path)).mode & 0o777).toString(8));
  expect(modes).toEqual(['750', '640', '750', '750']);
  expect(String(statSync(join(host.dir, 'etc/set/a')).gid)).toBe(tree.group);
  expect((await start({ tree })).changes).toEqual([]);
  if (allowed) spawnSync('chgrp', ['0', join(host.dir, 'etc/set/a')]);
  expect((await start({ tree })).changes).toHaveLength(allowed ? 1 : 0);
});

test('a rollback goes to the version before, or to a named one; a version that was changed is refused', async () => {
  await start();
  for (const text of ['two\n', 'three\n']) {
    put('files/set/a', text);
    await start();
  }
  expect((await start({ rollback: 'previous' })).result.trees).toMatchObject([{ before: 3, version: 2 }]);
  expect(read('etc/set/a')).toBe('two\n');
  await start({ rollback: '3' });
  expect(read('etc/set/a')).toBe('three\n');
  expect((await start({ rollback: '3' })).changes).toEqual([]);
  await expect(start({ rollback: '9' })).rejects.toMatchObject({ code: 'SW6012', message: expect.stringContaining('no version 9') });
  const first = versions().find((name) => name.startsWith('1-')) ?? '';
  writeFileSync(join(host.dir, 'etc/.set.versions', first, 'a'), 'odd\n');
  await expect(start({ rollback: '1' })).rejects.toMatchObject({ message: expect.stringContaining('was changed on the host: a') });
});

test('several trees go over in one push; those that are in each other are refused', async () => {
  put('files/other/b', 'b\n');
  const trees = [
    { source: 'set', dest: join(host.dir, 'etc/set') },
    { source: 'other', dest: join(host.dir, 'srv/other') },
  ];
  await start({ trees });
  expect([read('etc/set/a'), read('srv/other/b')]).toEqual(['one\n', 'b\n']);
  const inside = { trees: [trees[0], { source: 'other', dest: join(host.dir, 'etc/set/other') }] };
  await expect(start(inside)).rejects.toMatchObject({ message: expect.stringContaining('both are trees of one push') });
});

test.runIf(process.getuid?.() === 0)('a read-only file system and a full one are refused before anything changes', async () => {
  mkdirSync(join(host.dir, 'etc'));
  const within = (mount: string): LocalHostOptions => ({
    commandPrefix: ['unshare', '-m', '--propagation', 'private', 'sh', '-c', `cd ${host.dir} && ${mount} && cd . && exec "$@"`, 'sh'],
  });
  const readonly = start({}, within('mount --bind etc etc && mount -o remount,ro,bind etc'));
  await expect(readonly).rejects.toMatchObject({ code: 'SW6012', message: expect.stringContaining('is read-only') });
  put('files/set/big', 'x'.repeat(3_000_000));
  const full = start({}, within('mount -t tmpfs -o size=2m none etc'));
  await expect(full).rejects.toMatchObject({ code: 'SW6008', message: expect.stringContaining('no room for a second tree') });
  expect([existsSync(join(host.dir, '.local')), readdirSync(join(host.dir, 'etc'))]).toEqual([false, []]);
});

describe('after the switch', () => {
  const services = () => [
    { command: ['sh', '-c', `cat ${host.dir}/etc/set/a >>${host.dir}/log`] },
    { command: ['sh', '-c', `echo second >>${host.dir}/log`] },
  ];

  test('services are restarted in order, then checked; the new tree stays', async () => {
    await start({ services: services(), checks: [{ command: ['grep', '-q', 'second', join(host.dir, 'log')] }] });
    expect(read('log')).toBe('one\nsecond\n');
    await start({ services: services() });
    expect(read('log')).toBe('one\nsecond\n');
  });

  test('a first push that fails leaves nothing at dest; a restart that fails counts as well', async () => {
    const failed = start({ services: [{ command: ['false'] }] });
    await expect(failed).rejects.toMatchObject({ code: 'SW6030', message: expect.stringContaining('the restart failed: false') });
    expect([existsSync(join(host.dir, 'etc/set')), versions()]).toEqual([false, []]);
  });

  test('a host that is not reached again goes back by itself', async () => {
    await start({ services: services() });
    put('files/set/a', 'two\n');
    let tries = 0;
    const onReconnect = (): void => {
      tries += 1;
      if (tries <= 3) throw new SwarmError('SW2001', 'no route');
    };
    const cut = { services: services(), confirm: '1s' };
    await expect(start(cut, { onReconnect })).rejects.toMatchObject({
      code: 'SW6030',
      message: expect.stringContaining('did not confirm within 1 s'),
    });
    expect(read('etc/set/a')).toBe('one\n');
  });

  test('port and http checks ask the host', async () => {
    const server = createServer((request, response) => response.writeHead(request.url === '/bad' ? 500 : 200).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await start({
      checks: [
        { port, within: '5s' },
        { http: `http://127.0.0.1:${port}/`, within: '5s' },
      ],
    });
    put('files/set/a', 'two\n');
    await expect(start({ checks: [{ http: `http://127.0.0.1:${port}/bad`, within: '1s' }] })).rejects.toMatchObject({ code: 'SW6030' });
    await new Promise((done) => server.close(done));
    await expect(start({ checks: [{ port, within: '1s' }] })).rejects.toMatchObject({
      code: 'SW6030',
      message: expect.stringContaining(`port ${port}`),
    });
    expect(read('etc/set/a')).toBe('one\n');
  });
});

/** With the programs of another system first on PATH: busybox stands for all of them. */
test.each(installedShells)(
  'a host with %s: a folder is taken over, a failing check puts it back, a good one stays, and back again',
  async (shell) => {
    await using machine = await startLocalShell(shell);
    const options = { env: { PATH: `${join(machine.home, '../bin')}:${process.env['PATH']}` } };
    put('etc/set/a', 'theirs\n');
    const port = { checks: [{ port: 1, within: '1s' }] };
    await expect(start(port, options)).rejects.toMatchObject({ code: 'SW6030' });
    expect(read('etc/set/a')).toBe('theirs\n');
    await start({ services: [{ command: ['touch', join(host.dir, 'restarted')] }], tree: { mode: '0640' } }, options);
    expect([read('etc/set/a'), existsSync(join(host.dir, 'restarted'))]).toEqual(['one\n', true]);
    await start({ rollback: 'previous' }, options);
    expect(read('etc/set/a')).toBe('theirs\n');
    expect(versions().filter((name) => name.startsWith('.'))).toEqual([]);
  },
);

describe('a source that is the top folder of a repository', () => {
  const data = ['.git/HEAD', 'deep/.svn/entries', 'sub/.git'];
  const isThere = () => data.map((path) => existsSync(join(host.dir, 'etc/set', path)));
  const none = data.map(() => false);
  const all = data.map(() => true);
  const putAll = (folder: string): void => {
    for (const path of data) put(`${folder}/${path}`, 'data\n');
  };

  test('goes without the data of git, hg and svn, unless that is asked for', async () => {
    putAll('files/set');
    await start();
    expect(isThere()).toEqual(none);
    await start({ tree: { repository: true } });
    expect(isThere()).toEqual(all);
    expect((await start({ tree: { repository: true } })).changes).toEqual([]);
  });

  test('what an earlier push brought of it goes', async () => {
    putAll('files/set');
    await start({ tree: { repository: true } });
    await start();
    expect(isThere()).toEqual(none);
    expect((await start()).changes).toEqual([]);
  });

  test('what the host has of its own repository stays, with delete too', async () => {
    putAll('etc/set');
    await start({ tree: { delete: true } });
    expect(isThere()).toEqual(all);
  });
});
