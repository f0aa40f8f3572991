import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import push from '../../../modules/push.ts';
import { createLocalHost, driveModule, type LocalHostOptions } from '../../modules/local-host.ts';

/** Versions of trees on a host: real commands and files of this machine, no wire. */
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-push-'));
  put('files/set/a', 'one\n');
  put('files/set/deep/run', '#!/bin/sh\n', 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
  chmodSync(join(dir, path), mode);
}
const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
const versions = (): readonly string[] => readdirSync(join(dir, 'etc/.set.versions')).sort();
const leftovers = (): readonly string[] => readdirSync(join(dir, '.local/state/swarm/push')).sort();

interface PushOptions extends Record<string, unknown> {
  readonly tree?: Record<string, unknown>;
}

let runs = 0;
const start = ({ tree, ...args }: PushOptions = {}, options: LocalHostOptions = {}, check = false) => {
  const remote = createLocalHost(dir, { jobId: `run${runs++}`, place: { run: `run${runs}` }, ...options });
  const parsed = push.args.parse({ trees: [{ source: 'set/', dest: join(dir, 'etc/set'), ...tree }], ...args });
  return driveModule(push.run(remote, parsed), remote, check);
};

test('a first push makes dest a link to version 1; the second changes nothing', async () => {
  const { changes, result } = await start();
  expect(changes.map(({ subject }) => subject)).toEqual([`${join(dir, 'etc/set')}: version 1, 3 sent`]);
  expect(result.trees).toMatchObject([{ before: null, version: 1, deleted: [], changed_there: [] }]);
  expect(readlinkSync(join(dir, 'etc/set'))).toMatch(/^\.set\.versions\/1-[0-9a-f]{12}$/);
  expect([read('etc/set/a'), statSync(join(dir, 'etc/set/deep/run')).mode & 0o777]).toEqual(['one\n', 0o755]);
  expect((await start()).changes).toEqual([]);
  expect(leftovers()).toEqual(['.lock', 'last']);
});

test('a folder that is there becomes the oldest version, and what swarm did not bring stays', async () => {
  put('etc/set/a', 'theirs\n');
  put('etc/set/local', 'mine\n');
  await start();
  expect([read('etc/set/a'), read('etc/set/local')]).toEqual(['one\n', 'mine\n']);
  expect(versions().filter((name) => !name.endsWith('.json'))).toEqual(['1-before', expect.stringMatching(/^2-/)]);
  await start({ rollback: 'previous' });
  expect(read('etc/set/a')).toBe('theirs\n');
});

test('what the source no longer has goes, what the host has made stays, and delete removes that too', async () => {
  await start();
  put('etc/set/local', 'mine\n');
  rmSync(join(dir, 'files/set/deep'), { recursive: true });
  const { result } = await start();
  expect(result.trees[0]?.deleted).toEqual(['deep/run', 'deep']);
  expect([existsSync(join(dir, 'etc/set/deep')), read('etc/set/local')]).toEqual([false, 'mine\n']);
  await start({ tree: { delete: true } });
  expect(existsSync(join(dir, 'etc/set/local'))).toBe(false);
});

test('only what differs is sent; the versions share no file; so many are kept', async () => {
  await start();
  const first = join(dir, 'etc/.set.versions', versions()[0] ?? '');
  put('files/set/a', 'two\n');
  expect((await start()).result.trees).toMatchObject([{ before: 1, version: 2, sent: ['a'], bytes: 4 }]);
  expect(lstatSync(join(dir, 'etc/set/deep/run')).ino).not.toBe(lstatSync(join(first, 'deep/run')).ino);
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
  const modes = ['', 'a', 'deep', 'deep/run'].map((path) => (statSync(join(dir, 'etc/set', path)).mode & 0o777).toString(8));
  expect(modes).toEqual(['750', '640', '750', '750']);
  expect(String(statSync(join(dir, 'etc/set/a')).gid)).toBe(tree.group);
  expect((await start({ tree })).changes).toEqual([]);
  if (allowed) spawnSync('chgrp', ['0', join(dir, 'etc/set/a')]);
  expect((await start({ tree })).changes).toHaveLength(allowed ? 1 : 0);
});

