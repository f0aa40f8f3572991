import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import modprobe from '../../../modules/system/modprobe.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-modprobe-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('a check tells too that the host does not have a kernel module', async () => {
  const remote = await withPrograms(base, { modprobe: 'case $1 in -V) echo kmod version 30 ;; *) exit 1 ;; esac' });
  const args = modprobe.args.parse({ name: 'surely_no_such_module' });
  await expect(driveModule(modprobe.run(remote, args), remote, true)).rejects.toMatchObject({
    code: 'SW6012',
    message: 'kernel module surely_no_such_module: the host does not have it for the kernel that runs',
  });
});
