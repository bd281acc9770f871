import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest in CI, slowest first. */
const SLOWEST = [
  'test/chaos/chaos.test.ts',
  'test/e2e/python-client.test.ts',
  'test/console/console.test.ts',
  'test/contract/actions.test.ts',
  'test/e2e/two-hosts.test.ts',
  'test/e2e/outages.test.ts',
  'scripts/start.test.mjs',
  'test/contract/with-keys.test.ts',
  'apps/api/src/middleware/json-body.test.ts',
  'test/e2e/unreadable-accounts.test.ts',
  'scripts/dev.test.mjs',
  'test/e2e/workers.test.ts',
  'test/contract/storage-full.test.ts',
  'test/contract/sending-media.test.ts',
  'test/e2e/cli.test.ts',
  'test/e2e/redis-sentinel.test.ts',
  'test/e2e/delivery.test.ts',
  'test/contract/receiving.test.ts',
  'test/contract/metrics.test.ts',
  'test/contract/telegram-trouble.test.ts',
  'test/contract/files.test.ts',
  'test/e2e/redis-cluster.test.ts',
];

/** Begins with the slowest files, so that no long one runs alone at the end while other cores are idle. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const places = new Map(SLOWEST.map((name, place) => [join(root, name), place]));
    for (const path of places.keys())
      if (!existsSync(path))
        throw new Error(`${path} is gone: take it out of SLOWEST in test/env/slowest-first.ts`);
    const placeOf = ({ moduleId }: TestSpecification) => places.get(moduleId) ?? SLOWEST.length;
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
