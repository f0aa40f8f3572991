import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
