import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/index.ts';
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

describe('a rollback that is refused tells which versions the host has, and a command that works', () => {
  const refusalOf = async (rollback: string): Promise<string> => {
    const error: unknown = await start({ rollback }).catch((thrown: unknown) => thrown);
    return error instanceof SwarmError ? `${error.message}. ${error.hint}` : 'not refused';
  };
  const dest = (): string => join(host.dir, 'etc/set');

  test('no older version', async () => {
    await start();
    expect(await refusalOf('previous')).toBe(
      `there is no older version of ${dest()}. On drone ${dest()} has version 1 (in use). To push the files as they are, run: swarm push -l drone`,
    );
  });

  test('no such version, and one that was changed', async () => {
    for (const text of ['1', '2', '3']) {
      put('files/set/a', text);
      await start();
    }
    expect(await refusalOf('9')).toBe(
      `there is no version 9 of ${dest()}. On drone ${dest()} has version 3 (in use), version 2, version 1. To go back, run: swarm push --rollback 2 -l drone`,
    );
    const second = readdirSync(join(host.dir, 'etc/.set.versions')).find((name) => name.startsWith('2-')) ?? '';
    writeFileSync(join(host.dir, 'etc/.set.versions', second, 'a'), 'odd');
    expect(await refusalOf('2')).toContain('was changed on the host: a. ');
    await expect(start({ rollback: '2' })).rejects.toMatchObject({ detail: undefined }); // the message names the path
    expect(await refusalOf('2')).toContain('To go back, run: swarm push --rollback 1 -l drone');
    await start({ rollback: '1' });
    expect(read('etc/set/a')).toBe('1');
  });
});
