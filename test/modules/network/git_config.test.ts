import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import gitConfig from '../../../modules/network/git_config.ts';
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

test('repo must be a repository', async () => {
  await expect(twice({ name: 'a.b', value: 'c', repo: join(dir, 'none') })).rejects.toThrow(/none/);
});
