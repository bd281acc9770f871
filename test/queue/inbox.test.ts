import { once } from 'node:events';
import type { EventDraft, ShownChat } from '@gateway/contracts';
import {
  EventNotices,
  EventReader,
  Fenced,
  Inbox,
  MemoryWatch,
  openConsumerRedis,
  raiseFence,
  receivingOf,
  type Append,
  type EventWatch,
  type EventLimits,
  type RedisClient,
} from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { parseRedisUrl, Sealer, silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventIndexKey, eventsKey, receivingKey, updateStateKey } from '../../packages/queue/src/keys.ts';
import { BOB, COMMON, messageIn, newMessage, NEWS } from '../env/incoming.ts';
import { RedisServer } from '../env/redis-server.ts';

const FENCE = '1 worker';
const SHARDS = 4;
const LIMITS: EventLimits = { max: 1_000, maxBytes: 1_000_000, retentionMs: 60_000 };
const SEALER = new Sealer([Buffer.alloc(32, 7)]);
const CAROL: ShownChat = { id: '43', type: 'private', title: 'Carol', username: null };
const SEQ = { start: 0, limit: 10_000 };

const added = (chat: ShownChat, id: number, text = `text of ${id}`) => newMessage(chat, id, { text });
const edited = (chat: ShownChat, id: number, editDate: string, text = 'edited'): EventDraft => ({
  type: 'message.edited',
  ...COMMON,
  message: messageIn(chat, id, { edit_date: editDate, text }),
});
const deleted = (chat: ShownChat | null, ...ids: number[]): EventDraft => ({
  type: 'message.deleted',
  ...COMMON,
  chat,
  message_ids: ids,
});

