import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import unit from './vitest.unit.config.ts';

export default defineConfig({
  test: {
    // Many tests start processes of their own, and wait for them most of the time.
    maxWorkers: Math.max(3, Math.min(4, availableParallelism() - 1)),
    projects: [
      './vitest.unit.config.ts',
      {
        test: {
          name: 'processes',
          include: ['{packages,apps}/*/src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['**/node_modules/**', ...(unit.test?.include ?? [])],
          globalSetup: ['test/env/built-code.ts'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000, interval: 25 } },
        },
      },
    ],
  },
});
