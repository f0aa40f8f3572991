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
    maxWorkers: 2, // most tests wait for processes and connections, so two go well on two cores
    coverage: {
      include: ['src/**', 'modules/**'],
      exclude: ['**/*.{sh,py}'],
      reporter: ['text-summary'],
      reportsDirectory: 'node_modules/.coverage',
    },
    reporters: ['default', './test/setup/skipped-tests.ts'],
  },
});
