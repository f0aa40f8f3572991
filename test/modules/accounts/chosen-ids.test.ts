import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import group from '../../../modules/accounts/group.ts';
import user from '../../../modules/accounts/user.ts';
import { withPrograms } from '../cases/case.ts';
import { accounts } from '../cases/system-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-chosen-ids-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('what the host chooses for a new user or group is not in the diff as an empty value', async () => {
  const programs = { ...accounts, useradd: ':', groupadd: ':' };
  const remote = await withPrograms(join(root, 'new'), programs);
  const made = await driveModule(user.run(remote, user.args.parse({ name: 'web', shell: '/bin/sh' })), remote);
  expect(made.changes[0]?.after).toBe('uid the next free one\nshell /bin/sh\ngroups web\n');
  const grouped = await driveModule(group.run(remote, group.args.parse({ name: 'web' })), remote);
  expect(grouped.changes[0]?.after).toBe('gid the next free one\n');
});
