import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import push from '../../../modules/files/push.ts';
import type { Command } from '../../../src/core/connection.ts';
import { createLocalHost, driveModule, type LocalHost } from '../../modules/local-host.ts';
import { preparePushHost } from './push-host.ts';

/** Two pushes at once to one host, each of a project of its own: one succeeds, the other says so, and nothing is mixed. */
const host = preparePushHost();
const { put, read, versions, leftovers, start } = host;

let runs = 0;
/** A host whose commands first let `meanwhile` happen, once, before the first one that has the word. */
function hostWith(word: string, meanwhile: () => Promise<unknown>): LocalHost {
  runs += 1;
  const remote = createLocalHost(host.dir, { jobId: `other${runs}`, place: { run: `other${runs}` } });
  let done = false;
  const first =
    <Out>(work: (command: Command) => Promise<Out>) =>
    async (command: Command): Promise<Out> => {
      if (!done && command.argv.join(' ').includes(word)) {
        done = true;
        await meanwhile();
      }
      return work(command);
    };
  return Object.create(remote, Object.getOwnPropertyDescriptors({ exec: first(remote.exec), open: first(remote.open) })) as LocalHost;
}
const pushWith = (remote: LocalHost, args: Record<string, unknown> = {}) =>
  driveModule(push.run(remote, push.args.parse({ trees: [{ source: 'set/', dest: join(host.dir, 'etc/set') }], ...args })), remote);
const pushOther = (text: string) => async (): Promise<void> => {
  put('files/other/a', text);
  put('files/other/deep/run', '#!/bin/sh\n', 0o755);
  await start({ tree: { source: 'other/' }, keep: 2 });
};
const MOMENTS = [
  ['the new version is sent', 'sweep_leftovers ./.swarm-push'],
  ['it is complete', 'chown -hR'],
  ['the switch starts', 'setsid sh -c'],
];

test.each(MOMENTS)('another push is made before %s', async (_, word) => {
  await start();
  put('files/set/a', 'mine\n');
  const mine = pushWith(hostWith(word ?? '', pushOther('other\n')));
  await expect(mine).rejects.toMatchObject({ code: 'SW3003', message: expect.stringContaining('another push to') });
  expect([read('etc/set/a'), leftovers()]).toEqual(['other\n', ['.lock', 'last']]);
  expect(readlinkSync(join(host.dir, 'etc/set'))).toMatch(/\/2-/);
});

test('a push of the same files is made meanwhile: its version stays', async () => {
  await start();
  put('files/set/a', 'two\n');
  await expect(pushWith(hostWith('setsid sh -c', () => start()))).rejects.toMatchObject({ code: 'SW3003' });
  expect([read('etc/set/a'), (await start()).changes]).toEqual(['two\n', []]);
  put('files/set/a', 'three\n');
  await start();
  expect(versions().filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a push is made while a rollback starts, and removes the version that it goes to', async () => {
  for (const text of ['1', '2']) await pushOther(text)();
  const back = pushWith(hostWith('setsid sh -c', pushOther('3')), { rollback: '1' });
  await expect(back).rejects.toMatchObject({ code: 'SW3003' });
  expect(read('etc/set/a')).toBe('3');
});

test('a switch whose plan and name never reached the disk does not stop the next push', async () => {
  await start();
  const open = join(host.dir, '.local/state/swarm/push/switch');
  mkdirSync(open);
  for (const name of ['id', 'plan', 'lock']) writeFileSync(join(open, name), '');
  put('files/set/a', 'two\n');
  await start();
  expect([read('etc/set/a'), leftovers()]).toEqual(['two\n', ['.lock', 'last']]);
});
