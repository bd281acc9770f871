import { once } from 'node:events';
import type { EventDraft } from '@gateway/contracts';
import { EventNotices, raiseFence, receivingOf, type EventWatch, type NumbersNote } from '@gateway/queue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventIndexKey, eventsKey, receivingKey, updateStateKey } from '../../../packages/queue/src/keys.ts';
import { BOB, COMMON } from '../../env/incoming.ts';
import { added, FENCE, SHARDS, type InboxStage } from './stage.ts';

/** A note in memory. */
class Note implements NumbersNote {
  given: number;
  upTo: number;
  fails = false;
  readonly writes: string[] = [];

  constructor(given: number, upTo: number) {
    this.given = given;
    this.upTo = upTo;
  }

  write(given: number, upTo: number): void {
    if (this.fails) throw new Error('the disk failed');
    this.given = given;
    this.upTo = upTo;
    this.writes.push(`${given} to ${upTo}`);
  }
}

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

    describe('and whose former owner has noted its numbers', () => {
      /** As the next owner on the machine finds it. */
      const noted = (given: number, upTo = given) => new Note(given, upTo);
      const seqWith = (note: Note) => ({ start: note.upTo, limit: 20_000, note });
      beforeEach(() => {
        stage.inbox = open();
      });

      test('goes on with the next number if Redis has all that are noted', async () => {
        const note = noted(1);
        expect(await append([added(BOB, 2)], { seq: seqWith(note) })).toEqual({ lastSeq: 2 });
        expect(await reasons()).toEqual([1, 2]);
        expect(note).toMatchObject({ given: 2, upTo: 2 });
      });

      test('goes on above the last noted number if Redis lacks it', async () => {
        expect(await append([added(BOB, 2)], { seq: seqWith(noted(3)) })).toEqual({ lastSeq: 5 });
        expect(await reasons()).toEqual([1, 'store_lost', 2]);
        expect((await events(1)).map(({ seq }) => seq)).toEqual([4, 5]);
      });

      test('does so if the server syncs each write: somebody has restored an older copy', async () => {
        await failOver('x+');
        expect(await append([added(BOB, 2)], { seq: seqWith(noted(3, 4)) })).toEqual({ lastSeq: 6 });
        expect((await events(1)).map(({ seq }) => seq)).toEqual([5, 6]);
      });

      test.each([
        { redis: 'may lack it', former: 'another', lastSeq: 4 },
        { redis: 'syncs each write', former: 'x+', lastSeq: 2 },
      ])('doubts a number that was about to be given if Redis $redis', async ({ former, lastSeq }) => {
        await failOver(former);
        expect(await append([added(BOB, 2)], { seq: seqWith(noted(1, 2)) })).toEqual({ lastSeq });
      });

      test('notes each number before it is given, those of gaps and sweeps too', async () => {
        const note = noted(3);
        await append([added(BOB, 2)], { seq: seqWith(note) });
        const many = Array.from({ length: 200 }, (_, id) => added(BOB, 10 + id));
        await append([...many, added(BOB, 10)], { seq: seqWith(note) });
        stage.memory.refused(eventsKey(stage.alice));
        try {
          await stage.inbox.sweep(stage.alice, FENCE);
        } finally {
          await stage.memory.ask();
        }
        expect(await receivingOf(stage.redis, stage.alice)).toMatchObject({ last_seq: 206, gaps: 2 });
        const [lost, first, page, sweep] = [
          ['3 to 6', '4 to 4'],
          ['4 to 5', '5 to 5'],
          ['5 to 206', '205 to 205'],
          ['205 to 207', '206 to 206'],
        ];
        expect(note.writes).toEqual([lost, first, page, sweep].flat());
      });

      test('gives no number that cannot be noted', async () => {
        const note = noted(1);
        note.fails = true;
        await expect(append([added(BOB, 2)], { seq: seqWith(note) })).rejects.toThrow('disk');
        expect((await receivingOf(stage.redis, stage.alice)).last_seq).toBe(1);
      });
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
