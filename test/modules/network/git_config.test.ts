import { execFileSync } from 'node:child_process';
import { chownSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import gitConfig from '../../../modules/network/git_config.ts';
import { isRoot } from '../../machines/sshd.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-git-config-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** How many changes each of two runs makes. */
async function twice(args: Readonly<Record<string, unknown>>) {
  const count = async () => {
    const host = createLocalHost(dir);
    return (await driveModule(gitConfig.run(host, gitConfig.args.parse(args)), host)).changes.length;
  };
  return [await count(), await count()];
}

test('a setting is kept in a file, of the user and of a repository, with a value that looks like an option', async () => {
  const repo = join(dir, 'repo');
  execFileSync('git', ['init', '-q', repo]);
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-C', repo, 'config', ...words], { encoding: 'utf8', env: { ...process.env, HOME: dir } });
  for (const place of [{ file: join(dir, 'f') }, { scope: 'global' }, { repo }]) {
    const args = { name: "alias.it's a.x", ...place };
    expect(await twice({ ...args, value: '--unset-all\n$(x)' })).toEqual([1, 0]);
    expect(await twice({ ...args, value: 'b', add_mode: 'add' })).toEqual([1, 0]);
    const where = 'file' in place ? `--file=${place.file}` : 'repo' in place ? '--local' : '--global';
    expect(git(where, '-z', '--get-all', args.name).split('\0')).toEqual(['--unset-all\n$(x)', 'b', '']);
    expect(await twice({ ...args, value: 'c' })).toEqual([1, 0]);
    expect(await twice({ ...args, state: 'absent' })).toEqual([1, 0]);
    expect(git(where, '--list')).not.toContain('alias');
  }
});

test.skipIf(!isRoot)('the file of another user stays theirs, with its mode, behind a link too', async () => {
  const [file, link] = [join(dir, 'theirs'), join(dir, 'link')];
  writeFileSync(file, '[a]\n', { mode: 0o640 });
  chownSync(file, 1234, 1235);
  symlinkSync(file, link);
  for (const place of [file, link]) expect(await twice({ name: 'a.b', value: place, file: place })).toEqual([1, 0]);
  const { uid, gid, mode } = statSync(file);
  expect([uid, gid, mode & 0o777]).toEqual([1234, 1235, 0o640]);
});

test('a lock that a killed Git left does not stay for ever; a new one counts', async () => {
  const file = join(dir, 'f');
  const repo = join(dir, 'locked');
  execFileSync('git', ['init', '-q', repo]);
  for (const [place, lock] of [
    [{ file }, `${file}.lock`],
    [{ repo }, join(repo, '.git/config.lock')],
  ] as const) {
    writeFileSync(lock, '');
    await expect(twice({ name: 'a.b', value: 'c', ...place })).rejects.toThrow('could not lock config file');
    const longAgo = Date.now() / 1000 - 300;
    utimesSync(lock, longAgo, longAgo);
    expect(await twice({ name: 'a.b', value: 'c', ...place })).toEqual([1, 0]);
  }
});

test('repo must be a repository', async () => {
  await expect(twice({ name: 'a.b', value: 'c', repo: join(dir, 'none') })).rejects.toThrow(/none/);
});
