import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { preparePushHost } from './push-host.ts';

const host = preparePushHost();
const { put, read, start } = host;

describe('a rollback of several trees', () => {
  const git = (...words: readonly string[]): string =>
    spawnSync('git', ['-C', join(host.dir, 'files'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      encoding: 'utf8',
    }).stdout.trim();
  const pushBoth = (rollback = '') =>
    start({
      trees: [
        { source: 'set', dest: join(host.dir, 'etc/set') },
        { source: 'other', dest: join(host.dir, 'srv/other') },
      ],
      rollback,
    });
  const both = () => [read('etc/set/a'), read('srv/other/b')].map((text) => text.trim());
  const commit = async (path: string, text: string): Promise<string> => {
    put(path, `${text}\n`);
    git('add', '.');
    git('commit', '-qm', text);
    await pushBoth();
    return git('rev-parse', 'HEAD');
  };

  test('undoes the last push alone: a tree that it did not change stays', async () => {
    put('files/other/b', 'b1\n');
    await pushBoth();
    put('files/set/a', 'a2\n');
    put('files/other/b', 'b2\n');
    await pushBoth();
    put('files/set/a', 'a3\n');
    await pushBoth();
    await pushBoth('previous');
    expect(both()).toEqual(['a2', 'b2']);
    await pushBoth('previous');
    expect(both()).toEqual(['one', 'b1']);
  });

  test('to a commit takes what was in use of a tree that the commit did not change, and no changes that nobody committed', async () => {
    git('init', '-q');
    await commit('files/other/b', 'b1');
    const wanted = await commit('files/set/a', 'a2');
    put('files/set/a', 'dirty\n');
    await pushBoth();
    await commit('files/other/b', 'b2');
    await pushBoth(wanted.slice(0, 7));
    expect(both()).toEqual(['a2', 'b1']);
    await expect(pushBoth('0123abcd')).rejects.toMatchObject({ message: expect.stringContaining('no version 0123abcd') });
  });
});
