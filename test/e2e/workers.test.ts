import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Part } from '../env/part.ts';
import { Stack } from '../env/stack.ts';

const SHARDS = 16;
const RECIPIENT = '+9996624999';
const ACCOUNTS = Array.from({ length: 8 }, (_, index) => ({
  userId: `account-${index}`,
  phone: `+99966240${String(index).padStart(2, '0')}`,
}));

describe('several workers', () => {
  let stack: Stack;
  let redis: Redis;
  let recipient: number;
  const ids = new Map<string, number>();

  beforeAll(async () => {
    stack = await Stack.start({ SHARDS: String(SHARDS) });
    redis = new Redis(stack.redis.url);
    recipient = await stack.signIn('recipient', RECIPIENT);
    for (const { userId, phone } of ACCOUNTS) ids.set(userId, await stack.signIn(userId, phone));
  }, 60_000);
  afterAll(async () => {
    redis.disconnect();
    await stack[Symbol.asyncDispose]();
  });

  /** Number of shards by worker name. */
  async function shares(): Promise<Map<string, number>> {
    const keys = Array.from({ length: SHARDS }, (_, shard) => `{shard-${shard}}:lease`);
    const leases = await redis.mget(keys);
    const counts = new Map<string, number>();
    for (const lease of leases) {
      const worker = lease?.slice(lease.indexOf(' ') + 1) ?? 'nobody';
      counts.set(worker, (counts.get(worker) ?? 0) + 1);
    }
    return counts;
  }

  async function evenlyShared(workers: number): Promise<void> {
    await expect
      .poll(async () => [...(await shares())], { timeout: 20_000 })
      .toSatisfy((counts: [string, number][]) => {
        const atMost = Math.ceil(SHARDS / workers);
        return (
          counts.length === workers &&
          counts.every(([worker, count]) => worker !== 'nobody' && count <= atMost)
        );
      });
  }

  /** Sends a few messages from every account during `meanwhile`. They must arrive once, and in order per account. */
  async function sendThrough(label: string, meanwhile: () => Promise<void>): Promise<void> {
    const rounds = Array.from({ length: 12 }, (_, round) => `${label} ${round}`);
    const sending = ACCOUNTS.map(async ({ userId }) => {
      let last: string | undefined;
      for (const text of rounds) {
        const sent = await stack.api.send(userId, RECIPIENT, text, { Prefer: 'wait=5' });
        expect([200, 202]).toContain(sent.status);
        last = sent.body.job_id;
      }
      return last;
    });
    const [jobs] = await Promise.all([Promise.all(sending), meanwhile()]);
    for (const job of jobs)
      await expect
        .poll(async () => (await stack.api.get(`/jobs/${job}`)).body.state, { timeout: 30_000 })
        .toBe('completed');
    for (const { userId } of ACCOUNTS) {
      const messages = await stack.control.messages({ from: ids.get(userId) ?? 0, to: recipient });
      expect(messages.map(({ text }) => text).filter((text) => text.startsWith(label))).toEqual(rounds);
      expect((await stack.api.status(userId)).body).toMatchObject({ authorized: true, state: 'ready' });
    }
  }

  test('share the accounts, and a third one takes its share while messages are being sent', async () => {
    const second = stack.spawnWorker();
    await second.ready;
    await evenlyShared(2);
    let third: Part | undefined;
    await sendThrough('joining', async () => {
      third = stack.spawnWorker();
      await third.ready;
      await evenlyShared(3);
    });
    await sendThrough('leaving', async () => {
      await third?.end();
      await evenlyShared(2);
    });
    await second.end();
    await evenlyShared(1);
  }, 120_000);

  test('refuse a worker without their sessions, and say what to set', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'gateway-elsewhere-'));
    const stranger = stack.spawnWorker({ DATA_DIR: elsewhere });
    await expect(stranger.ready).rejects.toThrow(/DATA_DIR or SESSION_STORE/);
    await rm(elsewhere, { recursive: true });
  });

  test('a rolling restart of all workers hands every account over at once', async () => {
    const second = stack.spawnWorker();
    await second.ready;
    await sendThrough('rolling', async () => {
      const next = stack.spawnWorker();
      await next.ready;
      await stack.worker.end();
      await second.end();
      stack.worker = next;
    });
    await evenlyShared(1);
    const left = await Promise.all(ACCOUNTS.map(({ userId }) => redis.llen(`{acct-${userId}}:send:active`)));
    expect(left).toEqual(ACCOUNTS.map(() => 0));
  }, 60_000);

  test('a killed worker is replaced, and everything is sent in order', async () => {
    const second = stack.spawnWorker();
    await second.ready;
    await evenlyShared(2);
    await sendThrough('killed', async () => {
      await stack.worker.end('SIGKILL');
      stack.worker = second;
      await evenlyShared(1);
    });
  }, 60_000);

  test('a worker that was frozen longer than its leases releases its accounts, and never disturbs their new owners', async () => {
    const frozen = stack.worker;
    const next = stack.spawnWorker();
    await next.ready;
    await evenlyShared(2);
    frozen.signal('SIGSTOP');
    stack.worker = next;
    await sendThrough('frozen', () => evenlyShared(1));
    frozen.signal('SIGCONT');
    await expect.poll(() => frozen.output, { timeout: 10_000 }).toContain('the lease on a shard is lost');
    await sendThrough('thawed', () => evenlyShared(2));
    await frozen.end();
  }, 120_000);
});
