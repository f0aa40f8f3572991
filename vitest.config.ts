import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/setup/slowest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    globalSetup: './test/setup/memory-folder.ts',
    sequence: { sequencer: SlowestFirst },
    pool: 'forks',
    maxWorkers: Math.ceil(availableParallelism() * 1.5), // most tests wait for processes and connections
    coverage: {
      enabled: process.env['CI'] !== undefined, // a quarter more work for the unit tests
      include: ['src/**', 'modules/**'],
      exclude: ['**/*.{sh,py}'],
      reporter: ['text-summary'],
      reportsDirectory: 'node_modules/.coverage',
    },
    reporters: ['default', './test/setup/skipped-tests.ts'],
  },
});
