import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'webview/**/*.test.ts',
      'test/*.test.ts',
      'test/numeric/**/*.test.ts',
      'test/faults/**/*.test.ts',
    ],
    globalSetup: ['test/buildEngine.ts'],
    setupFiles: ['test/propertySeed.ts'],
    pool: 'forks',
    // Many tests wait for other processes, the soak for two minutes: one more than the two processors of CI.
    maxWorkers: 3,
    testTimeout: 60_000,
  },
});
