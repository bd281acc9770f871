import type { MediaStore } from '@gateway/media';
import type { RedisClient } from '@gateway/queue';
import type { Fetched, Fetcher } from '@gateway/webhooks';
import { expect, test, vi } from 'vitest';
import { MediaFetches } from './media-fetches.ts';

/** Keeps every file waiting until the test lets it fail. */
class SlowFetcher implements Fetcher {
  readonly begun: (() => void)[] = [];

  fetch(): Promise<Fetched> {
    return new Promise((_, reject) => this.begun.push(() => reject(new Error('enough'))));
  }

  async close(): Promise<void> {}
}

test('a job whose files wait for their turn shows that it waits, until it is its turn', async () => {
  const shown = new Map<string, string>();
  const redis = {
    hset: async (_key: string, jobId: string, hold: string) => shown.set(jobId, JSON.parse(hold).reason),
    hdel: async (_key: string, jobId: string) => shown.delete(jobId),
  } as unknown as RedisClient;
  const fetcher = new SlowFetcher();
  const fetches = new MediaFetches({ redis, media: {} as MediaStore, fetcher, maxBytes: 1 });
  const fetch = (job: number) =>
    fetches.fetch([{ userId: 'alice', jobId: `job${job}`, file: 0, url: 'http://x/' }]);
  for (let job = 1; job <= 17; job += 1) void fetch(job).catch(() => {});
  await expect.poll(() => fetcher.begun).toHaveLength(16);
  await vi.waitFor(
    async () => {
      await Promise.all([fetch(16), fetch(17)]);
      expect([...shown]).toEqual([['job17', 'UPLOAD_TURN']]);
    },
    { timeout: 10_000 },
  );
  fetcher.begun[0]?.();
  await expect.poll(() => fetcher.begun).toHaveLength(17);
  expect([...shown]).toEqual([]);
});
