import type { MediaStore } from '@gateway/media';
import type { RedisClient } from '@gateway/queue';
import type { Fetched, Fetcher } from '@gateway/webhooks';
import { expect, test, vi } from 'vitest';
import { MediaFetches } from './media-fetches.ts';

/** Keeps every file waiting until the test lets it fail, or it is given up. */
class SlowFetcher implements Fetcher {
  readonly begun: (() => void)[] = [];

  fetch(_url: string, signal: AbortSignal): Promise<Fetched> {
    return new Promise((_, reject) => {
      const fail = () => reject(new Error('enough'));
      this.begun.push(fail);
      signal.addEventListener('abort', fail);
    });
  }

  async close(): Promise<void> {}
}

/** What a test lets the worker fetch, from a fetcher of its own. */
function world() {
  const shown = new Map<string, string>();
  const redis = {
    hset: async (_key: string, jobId: string, hold: string) => shown.set(jobId, JSON.parse(hold).reason),
    hdel: async (_key: string, jobId: string) => shown.delete(jobId),
  } as unknown as RedisClient;
  const fetcher = new SlowFetcher();
  const fetches = new MediaFetches({ redis, media: {} as MediaStore, fetcher, maxBytes: 1 });
  const fetch = (job: number, userId: string) =>
    fetches.fetch([{ userId, jobId: `job${job}`, file: 0, url: 'http://x/' }]);
  return { shown, fetcher, fetches, fetch };
}

test('a job whose files wait for their turn shows that it waits, until it is its turn', async () => {
  const { shown, fetcher, fetch } = world();
  const ofItsOwn = (job: number) => fetch(job, `account${job}`);
  for (let job = 1; job <= 17; job += 1) void ofItsOwn(job).catch(() => {});
  await expect.poll(() => fetcher.begun).toHaveLength(16);
  await vi.waitFor(
    async () => {
      await Promise.all([ofItsOwn(16), ofItsOwn(17)]);
      expect([...shown]).toEqual([['job17', 'UPLOAD_TURN']]);
    },
    { timeout: 10_000 },
  );
  fetcher.begun[0]?.();
  await expect.poll(() => fetcher.begun).toHaveLength(17);
  expect([...shown]).toEqual([]);
});

test('slow servers of one account’s files hold up no other account', async () => {
  const { fetcher, fetch } = world();
  for (let job = 1; job <= 20; job += 1) void fetch(job, 'alice').catch(() => {});
  await expect.poll(() => fetcher.begun).toHaveLength(4);
  void fetch(21, 'bob').catch(() => {});
  await expect.poll(() => fetcher.begun).toHaveLength(5);
});

test('the files of a job that has ended are given up', async () => {
  const { fetcher, fetches, fetch } = world();
  for (let job = 1; job <= 5; job += 1) void fetch(job, 'alice').catch(() => {});
  await expect.poll(() => fetcher.begun).toHaveLength(4);
  fetches.giveUp('job2');
  await expect.poll(() => fetcher.begun).toHaveLength(5);
});
