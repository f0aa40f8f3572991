import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import user from '../../../modules/accounts/user.ts';
import { withPrograms } from '../cases/case.ts';
import { accounts } from '../cases/system-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-users-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a user that is there gets the home that it lacks, unless it is one that must not be made', async () => {
  const id = 'case $1 in -g) echo 0 ;; *) echo users ;; esac';
  const remote = await withPrograms(root, { ...accounts, id, chown: ':', usermod: ':' });
  mkdirSync(join(root, 'state'), { recursive: true });
  const run = async (home: string, args: Record<string, unknown> = {}) => {
    writeFileSync(join(root, 'state/passwd'), `news:x:9:9::${home}:/bin/sh\n`);
    const { changes } = await driveModule(user.run(remote, user.args.parse({ name: 'news', ...args })), remote);
    return changes.map(({ verb, subject }) => `${verb} ${subject}`);
  };
  const home = join(root, 'spool/news');
  expect(await run(home, { create_home: false })).toEqual([]);
  expect(await run(home)).toEqual([`create ${home}`]);
  expect(existsSync(home)).toBe(true);
  expect(await run(home)).toEqual([]);
  expect(await run('/nonexistent')).toEqual([]);
  expect(await run(home, { home: join(root, 'new') })).toEqual(['update user news', `create ${join(root, 'new')}`]);
});

test('a home whose maker is killed is not there, and the next run makes it', async () => {
  const id = 'case $1 in -g) echo 0 ;; *) echo users ;; esac';
  const home = join(root, 'homes/news');
  const useradd = `case " $* " in *' -m '*) mkdir -p ${home}; kill -9 $$ ;; esac; echo 'news:x:9:9::${home}:/bin/sh' >>"$STATE/passwd"`;
  const chown = 'if [ ! -e "$STATE/killed" ]; then : >"$STATE/killed"; kill -9 $PPID; fi';
  const remote = await withPrograms(join(root, 'killed'), { ...accounts, id, useradd, chown });
  writeFileSync(join(root, 'killed/state/passwd'), '');
  const run = () => driveModule(user.run(remote, user.args.parse({ name: 'news', umask: '077' })), remote);
  await expect(run()).rejects.toThrow();
  expect([existsSync(home), readdirSync(join(root, 'homes')).length]).toEqual([false, 1]);
  expect((await run()).changes.map(({ subject }) => subject)).toEqual([home]);
  expect(readdirSync(join(root, 'homes'))).toEqual(['news']);
  expect(statSync(home).mode & 0o777).toBe(0o700);
});
