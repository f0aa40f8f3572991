import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { preparePushHost } from './push-host.ts';

const host = preparePushHost();
const { put, read, start } = host;

function git(...words: readonly string[]): string {
  const argv = ['-C', join(host.dir, 'files/set'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...words];
  return spawnSync('git', argv, { encoding: 'utf8' }).stdout.trim();
}
function commit(tag: string): void {
  git('add', '.');
  git('commit', '-qm', tag);
  git('tag', tag);
}
const pushRevision = (revision: string, tree: Record<string, unknown> = {}) => start({ tree: { revision, ...tree } });
const reject = (text: string) => ({ code: 'SW6012', message: expect.stringContaining(text) });

beforeEach(() => {
  git('init', '-q');
  commit('v1');
});

test('a revision of a git repository is the source, and its commit is recorded', async () => {
  put('files/set/a', 'two\n');
  expect((await pushRevision('v1')).result.trees).toMatchObject([{ commit: git('rev-parse', 'HEAD') }]);
  expect([read('etc/set/a'), existsSync(join(host.dir, 'etc/set/.git'))]).toEqual(['one\n', false]);
  expect(statSync(join(host.dir, 'etc/set/deep/run')).mode & 0o777).toBe(0o755);
  await expect(pushRevision('v9')).rejects.toMatchObject(reject('has no revision v9'));
});

test('a revision has the same files as a checkout of it, whatever git leaves out of an archive', async () => {
  put('files/set/.gitattributes', 'deep export-ignore\na export-subst\n*.crlf text eol=crlf\n');
  put('files/set/a', '$Format:%H$\n');
  put('files/set/.tar', 'not an archive\n');
  put('files/set/x.crlf', 'x\n');
  commit('v2');
  git('checkout', '-q', '-f', 'v1');
  await pushRevision('v2');
  expect(['a', '.tar', 'deep/run', 'x.crlf'].map((path) => read(`etc/set/${path}`))).toEqual([
    '$Format:%H$\n',
    'not an archive\n',
    '#!/bin/sh\n',
    'x\r\n',
  ]);
});

test('a submodule is refused: its files would be taken for removed', async () => {
  put('files/set/sub/f', 'x\n');
  await start();
  const sub = join(host.dir, 'files/set/sub');
  for (const words of [
    ['init', '-q'],
    ['add', '.'],
    ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x'],
  ])
    spawnSync('git', ['-C', sub, ...words]);
  commit('v2');
  await expect(pushRevision('v2')).rejects.toMatchObject(reject('sub is a submodule'));
  expect(read('etc/set/sub/f')).toBe('x\n');
  await pushRevision('v2', { exclude: ['/sub'] });
  expect(read('etc/set/sub/f')).toBe('x\n');
});

test('the variables of a hook of git name no other repository, and no hook of this one runs', async () => {
  const hook = join(host.dir, 'files/set/.git/hooks/post-index-change');
  writeFileSync(hook, `#!/bin/sh\necho ran >${host.dir}/ran\n`, { mode: 0o755 });
  process.env['GIT_DIR'] = join(host.dir, 'nowhere');
  await pushRevision('v1').finally(() => delete process.env['GIT_DIR']);
  expect([read('etc/set/a'), existsSync(join(host.dir, 'ran'))]).toEqual(['one\n', false]);
});

test('a folder that the revision does not have, and a repository that git does not read', async () => {
  put('files/set/later/x', 'x\n');
  await expect(pushRevision('v1', { source: 'set/later/' })).rejects.toMatchObject(reject('cannot be read from git'));
  rmSync(join(host.dir, 'files/set/.git/HEAD'));
  await expect(pushRevision('v1')).rejects.toMatchObject(reject('git does not read'));
});
