import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    retry: process.env['CI'] ? 1 : 0, // real servers on a busy machine; a test that passes only the second time is named in the log
  },
});
