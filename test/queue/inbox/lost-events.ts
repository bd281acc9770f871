import { once } from 'node:events';
import type { EventDraft } from '@gateway/contracts';
import { EventNotices, raiseFence, receivingOf, type EventWatch } from '@gateway/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventIndexKey, eventsKey, receivingKey, updateStateKey } from '../../../packages/queue/src/keys.ts';
import { BOB, COMMON } from '../../env/incoming.ts';
import { added, FENCE, SHARDS, type InboxStage } from './stage.ts';

/** After Redis has lost events, or may have. */
export const lostEvents = (stage: InboxStage) => {
  const { open, append, events, told } = stage;

  describe('that Redis has taken back to an earlier state', () => {
    let watch: EventWatch;
    let notices: EventNotices;
    beforeEach(async () => {
      await append([added(BOB, 1)], { state: { set: { pts: '1' } } });
      const keys = [receivingKey, eventsKey, eventIndexKey, updateStateKey].map((key) => key(stage.alice));
      const copies = await Promise.all(
        keys.map(async (key) => ({ key, value: (await stage.redis.dumpBuffer(key)) ?? '' })),
      );
      await append([added(BOB, 2), added(BOB, 3)], { state: { set: { pts: '3' } } });
      notices = new EventNotices(stage.redis, stage.server.address, SHARDS);
      watch = notices.watch(stage.alice);
      for (const { key, value } of copies) await stage.redis.restore(key, 0, value, 'REPLACE');
    });
    afterEach(() => {
      watch.close();
      notices.close();
    });

    test('gives no number again, and demands that updates are read again', async () => {
      const fourth = append([added(BOB, 4)], { state: { set: { pts: '4' } } });
      await expect(fourth).rejects.toThrow(/lost the latest events/);
      expect(await stage.inbox.readState(stage.alice)).toEqual({ pts: '1' });
      expect(await append([added(BOB, 2)], { state: { set: { pts: '2' } } })).toEqual({ lastSeq: 5 });
      expect(await told()).toEqual([
        [1, 'message.new', 1],
        [4, 'updates.gap', 'store_lost'],
        [5, 'message.new', 2],
      ]);
      expect(await receivingOf(stage.redis, stage.alice)).toMatchObject({ last_seq: 5, gaps: 1 });
    });

    test('appends what follows no update, such as a change of the state', async () => {
      const gap: EventDraft = { type: 'updates.gap', ...COMMON, chat: null, reason: 'off' };
      expect(await append([gap])).toEqual({ lastSeq: 5 });
      expect((await events(3)).map(({ seq }) => seq)).toEqual([4, 5]);
    });

    test('wakes a reader that is ahead, also where its owner does not know', async () => {
      const signal = new AbortController().signal;
      await watch.changed(0, signal); // The subscription is active.
      watch.notice({ userId: stage.alice, is: 'appended', lastSeq: 3 });
      const waiting = watch.changed(3, signal);
      stage.inbox = open();
      await append([added(BOB, 9)]);
      expect(await waiting).toBe('woken');
      expect(await stage.reader.read(stage.alice, 3, 100)).toMatchObject({ isGone: true, lastSeq: 2 });
    });
  });

  describe('whose Redis may lack the latest events', () => {
    /** As the account's record has it: the limit is above the latest number. */
    const seq = { start: 10_000, limit: 20_000 };
    /** As after a failover: it was another Redis in which the numbers were checked last. */
    const failOver = (former = 'another') => stage.redis.hset(receivingKey(stage.alice), 'history', former);
    const reasons = async () => (await told()).map((event) => event[2]);
    beforeEach(async () => {
      stage.inbox = open();
      await append([added(BOB, 1)], { state: { set: { pts: '1' } } });
      await failOver();
    });

    test('goes on above the limit under a new owner, which reads its updates again', async () => {
      stage.inbox = open();
      const state = { set: { pts: '4' } };
      await expect(append([added(BOB, 4)], { state, seq })).rejects.toThrow(/lost the latest events/);
      expect(await stage.inbox.readState(stage.alice)).toEqual({ pts: '1' });
      expect(await append([added(BOB, 2)], { state, seq })).toEqual({ lastSeq: 10_002 });
      expect(await reasons()).toEqual([1, 'store_lost', 2]);
    });

    test('does so if its owner has learnt the latest number under an earlier fence', async () => {
      const fence = '3 worker';
      await raiseFence(stage.redis, stage.alice, fence);
      expect(await stage.inbox.append(stage.alice, fence, { events: [added(BOB, 2)], seq })).toEqual({
        lastSeq: 10_002,
      });
    });

    test('needs room below the limit for the gap, too', async () => {
      stage.inbox = open();
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
      if (isNew) stage.inbox = open();
      else {
        stage.redis.disconnect(true);
        await once(stage.redis, 'close');
      }
      expect(await append([added(BOB, 2)], { seq: { start, limit: 20_000 } })).toEqual({ lastSeq: 2 });
      expect(await reasons()).toEqual([1, 2]);
      // This Redis is known by now.
      stage.inbox = open();
      expect(await append([added(BOB, 3)], { seq })).toEqual({ lastSeq: 3 });
    });

    test('is swept without a number for a gap', async () => {
      await append(Array.from({ length: 200 }, (_, id) => added(BOB, id)));
      await failOver();
      stage.memory.refused(eventsKey(stage.alice));
      try {
        await open().sweep(stage.alice, FENCE);
      } finally {
        await stage.memory.ask();
      }
      const { last_seq, oldest_seq, gaps } = await receivingOf(stage.redis, stage.alice);
      expect([last_seq, oldest_seq, gaps]).toEqual([200, 101, 0]);
    });
  });
};
