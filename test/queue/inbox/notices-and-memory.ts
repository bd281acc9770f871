import type { EventDraft } from '@gateway/contracts';
import { EventNotices, Inbox, openConsumerRedis, receivingOf } from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { parseRedisUrl, silentLogger } from '@gateway/runtime';
import { expect, test } from 'vitest';
import { BOB, COMMON } from '../../env/incoming.ts';
import { added, FENCE, LIMITS, SEALER, SEQ, SHARDS, type InboxStage } from './stage.ts';

/** How appends are noticed, and what gives way when memory is short. */
export const noticesAndMemory = (stage: InboxStage) => {
  const { append, events, told } = stage;

  test('appends once when the answer of Redis is lost', async () => {
    await using proxy = await RedisProxy.before(stage.server.url);
    const own = openConsumerRedis(parseRedisUrl(proxy.url), silentLogger());
    const cutOff = new Inbox({
      redis: own,
      shards: SHARDS,
      sealer: SEALER,
      isSealed: false,
      limits: LIMITS,
      memory: stage.memory,
    });
    await cutOff.append(stage.alice, FENCE, { events: [added(BOB, 1)], seq: SEQ });
    const gap: EventDraft = { type: 'updates.gap', ...COMMON, chat: null, reason: 'off' };
    proxy.hold();
    const pending = cutOff.append(stage.alice, FENCE, { events: [gap], seq: SEQ });
    await expect.poll(async () => (await receivingOf(stage.redis, stage.alice)).last_seq).toBe(2);
    // Without its answer the client sends the command again on its next connection.
    proxy.cut();
    proxy.heal();
    expect(await pending).toEqual({ lastSeq: 2 });
    expect(await told()).toHaveLength(2);
    own.disconnect();
  });

  test('is noticed by those who wait, and live events reach them', async () => {
    const notices = new EventNotices(stage.redis, stage.server.address, SHARDS);
    const watch = notices.watch(stage.alice);
    const signal = new AbortController().signal;
    await watch.changed(0, signal); // The subscription is active.
    const waiting = watch.changed(0, signal);
    await append([added(BOB, 1)]);
    await waiting;
    await watch.changed(0, signal);
    const live = watch.changed(1, signal);
    const typing = { type: 'chat.typing', occurred_at: COMMON.occurred_at, chat: BOB, sender: null } as const;
    await stage.inbox.publishLive(stage.alice, { ...typing, action: 'typing' });
    await live;
    expect(watch.takeLive()).toEqual([{ ...typing, action: 'typing' }]);
    const off = watch.changed(1, signal);
    await stage.inbox.writeReceiving(stage.alice, FENCE, { enabled: false, since: null, filter: {} });
    await off;
    watch.close();
    notices.close();
  });

  test('reaches a watch while it is live, as soon as the notices listen', async () => {
    const notices = new EventNotices(stage.redis, stage.server.address, SHARDS);
    const watch = notices.watch(stage.alice);
    await notices.listening(stage.alice);
    const typing = { type: 'chat.typing', occurred_at: COMMON.occurred_at, chat: BOB, sender: null } as const;
    await stage.inbox.publishLive(stage.alice, { ...typing, action: 'typing' });
    await expect.poll(() => watch.takeLive()).toHaveLength(1);
    watch.close();
    notices.close();
  });

  test('gives way at once when Redis refuses an event for lack of memory', async () => {
    await append(Array.from({ length: 400 }, (_, id) => added(BOB, id, 'x'.repeat(5_000))));
    const used = Number(/^used_memory:(\d+)/m.exec(await stage.redis.info('memory'))?.[1]);
    // The watch has not asked yet, so the inbox learns it from the refusal.
    await stage.redis.config('SET', 'maxmemory', String(used - 100_000));
    try {
      await expect(stage.redis.set('a-send', 'x')).rejects.toThrow('OOM');
      const { lastSeq } = (await append([added(BOB, 500)])) as { lastSeq: number };
      expect((await events(lastSeq - 2)).map(({ type }) => type)).toEqual(['updates.gap', 'message.new']);
      await expect(stage.redis.set('a-send', 'x')).resolves.toBe('OK');
    } finally {
      await stage.redis.config('SET', 'maxmemory', '0');
      await stage.memory.ask();
    }
  });

  test('gives way when Redis is short of memory, and says so', async () => {
    await append(Array.from({ length: 400 }, (_, id) => added(BOB, id, 'x'.repeat(5_000))));
    const used = Number(/^used_memory:(\d+)/m.exec(await stage.redis.info('memory'))?.[1]);
    await stage.redis.config('SET', 'maxmemory', String(used));
    try {
      await stage.memory.ask();
      await stage.inbox.sweep(stage.alice, FENCE);
      const { last_seq, oldest_seq, gaps } = await receivingOf(stage.redis, stage.alice);
      expect({ gaps, kept: last_seq - oldest_seq + 1 }).toEqual({ gaps: 1, kept: 101 });
      expect((await events(last_seq - 1))[0]).toMatchObject({ type: 'updates.gap', reason: 'memory' });
      await append([added(BOB, 500)]);
      expect((await receivingOf(stage.redis, stage.alice)).gaps).toBe(1);
      await expect(stage.redis.set('a-send', 'x')).resolves.toBe('OK');
    } finally {
      await stage.redis.config('SET', 'maxmemory', '0');
      await stage.memory.ask();
    }
  });
};
