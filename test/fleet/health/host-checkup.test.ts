import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/program/package-root.ts';
import { parseCheckup } from '../../../src/fleet/health/host-checkup.ts';

const program = join(packageRoot(), 'src/fleet/health/host-checkup.sh');
const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([shell = '']) => spawnSync(shell, ['-c', ':']).status !== null);

test.each(shells)('the check of a host reads the same under %s', (shell, ...words) => {
  const { stdout, stderr } = spawnSync(
    shell ?? '',
    [...words, program, 'sh no-such-tool', 'no-such-service', '--', '/', '/no-such-folder'],
    {
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
  const checkup = parseCheckup(stdout, Date.now() / 1000, false);
  expect(Math.abs(checkup.clockSkew)).toBeLessThan(5);
  expect(checkup.services).toEqual([{ name: 'no-such-service', known: false, running: false, enabled: false }]);
  expect(checkup.disks).toEqual([{ path: '/', mount: '/', used: expect.any(Number) }]);
  expect(stdout).toContain('lacks\tno-such-tool');
  expect(stdout).not.toContain('lacks\tsh\n');
});
