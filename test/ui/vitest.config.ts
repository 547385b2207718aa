import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['./support/serveWorkbench.ts'],
    pool: 'forks',
    // One window at a time: what is measured must not wait for another test's training.
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // The steps of one window build on each other.
    sequence: { concurrent: false },
  },
});