describe('after the switch', () => {
  const services = () => [{ command: ['sh', '-c', `cat ${dir}/etc/set/a >>${dir}/log`] }, { command: ['sh', '-c', `echo second >>${dir}/log`] }];

  test('services are restarted in order, then checked; the new tree stays', async () => {
    await start({ services: services(), checks: [{ command: ['grep', '-q', 'second', join(dir, 'log')] }] });
    expect(read('log')).toBe('one\nsecond\n');
    await start({ services: services() });
    expect(read('log')).toBe('one\nsecond\n');
  });

  test('a check that fails puts the old tree back, restarts the services and fails the host', async () => {
    await start({ services: services() });
    put('files/set/a', 'two\n');
    const failed = start({ services: services(), checks: [{ command: ['sh', '-c', 'echo not well; exit 1'], within: '1s' }] });
    await expect(failed).rejects.toMatchObject({ code: 'SW6030', message: expect.stringContaining('sh -c echo not well; exit 1 within 1 s') });
    await expect(failed).rejects.toMatchObject({ detail: expect.stringContaining('not well') });
    expect([read('etc/set/a'), read('log')]).toEqual(['one\n', 'one\nsecond\ntwo\nsecond\none\nsecond\n']);
    expect(versions().map((name) => name.slice(0, 1))).toEqual(['1', '1']);
    expect(leftovers()).toEqual(['.lock', 'last']);
  });

  test('a first push that fails leaves nothing at dest; a restart that fails counts as well', async () => {
    const failed = start({ services: [{ command: ['false'] }] });
    await expect(failed).rejects.toMatchObject({ code: 'SW6030', message: expect.stringContaining('the restart failed: false') });
    expect([existsSync(join(dir, 'etc/set')), versions()]).toEqual([false, []]);
  });

  test('a host that is not reached again goes back by itself', async () => {
    await start({ services: services() });
    put('files/set/a', 'two\n');
    let tries = 0;
    const onReconnect = async (): Promise<void> => {
      tries += 1;
      const { SwarmError } = await import('../../../src/index.ts');
      throw new SwarmError('SW2001', 'no route');
    };
    const cut = { services: services(), confirm: '1s' };
    const { SwarmError } = await import('../../../src/index.ts');
    await expect(start(cut, { onReconnect: async () => (tries++ < 3 ? onReconnect() : undefined) })).rejects.toMatchObject({
      code: 'SW6030',
      message: expect.stringContaining('did not confirm within 1 s'),
    });
    expect(SwarmError).toBeDefined();
    expect(read('etc/set/a')).toBe('one\n');
  });

  test('port and http checks ask the host', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => response.writeHead(request.url === '/bad' ? 500 : 200).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await start({ checks: [{ port, within: '5s' }, { http: `http://127.0.0.1:${port}/`, within: '5s' }] });
    put('files/set/a', 'two\n');
    await expect(start({ checks: [{ http: `http://127.0.0.1:${port}/bad`, within: '1s' }] })).rejects.toMatchObject({ code: 'SW6030' });
    await new Promise((done) => server.close(done));
    await expect(start({ checks: [{ port, within: '1s' }] })).rejects.toMatchObject({ code: 'SW6030', message: expect.stringContaining(`port ${port}`) });
    expect(read('etc/set/a')).toBe('one\n');
  });
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
  writeFileSync(join(dir, 'etc/.set.versions', first, 'a'), 'odd\n');
  await expect(start({ rollback: '1' })).rejects.toMatchObject({ message: expect.stringContaining('was changed on the host: a') });
});

test('drift: what somebody changed on the host is named, and the next push mends it', async () => {
  await start();
  writeFileSync(join(dir, 'etc/set/a'), 'odd\n');
  const { changes, result } = await start({}, {}, true);
  expect([changes.length, result.trees[0]?.changed_there]).toEqual([1, ['a']]);
  expect(read('etc/set/a')).toBe('odd\n');
  await start();
  expect(read('etc/set/a')).toBe('one\n');
});

test('several trees go over in one push; those that are in each other are refused', async () => {
  put('files/other/b', 'b\n');
  const trees = [
    { source: 'set', dest: join(dir, 'etc/set') },
    { source: 'other', dest: join(dir, 'srv/other') },
  ];
  await start({ trees });
  expect([read('etc/set/a'), read('srv/other/b')]).toEqual(['one\n', 'b\n']);
  const inside = { trees: [trees[0], { source: 'other', dest: join(dir, 'etc/set/other') }] };
  await expect(start(inside)).rejects.toMatchObject({ message: expect.stringContaining('both are trees of one push') });
});

test('a revision of a git repository is the source, and its commit is recorded', async () => {
  const git = (...words: readonly string[]): string =>
    spawnSync('git', ['-C', join(dir, 'files/set'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { encoding: 'utf8' }).stdout.trim();
  for (const words of [['init', '-q'], ['add', '.'], ['commit', '-qm', 'one'], ['tag', 'v1']]) git(...words);
  put('files/set/a', 'two\n');
  const commit = git('rev-parse', 'HEAD');
  expect((await start({ tree: { revision: 'v1' } })).result.trees).toMatchObject([{ commit }]);
  expect([read('etc/set/a'), existsSync(join(dir, 'etc/set/.git'))]).toEqual(['one\n', false]);
  await expect(start({ tree: { revision: 'v9' } })).rejects.toMatchObject({ message: expect.stringContaining('has no revision v9') });
});

test.each([
  ['an empty source', () => mkdirSync(join(dir, 'files/none')), { source: 'none' }, 'the source is empty'],
  ['a link to elsewhere', () => (mkdirSync(join(dir, 'etc')), symlinkSync('/srv', join(dir, 'etc/set'))), {}, 'is a link to /srv, which swarm did not make'],
  ['a file', () => put('etc/set', 'x'), {}, 'is a file on the host'],
  ['a mount point', () => undefined, { dest: '/proc' }, '/proc is a mount point'],
])('%s is refused before anything changes', async (_, prepare, tree, message) => {
  prepare();
  await expect(start({ tree })).rejects.toMatchObject({ message: expect.stringContaining(message) });
  expect(existsSync(join(dir, '.local'))).toBe(false);
});

test.runIf(process.getuid?.() === 0)('a read-only file system and a full one are refused before anything changes', async () => {
  mkdirSync(join(dir, 'etc'));
  const within = (mount: string): LocalHostOptions => ({
    commandPrefix: ['unshare', '-m', '--propagation', 'private', 'sh', '-c', `cd ${dir} && ${mount} && cd . && exec "$@"`, 'sh'],
  });
  const readonly = start({}, within('mount --bind etc etc && mount -o remount,ro,bind etc'));
  await expect(readonly).rejects.toMatchObject({ code: 'SW6012', message: expect.stringContaining('is read-only') });
  put('files/set/big', 'x'.repeat(3_000_000));
  const full = start({}, within('mount -t tmpfs -o size=2m none etc'));
  await expect(full).rejects.toMatchObject({ code: 'SW6008', message: expect.stringContaining('no room for a second tree') });
  expect([existsSync(join(dir, '.local')), readdirSync(join(dir, 'etc'))]).toEqual([false, []]);
});
