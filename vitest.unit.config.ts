import { defineConfig } from 'vitest/config';

/** The tests of `npm run test:unit`: pure logic, without processes, sockets or Redis. `npm test` runs them too. */
export default defineConfig({
  test: {
    name: 'unit',
    include: [
      'packages/{contracts,formatting,telemetry}/src/**/*.test.ts',
      'packages/queue/src/*.test.ts',
      'packages/queue/src/!(redis)/**/*.test.ts',
      'apps/worker/src/lane/*.test.ts',
      'apps/cli/src/batch/*.test.ts',
    ],
    exclude: ['**/node_modules/**'],
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
  },
});
