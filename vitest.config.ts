import { availableParallelism } from 'node:os';
import { defineConfig, type TestUserConfig } from 'vitest/config';
import { SlowestFirst } from './test/env/slowest-first.ts';
import unit from './vitest.unit.config.ts';

/** Tests that change the library's own functions or count what is on the heap: each file has a process of its own. */
const ALONE = [
  'packages/telegram/src/gramjs/*.test.ts',
  'packages/telegram/src/connection/lifetime.test.ts',
  'packages/session-formats/src/session-file.test.ts',
];

/** Tests that start processes or servers. */
const PROCESSES: TestUserConfig = {
  globalSetup: ['test/env/built-code.ts'],
  pool: 'forks',
  // Several start products at the same time on two cores: what takes 3 s alone takes 30 s there at worst.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 10_000, interval: 25 } },
};

const NEVER = ['**/node_modules/**', ...(unit.test?.include ?? [])];

export default defineConfig({
  test: {
    // Many tests start processes of their own, and wait for them most of the time.
    maxWorkers: Math.min(6, availableParallelism() + 2),
    sequence: { sequencer: SlowestFirst },
    projects: [
      './vitest.unit.config.ts',
      {
        test: {
          ...PROCESSES,
          name: 'processes',
          include: ['{packages,apps}/*/src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: [...NEVER, ...ALONE],
          // Loading the modules for each file anew takes a quarter of the time of all tests.
          isolate: false,
        },
      },
      { test: { ...PROCESSES, name: 'alone', include: ALONE, exclude: NEVER } },
    ],
  },
});
