import { expect, test } from 'vitest';
import type { Probe } from '../../../src/core/module.ts';
import { statPaths } from '../../../src/sdk/files/path-stat.ts';

test('a path that the host refuses to read is an error with the path, the reason and what to do', async () => {
  const stdout = "error stat: cannot statx '/root/.ssh': Permission denied\n";
  const probe = { host: { login: {} }, query: async () => ({ exit: 0, stdout, stderr: '' }) } as unknown as Probe;
  await expect(statPaths(probe, [{ path: '/root/.ssh' }])).rejects.toMatchObject({
    code: 'SW6012',
    message: '/root/.ssh cannot be read: permission denied',
    hint: 'To see the rights, run on the host: namei -l /root/.ssh',
  });
});

test('a name of a user or group may have blanks, and the target of a link colons', async () => {
  const stdout = [
    '81a4:5:1700000000:1001:DOM\\jo doe:1002:domain users:-',
    'a1ff:3:1700000000:0:root:0:root:/a b:c',
    '41ed:0:1700000000:7:-:8:UNKNOWN:-',
    '',
  ].join('\n');
  const probe = { host: { login: {} }, query: async () => ({ exit: 0, stdout, stderr: '' }) } as unknown as Probe;
  const common = { mtime: 1_700_000_000 };
  expect(await statPaths(probe, [{ path: '/f' }, { path: '/l' }, { path: '/d' }])).toEqual([
    { ...common, type: 'file', mode: '0644', size: 5, uid: '1001', owner: 'DOM\\jo doe', gid: '1002', group: 'domain users' },
    { ...common, type: 'link', mode: '0777', size: 3, uid: '0', owner: 'root', gid: '0', group: 'root', target: '/a b:c' },
    { ...common, type: 'directory', mode: '0755', size: 0, uid: '7', owner: '-', gid: '8', group: 'UNKNOWN' },
  ]);
});
