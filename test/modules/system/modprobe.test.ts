import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import modprobe from '../../../modules/system/modprobe.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-modprobe-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test.each([
  ['kmod', { modprobe: 'case $1 in -V) echo kmod version 30 ;; *) exit 1 ;; esac' }],
  ['busybox, and without modules for its kernel', { modprobe: 'exit 1', uname: 'echo 0.0-none' }],
])('a check tells too that a host with %s does not have a kernel module', async (_, programs) => {
  const remote = await withPrograms(base, programs);
  const args = modprobe.args.parse({ name: 'surely_no_such_module' });
  await expect(driveModule(modprobe.run(remote, args), remote, true)).rejects.toMatchObject({
    code: 'SW6012',
    message: 'kernel module surely_no_such_module: the host does not have it for the kernel that runs',
  });
});
