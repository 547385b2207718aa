import { defineConfig } from 'vitest/config';

/** Views on pages of their own in Chromium, with the real threads and engine behind them; no workbench. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    // `npm test` has built everything before.
    globalSetup: process.env.ASR_BUILT ? [] : ['../buildEngine.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    sequence: { concurrent: false },
  },
});
