import type { EventDraft } from '@gateway/contracts';
import { Fenced, raiseFence, receivingOf } from '@gateway/queue';
import { expect, test } from 'vitest';
import { eventIndexKey, eventsKey, receivingKey } from '../../../packages/queue/src/keys.ts';
import { BOB, COMMON, NEWS } from '../../env/incoming.ts';
import { added, edited, deleted, CAROL, FENCE, SEQ, type InboxStage } from './stage.ts';

/** What an append stores, and in which order. */
export const sequence = (stage: InboxStage) => {
  const { open, append, events, told } = stage;

  test('rises by one, and an event is read as it was appended', async () => {
    expect(await append([added(BOB, 1), added(BOB, 2)])).toEqual({ lastSeq: 2 });
    expect(await append([added(NEWS, 1)])).toEqual({ lastSeq: 3 });
    const page = await stage.reader.read(stage.alice, 1, 100);
    expect(page).toMatchObject({ lastSeq: 3, oldestSeq: 1, isGone: false });
    expect(page.events[0]).toEqual({
      event_id: `${stage.alice}:2`,
      seq: 2,
      user_id: stage.alice,
      ...added(BOB, 2),
    });
    expect(page.events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await stage.reader.read(stage.alice, 0, 2)).events.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('stores events and update state in one step, and nothing under a former fence', async () => {
    await append([added(BOB, 1)], { state: { set: { pts: '5', 'channel:7': '3 1' } } });
    expect(await stage.inbox.readState(stage.alice)).toEqual({ pts: '5', 'channel:7': '3 1' });
    await append([], { state: { set: { pts: '6' }, remove: ['channel:7'] } });
    expect(await stage.inbox.readState(stage.alice)).toEqual({ pts: '6' });
    await raiseFence(stage.redis, stage.alice, '2 other');
    await expect(append([added(BOB, 2)], { state: { set: { pts: '7' } } })).rejects.toThrow(Fenced);
    await expect(stage.inbox.forget(stage.alice, FENCE)).rejects.toThrow(Fenced);
    expect(await stage.inbox.readState(stage.alice)).toEqual({ pts: '6' });
    expect(await told()).toEqual([[1, 'message.new', 1]]);
    await stage.inbox.append(stage.alice, '2 other', {
      events: [],
      seq: SEQ,
      state: { set: { qts: '1' }, remove: ['*'] },
    });
    expect(await stage.inbox.readState(stage.alice)).toEqual({ qts: '1' });
  });

  test('drops what a difference repeats: the same message, the same edit', async () => {
    await append([added(BOB, 1), added(NEWS, 1), edited(BOB, 1, '2026-11-28T12:01:00Z')]);
    await append([added(BOB, 1), edited(BOB, 1, '2026-11-28T12:01:00Z'), added(NEWS, 1)]);
    expect((await receivingOf(stage.redis, stage.alice)).last_seq).toBe(3);
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
    expect((await events(4))[0]).toEqual({
      event_id: `${stage.alice}:5`,
      seq: 5,
      user_id: stage.alice,
      ...joins(),
    });
    stage.inbox = open({ max: 1 });
    await append([joins(3)]);
    expect(await stage.redis.hlen(eventIndexKey(stage.alice))).toBe(1);
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
    expect((await receivingOf(stage.redis, stage.alice)).last_seq).toBe(8);
  });

  test('stays within its limits, oldest out first, and so does its index', async () => {
    stage.inbox = open({ max: 3 });
    await append([1, 2, 3, 4, 5].map((id) => added(BOB, id)));
    expect(await stage.reader.read(stage.alice, 1, 100)).toMatchObject({ isGone: true, events: [] });
    expect(await stage.reader.read(stage.alice, 2, 100)).toMatchObject({
      oldestSeq: 3,
      lastSeq: 5,
      isGone: false,
    });
    expect(await stage.reader.read(stage.alice, 6, 100)).toMatchObject({ isGone: true });
    expect(await stage.redis.hkeys(eventIndexKey(stage.alice))).toEqual(['3', '4', '5']);
    stage.inbox = open({ maxBytes: 3_000 });
    await append([added(BOB, 6, 'x'.repeat(2_000))]);
    expect(await told()).toEqual([[6, 'message.new', 6]]);
    stage.inbox = open({ retentionMs: 0 });
    await expect
      .poll(async () => {
        await stage.inbox.sweep(stage.alice, FENCE);
        return (await receivingOf(stage.redis, stage.alice)).oldest_seq;
      })
      .toBe(7);
    expect(
      await Promise.all([
        stage.redis.xlen(eventsKey(stage.alice)),
        stage.redis.exists(eventIndexKey(stage.alice)),
      ]),
    ).toEqual([0, 0]);
    expect(await stage.redis.hget(receivingKey(stage.alice), 'bytes')).toBe('0');
  });

  test('goes on above the limit when Redis has lost it, with a gap first', async () => {
    await append([added(BOB, 1)]);
    await stage.redis.flushall();
    await raiseFence(stage.redis, stage.alice, FENCE);
    await append([added(BOB, 2)], { seq: { start: 10_000, limit: 20_000 } });
    expect(await told()).toEqual([
      [10_001, 'updates.gap', 'store_lost'],
      [10_002, 'message.new', 2],
    ]);
    expect(await receivingOf(stage.redis, stage.alice)).toMatchObject({ gaps: 1, oldest_seq: 10_001 });
  });

  test('never passes its limit of numbers', async () => {
    await append([added(BOB, 1)], { seq: { start: 0, limit: 4 } });
    const next = [added(BOB, 2), added(BOB, 3)];
    expect(await append(next, { seq: { start: 0, limit: 4 }, state: { set: { pts: '9' } } })).toBe('limit');
    expect(await stage.inbox.readState(stage.alice)).toBeNull();
    expect(await append(next, { seq: { start: 0, limit: 5 } })).toEqual({ lastSeq: 3 });
  });

  test('is deleted with its settings, and its numbers go on', async () => {
    await stage.inbox.writeReceiving(stage.alice, FENCE, {
      enabled: true,
      since: COMMON.occurred_at,
      filter: { chat_types: ['private'] },
    });
    await append([added(BOB, 1)], { state: { set: { pts: '5' } } });
    expect(await receivingOf(stage.redis, stage.alice)).toEqual({
      enabled: true,
      since: COMMON.occurred_at,
      filter: { chat_types: ['private'] },
      last_seq: 1,
      oldest_seq: 1,
      gaps: 0,
    });
    await stage.inbox.forget(stage.alice, FENCE);
    expect(await receivingOf(stage.redis, stage.alice)).toEqual({
      enabled: false,
      since: null,
      filter: {},
      last_seq: 1,
      oldest_seq: 2,
      gaps: 0,
    });
    expect(await stage.inbox.readState(stage.alice)).toBeNull();
    expect(await append([added(BOB, 1)])).toEqual({ lastSeq: 2 });
  });

  test('is sealed on demand, and can be read all the same', async () => {
    await append([added(BOB, 1, 'an open secret')]);
    stage.inbox = open({}, true);
    await append([added(BOB, 2, 'a sealed secret'), deleted(null, 2)]);
    const stored = JSON.stringify(await stage.redis.xrange(eventsKey(stage.alice), '-', '+'));
    expect(stored).toContain('an open secret');
    expect(stored).not.toContain('a sealed secret');
    expect(await events()).toMatchObject([
      { message: { text: 'an open secret' } },
      { message: { text: 'a sealed secret' } },
      { type: 'message.deleted', chat: BOB },
    ]);
  });
};
