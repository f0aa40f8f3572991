import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import group from '../../../modules/accounts/group.ts';
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

test('what the host chooses for a new user or group is not in the diff as an empty value', async () => {
  const programs = { ...accounts, useradd: ':', groupadd: ':' };
  const remote = await withPrograms(join(root, 'new'), programs);
  const made = await driveModule(user.run(remote, user.args.parse({ name: 'web', shell: '/bin/sh' })), remote);
  expect(made.changes[0]?.after).toBe('uid the next free one\nshell /bin/sh\ngroups web\n');
  const grouped = await driveModule(group.run(remote, group.args.parse({ name: 'web' })), remote);
  expect(grouped.changes[0]?.after).toBe('gid the next free one\n');
});