describe('The sequence of an account', () => {
  let server: RedisServer;
  let redis: RedisClient;
  let memory: MemoryWatch;
  let reader: EventReader;
  let usual: Inbox;
  let inbox: Inbox;
  let accounts = 0;
  let alice = '';

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.address, silentLogger());
    // Each inbox listens.
    redis.setMaxListeners(50);
    memory = new MemoryWatch(redis);
    reader = new EventReader(redis, SEALER, Infinity);
    usual = open();
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    accounts += 1;
    alice = `alice-${accounts}`;
    inbox = usual;
    await raiseFence(redis, alice, FENCE);
  });

  const open = (limits: Partial<EventLimits> = {}, isSealed = false) =>
    new Inbox({ redis, shards: SHARDS, sealer: SEALER, isSealed, limits: { ...LIMITS, ...limits }, memory });
  const append = (events: EventDraft[], more: Partial<Append> = {}) =>
    inbox.append(alice, FENCE, { events, seq: SEQ, ...more });
  const events = async (after = 0) => (await reader.read(alice, after, 100)).events;
  const told = async () =>
    (await events((await receivingOf(redis, alice)).oldest_seq - 1)).map((event) =>
      'message' in event
        ? [event.seq, event.type, event.message.message_id]
        : [
            event.seq,
            event.type,
            ...('message_ids' in event ? [event.chat?.id ?? null, event.message_ids] : []),
            ...('reason' in event ? [event.reason] : []),
          ],
    );

  test('rises by one, and an event is read as it was appended', async () => {
    expect(await append([added(BOB, 1), added(BOB, 2)])).toEqual({ lastSeq: 2 });
    expect(await append([added(NEWS, 1)])).toEqual({ lastSeq: 3 });
    const page = await reader.read(alice, 1, 100);
    expect(page).toMatchObject({ lastSeq: 3, oldestSeq: 1, isGone: false });
    expect(page.events[0]).toEqual({
      event_id: `${alice}:2`,
      seq: 2,
      user_id: alice,
      ...added(BOB, 2),
    });
    expect(page.events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await reader.read(alice, 0, 2)).events.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('stores events and update state in one step, and nothing under a former fence', async () => {
    await append([added(BOB, 1)], { state: { set: { pts: '5', 'channel:7': '3 1' } } });
    expect(await inbox.readState(alice)).toEqual({ pts: '5', 'channel:7': '3 1' });
    await append([], { state: { set: { pts: '6' }, remove: ['channel:7'] } });
    expect(await inbox.readState(alice)).toEqual({ pts: '6' });
    await raiseFence(redis, alice, '2 other');
    await expect(append([added(BOB, 2)], { state: { set: { pts: '7' } } })).rejects.toThrow(Fenced);
    await expect(inbox.forget(alice, FENCE)).rejects.toThrow(Fenced);
    expect(await inbox.readState(alice)).toEqual({ pts: '6' });
    expect(await told()).toEqual([[1, 'message.new', 1]]);
    await inbox.append(alice, '2 other', {
      events: [],
      seq: SEQ,
      state: { set: { qts: '1' }, remove: ['*'] },
    });
    expect(await inbox.readState(alice)).toEqual({ qts: '1' });
  });

  test('drops what a difference repeats: the same message, the same edit', async () => {
    await append([added(BOB, 1), added(NEWS, 1), edited(BOB, 1, '2026-11-28T12:01:00Z')]);
    await append([added(BOB, 1), edited(BOB, 1, '2026-11-28T12:01:00Z'), added(NEWS, 1)]);
    expect((await receivingOf(redis, alice)).last_seq).toBe(3);
    await append([edited(BOB, 1, '2026-11-28T12:02:00Z')]);
    expect(await told()).toEqual([
      [1, 'message.new', 1],
      [2, 'message.new', 1],
      [3, 'message.edited', 1],
      [4, 'message.edited', 1],
    ]);
  });

  test('drops a change of members that a repeated service message tells again, and no other', async () => {
    const user = {
      id: '7',
      type: 'user',
      name: 'Eve',
      username: null,
      is_bot: false,
      is_contact: false,
    } as const;
    const joins = (told_by?: number): EventDraft => ({
      type: 'chat.member',
      ...COMMON,
      chat: NEWS,
      user,
      actor: user,
      change: 'joined',
      ...(told_by !== undefined && { told_by }),
    });
    await append([added(NEWS, 1), joins(1), joins(), joins()]);
    await append([added(NEWS, 1), joins(1), joins(2)]);
    expect(await told()).toEqual([[1, 'message.new', 1], ...[2, 3, 4, 5].map((seq) => [seq, 'chat.member'])]);
    expect((await events(4))[0]).toEqual({ event_id: `${alice}:5`, seq: 5, user_id: alice, ...joins() });
    inbox = open({ max: 1 });
    await append([joins(3)]);
    expect(await redis.hlen(eventIndexKey(alice))).toBe(1);
  });

  test('tells two edits of one second apart by their content', async () => {
    const date = '2026-11-28T12:01:00Z';
    await append([added(BOB, 1), edited(BOB, 1, date, 'first'), edited(BOB, 1, date, 'second')]);
    await append([edited(BOB, 1, date, 'second')]);
    const texts = (await events()).map((event) => ('message' in event ? event.message.text : ''));
    expect(texts).toEqual(['text of 1', 'first', 'second']);
  });

  test('names the chats of deletions that name none', async () => {
    await append([added(BOB, 1), added(CAROL, 2), added(BOB, 3), added(NEWS, 4)]);
    await append([added(CAROL, 5), deleted(null, 1, 2, 3, 4, 5)]);
    expect((await told()).slice(5)).toEqual([
      [6, 'message.deleted', BOB.id, [1, 3]],
      [7, 'message.deleted', CAROL.id, [2, 5]],
      [8, 'message.deleted', null, [4]],
    ]);
    const [event] = await events(5);
    expect(event).toMatchObject({ chat: BOB });
    await append([deleted(null, 8, 9)], { tellsUnknownDeletions: false });
    expect((await receivingOf(redis, alice)).last_seq).toBe(8);
  });

  test('stays within its limits, oldest out first, and so does its index', async () => {
    inbox = open({ max: 3 });
    await append([1, 2, 3, 4, 5].map((id) => added(BOB, id)));
    expect(await reader.read(alice, 1, 100)).toMatchObject({ isGone: true, events: [] });
    expect(await reader.read(alice, 2, 100)).toMatchObject({ oldestSeq: 3, lastSeq: 5, isGone: false });
    expect(await reader.read(alice, 6, 100)).toMatchObject({ isGone: true });
    expect(await redis.hkeys(eventIndexKey(alice))).toEqual(['3', '4', '5']);
    inbox = open({ maxBytes: 3_000 });
    await append([added(BOB, 6, 'x'.repeat(2_000))]);
    expect(await told()).toEqual([[6, 'message.new', 6]]);
    inbox = open({ retentionMs: 0 });
    await expect
      .poll(async () => {
        await inbox.sweep(alice, FENCE);
        return (await receivingOf(redis, alice)).oldest_seq;
      })
      .toBe(7);
    expect(await Promise.all([redis.xlen(eventsKey(alice)), redis.exists(eventIndexKey(alice))])).toEqual([
      0, 0,
    ]);
    expect(await redis.hget(receivingKey(alice), 'bytes')).toBe('0');
  });

  test('goes on above the limit when Redis has lost it, with a gap first', async () => {
    await append([added(BOB, 1)]);
    await redis.flushall();
    await raiseFence(redis, alice, FENCE);
    await append([added(BOB, 2)], { seq: { start: 10_000, limit: 20_000 } });
    expect(await told()).toEqual([
      [10_001, 'updates.gap', 'store_lost'],
      [10_002, 'message.new', 2],
    ]);
    expect(await receivingOf(redis, alice)).toMatchObject({ gaps: 1, oldest_seq: 10_001 });
  });

  describe('that Redis has taken back to an earlier state', () => {
    let watch: EventWatch;
    let notices: EventNotices;
    beforeEach(async () => {
      await append([added(BOB, 1)], { state: { set: { pts: '1' } } });
      const keys = [receivingKey, eventsKey, eventIndexKey, updateStateKey].map((key) => key(alice));
      const copies = await Promise.all(
        keys.map(async (key) => ({ key, value: (await redis.dumpBuffer(key)) ?? '' })),
      );
      await append([added(BOB, 2), added(BOB, 3)], { state: { set: { pts: '3' } } });
      notices = new EventNotices(redis, server.address, SHARDS);
      watch = notices.watch(alice);
      for (const { key, value } of copies) await redis.restore(key, 0, value, 'REPLACE');
    });
    afterEach(() => {
      watch.close();
      notices.close();
    });

    test('gives no number again, and demands that updates are read again', async () => {
      const fourth = append([added(BOB, 4)], { state: { set: { pts: '4' } } });
      await expect(fourth).rejects.toThrow(/lost the latest events/);
      expect(await inbox.readState(alice)).toEqual({ pts: '1' });
      expect(await append([added(BOB, 2)], { state: { set: { pts: '2' } } })).toEqual({ lastSeq: 5 });
      expect(await told()).toEqual([
        [1, 'message.new', 1],
        [4, 'updates.gap', 'store_lost'],
        [5, 'message.new', 2],
      ]);
      expect(await receivingOf(redis, alice)).toMatchObject({ last_seq: 5, gaps: 1 });
    });

    test('appends what follows no update, such as a change of the state', async () => {
      const gap: EventDraft = { type: 'updates.gap', ...COMMON, chat: null, reason: 'off' };
      expect(await append([gap])).toEqual({ lastSeq: 5 });
      expect((await events(3)).map(({ seq }) => seq)).toEqual([4, 5]);
    });

    test('wakes a reader that is ahead, also where its owner does not know', async () => {
      const signal = new AbortController().signal;
      await watch.changed(0, signal); // The subscription is active.
      watch.notice({ userId: alice, is: 'appended', lastSeq: 3 });
      const waiting = watch.changed(3, signal);
      inbox = open();
      await append([added(BOB, 9)]);
      expect(await waiting).toBe('woken');
      expect(await reader.read(alice, 3, 100)).toMatchObject({ isGone: true, lastSeq: 2 });
    });
  });

  describe('whose Redis may lack the latest events', () => {
    /** As the account's record has it: the limit is above the latest number. */
    const seq = { start: 10_000, limit: 20_000 };
    /** As after a failover: it was another Redis in which the numbers were checked last. */
    const failOver = (former = 'another') => redis.hset(receivingKey(alice), 'history', former);
    const reasons = async () => (await told()).map((event) => event[2]);
    beforeEach(async () => {
      inbox = open();
      await append([added(BOB, 1)], { state: { set: { pts: '1' } } });
      await failOver();
    });

    test('goes on above the limit under a new owner, which reads its updates again', async () => {
      inbox = open();
      const state = { set: { pts: '4' } };
      await expect(append([added(BOB, 4)], { state, seq })).rejects.toThrow(/lost the latest events/);
      expect(await inbox.readState(alice)).toEqual({ pts: '1' });
      expect(await append([added(BOB, 2)], { state, seq })).toEqual({ lastSeq: 10_002 });
      expect(await reasons()).toEqual([1, 'store_lost', 2]);
    });

    test('does so if its owner has learnt the latest number under an earlier fence', async () => {
      const fence = '3 worker';
      await raiseFence(redis, alice, fence);
      expect(await inbox.append(alice, fence, { events: [added(BOB, 2)], seq })).toEqual({ lastSeq: 10_002 });
    });

    test('needs room below the limit for the gap, too', async () => {
      inbox = open();
      expect(await append([], { seq: { start: 10_000, limit: 10_000 } })).toBe('limit');
      expect(await append([], { seq })).toEqual({ lastSeq: 10_001 });
    });

    test.each([
      { why: 'its owner knows it', isNew: false, former: 'another', start: 10_000 },
      {
        why: 'it is the limit, since the former owner has stopped',
        isNew: true,
        former: 'another',
        start: 1,
      },
      { why: 'the server syncs each write, and was no replica', isNew: true, former: 'x+', start: 10_000 },
    ])('goes on with the next number: $why', async ({ isNew, former, start }) => {
      await failOver(former);
      if (isNew) inbox = open();
      else {
        redis.disconnect(true);
        await once(redis, 'close');
      }
      expect(await append([added(BOB, 2)], { seq: { start, limit: 20_000 } })).toEqual({ lastSeq: 2 });
      expect(await reasons()).toEqual([1, 2]);
      // This Redis is known by now.
      inbox = open();
      expect(await append([added(BOB, 3)], { seq })).toEqual({ lastSeq: 3 });
    });

    test('is swept without a number for a gap', async () => {
      await append(Array.from({ length: 200 }, (_, id) => added(BOB, id)));
      await failOver();
      memory.refused(eventsKey(alice));
      try {
        await open().sweep(alice, FENCE);
      } finally {
        await memory.ask();
      }
      const { last_seq, oldest_seq, gaps } = await receivingOf(redis, alice);
      expect([last_seq, oldest_seq, gaps]).toEqual([200, 101, 0]);
    });
  });

  test('never passes its limit of numbers', async () => {
    await append([added(BOB, 1)], { seq: { start: 0, limit: 4 } });
    const next = [added(BOB, 2), added(BOB, 3)];
    expect(await append(next, { seq: { start: 0, limit: 4 }, state: { set: { pts: '9' } } })).toBe('limit');
    expect(await inbox.readState(alice)).toBeNull();
    expect(await append(next, { seq: { start: 0, limit: 5 } })).toEqual({ lastSeq: 3 });
  });

  test('is deleted with its settings, and its numbers go on', async () => {
    await inbox.writeReceiving(alice, FENCE, {
      enabled: true,
      since: COMMON.occurred_at,
      filter: { chat_types: ['private'] },
    });
    await append([added(BOB, 1)], { state: { set: { pts: '5' } } });
    expect(await receivingOf(redis, alice)).toEqual({
      enabled: true,
      since: COMMON.occurred_at,
      filter: { chat_types: ['private'] },
      last_seq: 1,
      oldest_seq: 1,
      gaps: 0,
    });
    await inbox.forget(alice, FENCE);
    expect(await receivingOf(redis, alice)).toEqual({
      enabled: false,
      since: null,
      filter: {},
      last_seq: 1,
      oldest_seq: 2,
      gaps: 0,
    });
    expect(await inbox.readState(alice)).toBeNull();
    expect(await append([added(BOB, 1)])).toEqual({ lastSeq: 2 });
  });

  test('is sealed on demand, and can be read all the same', async () => {
    await append([added(BOB, 1, 'an open secret')]);
    inbox = open({}, true);
    await append([added(BOB, 2, 'a sealed secret'), deleted(null, 2)]);
    const stored = JSON.stringify(await redis.xrange(eventsKey(alice), '-', '+'));
    expect(stored).toContain('an open secret');
    expect(stored).not.toContain('a sealed secret');
    expect(await events()).toMatchObject([
      { message: { text: 'an open secret' } },
      { message: { text: 'a sealed secret' } },
      { type: 'message.deleted', chat: BOB },
    ]);
  });

  test('appends once when the answer of Redis is lost', async () => {
    await using proxy = await RedisProxy.before(server.url);
    const own = openConsumerRedis(parseRedisUrl(proxy.url), silentLogger());
    const cutOff = new Inbox({
      redis: own,
      shards: SHARDS,
      sealer: SEALER,
      isSealed: false,
      limits: LIMITS,
      memory,
    });
    await cutOff.append(alice, FENCE, { events: [added(BOB, 1)], seq: SEQ });
    const gap: EventDraft = { type: 'updates.gap', ...COMMON, chat: null, reason: 'off' };
    proxy.hold();
    const pending = cutOff.append(alice, FENCE, { events: [gap], seq: SEQ });
    await expect.poll(async () => (await receivingOf(redis, alice)).last_seq).toBe(2);
    // Without its answer the client sends the command again on its next connection.
    proxy.cut();
    proxy.heal();
    expect(await pending).toEqual({ lastSeq: 2 });
    expect(await told()).toHaveLength(2);
    own.disconnect();
  });

  test('is noticed by those who wait, and live events reach them', async () => {
    const notices = new EventNotices(redis, server.address, SHARDS);
    const watch = notices.watch(alice);
    const signal = new AbortController().signal;
    await watch.changed(0, signal); // The subscription is active.
    const waiting = watch.changed(0, signal);
    await append([added(BOB, 1)]);
    await waiting;
    await watch.changed(0, signal);
    const live = watch.changed(1, signal);
    const typing = { type: 'chat.typing', occurred_at: COMMON.occurred_at, chat: BOB, sender: null } as const;
    await inbox.publishLive(alice, { ...typing, action: 'typing' });
    await live;
    expect(watch.takeLive()).toEqual([{ ...typing, action: 'typing' }]);
    const off = watch.changed(1, signal);
    await inbox.writeReceiving(alice, FENCE, { enabled: false, since: null, filter: {} });
    await off;
    watch.close();
    notices.close();
  });

  test('gives way at once when Redis refuses an event for lack of memory', async () => {
    await append(Array.from({ length: 400 }, (_, id) => added(BOB, id, 'x'.repeat(5_000))));
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    // The watch has not asked yet, so the inbox learns it from the refusal.
    await redis.config('SET', 'maxmemory', String(used - 100_000));
    try {
      await expect(redis.set('a-send', 'x')).rejects.toThrow('OOM');
      const { lastSeq } = (await append([added(BOB, 500)])) as { lastSeq: number };
      expect((await events(lastSeq - 2)).map(({ type }) => type)).toEqual(['updates.gap', 'message.new']);
      await expect(redis.set('a-send', 'x')).resolves.toBe('OK');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
      await memory.ask();
    }
  });

  test('gives way when Redis is short of memory, and says so', async () => {
    await append(Array.from({ length: 400 }, (_, id) => added(BOB, id, 'x'.repeat(5_000))));
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(used));
    try {
      await memory.ask();
      await inbox.sweep(alice, FENCE);
      const { last_seq, oldest_seq, gaps } = await receivingOf(redis, alice);
      expect({ gaps, kept: last_seq - oldest_seq + 1 }).toEqual({ gaps: 1, kept: 101 });
      expect((await events(last_seq - 1))[0]).toMatchObject({ type: 'updates.gap', reason: 'memory' });
      await append([added(BOB, 500)]);
      expect((await receivingOf(redis, alice)).gaps).toBe(1);
      await expect(redis.set('a-send', 'x')).resolves.toBe('OK');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
      await memory.ask();
    }
  });
});
