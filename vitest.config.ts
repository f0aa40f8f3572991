import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/setup/slowest-first.ts';

/** Tables of many hosts, shells and kills, up to a minute each, and what makes hosts for other tests. SWARM_TEST_FULL=1 runs them too: before a release, and after a change to what they test. */
const LONG = [
  'test/builds/root/enter-root.test.ts',
  'test/e2e/disk-faults.test.ts',
  'test/e2e/hosts/hosts-gone.test.ts',
  'test/e2e/hosts/no-account.test.ts',
  'test/e2e/raw-texts.test.ts',
  'test/e2e/run/connection-loss.test.ts',
  'test/e2e/run/healing.test.ts',
  'test/e2e/run/processes-end.test.ts',
  'test/e2e/run/push-cuts.test.ts',
  'test/e2e/run/push-links.test.ts',
  'test/e2e/run/work-in-hand.test.ts',
  'test/e2e/shared-files.test.ts',
  'test/gentoo/package/same-as-portage.test.ts',
  'test/lab/portage/run-emerge.test.ts',
  'test/lab/sshd/openssh-client.test.ts',
  'test/lab/sshd/ssh-server.test.ts',
  'test/machines/namespaces.test.ts',
  'test/machines/sshd.test.ts',
  'test/modules/certificates/certificates.test.ts',
  'test/modules/certificates/private-keys.test.ts',
  'test/modules/certificates/ssh-keys.test.ts',
  'test/modules/missing-programs.test.ts',
  'test/packaging/module-project.test.ts',
  'test/remote/connect/impostors.test.ts',
  'test/remote/connect/login-shells.test.ts',
  'test/remote/facts/local-facts.test.ts',
  'test/remote/jobs/detached-jobs.test.ts',
  'test/remote/jobs/job-survival.test.ts',
  'test/remote/ssh/login-errors.test.ts',
  'test/remote/tree/push-tree.test.ts',
  'test/sdk/packages/pip-state.test.ts',
  'test/sdk/push/push-faults.test.ts',
  'test/sdk/push/push-races.test.ts',
  'test/sdk/push/push-revision.test.ts',
  'test/sdk/push/push-rollback.test.ts',
  'test/sdk/push/push-versions.test.ts',
  'test/sdk/push/switch-link.test.ts',
];

/** Tests that start programs, servers and hosts. Each file has a process of its own. The files of all others share one for each worker, as
 *  a start costs more than most of them. */
const PROGRAMS = ['e2e', 'machines', 'packaging', 'remote'].map((ring) => `test/${ring}/**/*.test.{ts,tsx}`);
const exclude = ['node_modules/**', ...(process.env['SWARM_TEST_FULL'] === '1' ? [] : LONG)];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'programs', include: PROGRAMS, exclude } },
      { extends: true, test: { name: 'values', include: ['test/**/*.test.{ts,tsx}'], exclude: [...exclude, ...PROGRAMS], isolate: false } },
    ],
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
