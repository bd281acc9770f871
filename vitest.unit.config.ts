import { defineConfig } from 'vitest/config';

/** The tests of `npm run test:unit`: pure logic, without processes, sockets or Redis. `npm test` runs them too. */
export default defineConfig({
  test: {
    include: [
      'packages/{contracts,formatting,queue,telemetry}/src/**/*.test.ts',
      'apps/worker/src/lane/*.test.ts',
      'apps/cli/src/batch/*.test.ts',
    ],
    // These measure or wait for seconds.
    exclude: [
      '**/node_modules/**',
      'packages/formatting/src/slow-inputs.test.ts',
      'packages/queue/src/redis/redis-calls.test.ts',
    ],
    pool: 'threads',
    isolate: false,
  },
});
