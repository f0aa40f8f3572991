import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/setup/slowest-first.ts';

/** Tables of many hosts, shells and kills, up to a minute each. SWARM_TEST_FULL=1 runs them too: before a release, and after a change to what they test. */
const LONG = [
  'test/builds/root/enter-root.test.ts',
  'test/e2e/connection-loss.test.ts',
  'test/e2e/disk-faults.test.ts',
  'test/e2e/healing.test.ts',
  'test/e2e/hosts-gone.test.ts',
  'test/e2e/processes-end.test.ts',
  'test/e2e/push-links.test.ts',
  'test/e2e/raw-texts.test.ts',
  'test/e2e/shared-files.test.ts',
  'test/gentoo/binhost/crash.test.ts',
  'test/lab/portage/run-emerge.test.ts',
  'test/remote/connect/login-shells.test.ts',
  'test/remote/connect/permuted-addresses.test.ts',
  'test/remote/jobs/detached-jobs.test.ts',
  'test/remote/jobs/job-survival.test.ts',
  'test/remote/ssh/login-errors.test.ts',
  'test/remote/tree/push-tree.test.ts',
  'test/sdk/push/push-faults.test.ts',
  'test/sdk/push/push-versions.test.ts',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['node_modules/**', ...(process.env['SWARM_TEST_FULL'] === '1' ? [] : LONG)],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    globalSetup: './test/setup/memory-folder.ts',
    sequence: { sequencer: SlowestFirst },
    pool: 'forks',
    maxWorkers: Math.ceil(availableParallelism() * 1.5), // most tests wait for processes and connections
    coverage: {
      include: ['src/**', 'modules/**'],
      exclude: ['**/*.{sh,py}'],
      reporter: ['text-summary'],
      reportsDirectory: 'node_modules/.coverage',
    },
    reporters: ['default', './test/setup/skipped-tests.ts'],
  },
});
