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
