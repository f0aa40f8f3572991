import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import git from '../../../modules/network/git.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir = '';
const at = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-C', join(dir, folder), '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { encoding: 'utf8' }).trim();
const commit = (text: string): string => {
  writeFileSync(join(dir, 'repo/a'), text);
  at('repo', 'add', 'a');
  at('repo', 'commit', '-q', '-m', text);
  return at('repo', 'rev-parse', 'HEAD');
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-git-'));
  mkdirSync(join(dir, 'repo'));
  at('repo', 'init', '-q', '-b', 'main');
  commit('one');
});
afterEach(() => rmSync(dir, { recursive: true }));

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const run = async (args: Record<string, unknown>, env: Readonly<Record<string, string>> = {}) => {
    const host = hostWithTools(dir, tools, { env });
    const given = git.args.parse({ repo: join(dir, 'repo'), dest: join(dir, 'clone'), version: 'main', ...args });
    const { changes, result } = await driveModule(git.run(host, given), host);
    return { verbs: changes.map(({ verb }) => verb), after: result.after };
  };

  test.each([
    ['while files are checked out', 'echo half >a; : >.git/index.lock'],
    ['while HEAD is moved', ': >.git/HEAD.lock'],
    ['before the clone has a commit', 'rm -rf .git a; mkdir .git; : >.git/config.lock'],
  ])('a run that was killed %s is healed by the next one', async (_, left) => {
    await run({});
    const wanted = commit('two');
    const dead = String(spawnSync('true').pid);
    execFileSync('sh', ['-c', `${left}; echo ${dead} >.git/swarm-busy`], { cwd: join(dir, 'clone') });
    expect(await run({})).toEqual({ verbs: [expect.stringMatching(/^(create|update)$/)], after: wanted });
    expect(readFileSync(join(dir, 'clone/a'), 'utf8')).toBe('two');
    expect(at('clone', 'status', '--porcelain')).toBe('');
    expect(existsSync(join(dir, 'clone/.git/swarm-busy'))).toBe(false);
    expect((await run({})).verbs).toEqual([]);
  });

  test.each(['main', 'HEAD'])('with version %s the clone is on the branch, with which git pull works', async (version) => {
    await run({ version });
    commit('two');
    at('clone', 'pull', '-q');
    expect(at('clone', 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    const wanted = commit('three');
    expect((await run({ version })).after).toBe(wanted);
    expect(at('clone', 'rev-parse', 'main')).toBe(wanted);
    expect(at('clone', 'status', '--porcelain', '--branch')).toBe('## main...origin/main');
  });

  test('with a tag, a commit, or a branch that has the name of a tag, it is on none', async () => {
    const first = at('repo', 'rev-parse', 'HEAD');
    at('repo', 'tag', 'v1');
    at('repo', 'branch', 'v2');
    at('repo', 'tag', 'v2');
    commit('two');
    for (const version of ['v1', 'v2', first]) {
      expect((await run({ version })).after).toBe(first);
      expect(at('clone', 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
    }
    await run({ version: 'main' });
    expect(at('clone', 'symbolic-ref', '--short', 'HEAD')).toBe('main');
  });

  test('commits that somebody made in the clone stay, unless force is given', async () => {
    await run({});
    at('clone', 'commit', '-q', '--allow-empty', '-m', 'mine');
    const mine = at('clone', 'rev-parse', 'HEAD');
    const wanted = commit('two');
    await expect(run({})).rejects.toThrow(/has commits of its own/);
    expect(at('clone', 'rev-parse', 'main')).toBe(mine);
    expect((await run({ force: true })).after).toBe(wanted);
  });

  test('a history that was written anew is followed', async () => {
    await run({});
    at('repo', 'commit', '-q', '--amend', '-m', 'another one');
    expect((await run({})).after).toBe(at('repo', 'rev-parse', 'HEAD'));
    expect(at('clone', 'symbolic-ref', '--short', 'HEAD')).toBe('main');
  });

  test('a branch on which another work tree of the clone is stays as it is', async () => {
    await run({});
    at('clone', 'checkout', '-q', '--detach');
    at('clone', 'worktree', 'add', '-q', join(dir, 'second'), 'main');
    const before = at('clone', 'rev-parse', 'main');
    const wanted = commit('two');
    expect((await run({})).after).toBe(wanted);
    expect([at('clone', 'rev-parse', 'main'), at('clone', 'rev-parse', '--abbrev-ref', 'HEAD')]).toEqual([before, 'HEAD']);
  });

  test('a lock of a git that still runs, and changes of a person, stay', async () => {
    await run({});
    commit('two');
    writeFileSync(join(dir, 'clone/.git/index.lock'), '');
    await expect(run({})).rejects.toMatchObject({ code: 'SW6012' });
    expect(existsSync(join(dir, 'clone/.git/index.lock'))).toBe(true);
    rmSync(join(dir, 'clone/.git/index.lock'));
    writeFileSync(join(dir, 'clone/a'), 'mine');
    await expect(run({})).rejects.toThrow(/has changes that are not committed/);
    expect(existsSync(join(dir, 'clone/.git/swarm-busy'))).toBe(false);
  });

  test('a bare repository has all branches and tags, and follows them', async () => {
    at('repo', 'branch', 'old');
    expect(await run({ bare: true })).toMatchObject({ verbs: ['create'] });
    expect(existsSync(join(dir, 'clone/objects'))).toBe(true);
    expect(await run({ bare: true })).toMatchObject({ verbs: [] });
    at('repo', 'tag', 'v1');
    at('repo', 'branch', '-D', 'old');
    expect(await run({ bare: true })).toMatchObject({ verbs: ['update'] });
    expect(at('clone', 'show-ref').replace(/^\w+ /gm, '').split('\n')).toEqual(['refs/heads/main', 'refs/tags/v1']);
    const next = commit('two');
    expect(await run({ bare: true })).toEqual({ verbs: ['update'], after: next });
    expect(at('clone', 'rev-parse', 'HEAD')).toBe(next);
    await expect(run({})).rejects.toThrow('is a bare repository');
  });

  test('a folder with a work tree is not a bare repository', async () => {
    await run({});
    await expect(run({ bare: true })).rejects.toThrow('is a clone with a work tree');
  });

  test('a remote with another name, a refspec and a umask', async () => {
    at('repo', 'update-ref', 'refs/pull/1/head', 'HEAD');
    await run({ remote: 'upstream', refspec: 'refs/pull/*:refs/heads/pull/*', umask: '077' });
    expect(at('clone', 'remote')).toBe('upstream');
    expect(at('clone', 'show-ref', 'pull/1/head')).toMatch(/refs\/heads\/pull\/1\/head$/);
    expect(statSync(join(dir, 'clone/a')).mode & 0o777).toBe(0o600);
    expect(await run({ remote: 'upstream' })).toMatchObject({ verbs: [] });
  });

  test('ssh gets the key and the options, each as one word', async () => {
    mkdirSync(join(dir, 'bin'));
    writeFileSync(join(dir, 'bin/ssh'), '#!/bin/sh\nprintf "%s\\n" "$@" >"$SAID"\nexit 1\n', { mode: 0o755 });
    const path = `${join(dir, 'bin')}:${process.env['PATH']}`;
    const said = join(dir, 'said');
    const args = { repo: 'ssh://there/x', key_file: "/etc/it's a key", ssh_opts: '-o "User=a b" -v' };
    await expect(run(args, { PATH: path, SAID: said })).rejects.toThrow('ssh://there/x');
    expect(readFileSync(said, 'utf8').split('\n').slice(0, 7)).toEqual([
      '-oBatchMode=yes',
      '-i',
      "/etc/it's a key",
      '-oIdentitiesOnly=yes',
      '-o',
      'User=a b',
      '-v',
    ]);
  });
});
