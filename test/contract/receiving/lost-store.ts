import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConsumerRedis } from '@gateway/queue';
import { silentLogger, type RedisAddress } from '@gateway/runtime';
import { beforeAll, expect, test } from 'vitest';
import { eventIndexKey, eventsKey, receivingKey, updateStateKey } from '../../../packages/queue/src/keys.ts';
import type { Stack } from '../../env/stack.ts';
import type { AliceAndBob } from '../../env/use-stack.ts';
import { receivingTools } from './tools.ts';

/** How the sequence goes on after Redis has lost events, or has only restarted. */
export const lostStore = (product: () => AliceAndBob) => {
  let stack: Stack;
  beforeAll(() => {
    ({ stack } = product());
  });
  const { write, events, texts, lastSeq } = receivingTools(product);

  test('after the loss of Redis the numbers go on above the earlier ones, with a gap', async () => {
    const before = await lastSeq();
    await stack.worker.end();
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    await redis.flushall();
    redis.disconnect();
    await stack.startWorker();
    await expect.poll(() => lastSeq(), { timeout: 20_000 }).toBeGreaterThan(before);
    const { last_seq, oldest_seq } = (await stack.api.status('alice')).body.receiving;
    await write('after the loss');
    await expect.poll(() => texts(last_seq)).toEqual(['after the loss']);
    expect((await events(oldest_seq - 1))[0]).toMatchObject({ type: 'updates.gap', reason: 'store_lost' });
  });

  test('the same if Redis loses its data while everything runs', { timeout: 60_000 }, async () => {
    const before = await lastSeq();
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    await redis.flushall();
    redis.disconnect();
    await write('right after');
    await expect.poll(() => lastSeq(), { timeout: 30_000 }).toBeGreaterThan(before);
    const { oldest_seq } = (await stack.api.status('alice')).body.receiving;
    expect(oldest_seq).toBeGreaterThan(before);
    const after = await lastSeq();
    await write('and later');
    await expect.poll(() => texts(after), { timeout: 20_000 }).toContain('and later');
    expect((await events(oldest_seq - 1))[0]).toMatchObject({ type: 'updates.gap', reason: 'store_lost' });
  });

  test('if Redis goes back to an earlier state, numbers are not given again, and nothing is missing', async () => {
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    const keys = [receivingKey, eventsKey, eventIndexKey, updateStateKey].map((key) => key('alice'));
    const first = await lastSeq();
    await write('kept');
    await expect.poll(() => texts(first)).toEqual(['kept']);
    const copies = await Promise.all(keys.map(async (key) => ({ key, value: await redis.dumpBuffer(key) })));
    await write('lost 1');
    await write('lost 2');
    await expect.poll(() => texts(first)).toEqual(['kept', 'lost 1', 'lost 2']);
    const before = await lastSeq();
    for (const { key, value } of copies) await redis.restore(key, 0, value ?? '', 'REPLACE');
    redis.disconnect();
    await write('later');
    await expect.poll(() => texts(before), { timeout: 20_000 }).toEqual(['lost 1', 'lost 2', 'later']);
    expect((await events(before))[0]).toMatchObject({
      seq: before + 1,
      type: 'updates.gap',
      chat: null,
      reason: 'store_lost',
    });
    // The numbers of the lost events stay empty.
    expect((await events(first)).map(({ seq }) => seq)).not.toContain(before);
  });

  test('a restart of everything costs no number, and tells no gap', { timeout: 60_000 }, async () => {
    await write('before the restart');
    const after = await lastSeq();
    const { gaps } = (await stack.api.status('alice')).body.receiving;
    await stack.worker.end();
    await stack.redis.stop('SIGTERM');
    await stack.redis.resume();
    await write('while it was down');
    await stack.startWorker();
    await expect.poll(() => texts(after), { timeout: 20_000 }).toContain('while it was down');
    const all = await events(after);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => after + 1 + index));
    expect((await stack.api.status('alice')).body.receiving.gaps).toBe(gaps);
  });

  test(
    'a kill of everything costs no number either, several times in a row',
    { timeout: 90_000 },
    async () => {
      const first = await lastSeq();
      const { gaps } = (await stack.api.status('alice')).body.receiving;
      const written: string[] = [];
      for (const round of [1, 2]) {
        written.push(`before kill ${round}`, `after kill ${round}`);
        await write(`before kill ${round}`);
        await expect.poll(() => texts(first), { timeout: 20_000 }).toEqual(written.slice(0, -1));
        await whenWritten(stack.redis.address);
        await Promise.all([stack.worker.end('SIGKILL'), stack.redis.stop('SIGKILL')]);
        await stack.redis.resume();
        await stack.startWorker();
        await write(`after kill ${round}`);
        await expect.poll(() => texts(first), { timeout: 30_000 }).toEqual(written);
      }
      expect((await events(first)).map(({ seq }) => seq)).toEqual(
        written.map((_, index) => first + 1 + index),
      );
      expect((await stack.api.status('alice')).body.receiving.gaps).toBe(gaps);
    },
  );

  test(
    'if Redis goes back to an earlier copy while the worker is killed, no number is given twice',
    { timeout: 90_000 },
    async () => {
      const { directory } = stack.redis;
      const first = await lastSeq();
      await write('copied');
      await expect.poll(() => texts(first)).toEqual(['copied']);
      await stack.redis.stop('SIGTERM');
      const copy = await mkdtemp(join(tmpdir(), 'gateway-redis-copy-'));
      await cp(directory, copy, { recursive: true });
      await stack.redis.resume();
      await write('lost 1');
      await write('lost 2');
      await expect.poll(() => texts(first), { timeout: 20_000 }).toEqual(['copied', 'lost 1', 'lost 2']);
      const given = await lastSeq();
      await Promise.all([stack.worker.end('SIGKILL'), stack.redis.stop('SIGKILL')]);
      await rm(directory, { recursive: true });
      await cp(copy, directory, { recursive: true });
      await rm(copy, { recursive: true });
      await stack.redis.resume();
      await expect
        .poll(async () => (await stack.api.get(`/telegram/accounts/alice/updates?after=${given}`)).body.code)
        .toBe('EVENTS_GONE');
      await stack.startWorker();
      await write('later');
      await expect.poll(() => texts(given), { timeout: 20_000 }).toEqual(['lost 1', 'lost 2', 'later']);
      // The file of the killed worker has the latest number.
      expect((await events(given))[0]).toMatchObject({
        seq: given + 1,
        type: 'updates.gap',
        chat: null,
        reason: 'store_lost',
      });
      const later = (await events(first)).filter(({ message }) => message?.text !== 'copied');
      expect(Math.min(...later.map(({ seq }) => seq))).toBeGreaterThan(given);
    },
  );
};

/** Resolves once a kill of Redis loses nothing: it may write its file later than it answers. */
async function whenWritten(address: RedisAddress): Promise<void> {
  const redis = openConsumerRedis(address, silentLogger());
  await expect.poll(() => redis.info('persistence')).toContain('aof_buffer_length:0\r\n');
  redis.disconnect();
}
