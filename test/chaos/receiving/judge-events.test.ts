import { describe, expect, test } from 'vitest';
import type { DeliveredMessage } from './delivered.ts';
import { judgeEvents, type AccountEvent, type EventVerdict } from './judge-events.ts';

const BOB = '42';
const NEWS = '-1001234567890';

type Draft = Omit<AccountEvent, 'seq' | 'event_id'>;

function delivered(id: number, more: Partial<DeliveredMessage> = {}): DeliveredMessage {
  return { chat: BOB, id, text: `[in-1#${id}] 1 text`, direction: 'in', isDeleted: false, ...more };
}

function shown(id: number, more: Partial<NonNullable<AccountEvent['message']>> = {}) {
  const text = `[in-1#${id}] 1 text`;
  const fields = { edit_date: null, direction: 'in', chat: { id: BOB }, job_id: null, service: null };
  return { message_id: id, text, ...fields, ...more };
}

const isNew = (...of: Parameters<typeof shown>): Draft => ({ type: 'message.new', message: shown(...of) });
const edited = (id: number, text: string, edit_date = '2026-11-28T12:00:00Z'): Draft => ({
  type: 'message.edited',
  message: shown(id, { text, edit_date }),
});
const deleted = (chat: string | null, ...ids: number[]): Draft => ({
  type: 'message.deleted',
  chat: chat === null ? null : { id: chat },
  message_ids: ids,
});
const gap = (chat: string | null = null): Draft => ({
  type: 'updates.gap',
  chat: chat === null ? null : { id: chat },
  reason: 'too_long',
});

const NO_LOSS = { mayHaveGaps: false, mayLoseStore: false };

/** The faults of these events, which are numbered from 8 on. */
function counts(
  drafts: readonly Draft[],
  messages: readonly DeliveredMessage[],
  { lastSeq = 7 + drafts.length, mayHaveGaps = false, mayLoseStore = false, jobs = ['job-1'] } = {},
): Record<string, number> {
  const events = drafts.map((draft, index) => ({ seq: 8 + index, event_id: `alice:${8 + index}`, ...draft }));
  return countsOf(
    judgeEvents(
      { userId: 'alice', after: 7, lastSeq, mayHaveGaps, mayLoseStore, jobsOf: () => new Set(jobs) },
      events,
      messages,
    ),
  );
}

function countsOf(verdict: EventVerdict): Record<string, number> {
  const entries = Object.entries(verdict).map(([name, list]) => [name, list.length] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

describe('the judge of events', () => {
  test('finds nothing if each message is told once, in the order of its chat, with its last text', () => {
    const events = [isNew(2), isNew(1, { chat: { id: NEWS } }), isNew(3), edited(2, 'changed')];
    const messages = [delivered(2, { text: 'changed' }), delivered(3), delivered(1, { chat: NEWS })];
    expect(counts(events, messages)).toEqual({});
  });

  test('counts a message that is not told, one that is told twice, and one that never was', () => {
    expect(counts([isNew(2)], [delivered(1), delivered(2)])).toEqual({ missing: 1 });
    expect(counts([isNew(1), isNew(1)], [delivered(1)])).toEqual({ doubled: 1 });
    expect(counts([isNew(1)], [])).toEqual({ unknown: 1 });
    expect(counts([edited(1, 'changed')], [])).toEqual({ unknown: 1 });
  });

  test('counts a message that is told after a later one of its chat', () => {
    expect(counts([isNew(2), isNew(1)], [delivered(1), delivered(2)])).toEqual({ outOfOrder: 1 });
  });

  test('counts holes and repeats in the numbers, and an end before the last number', () => {
    expect(counts([isNew(1)], [delivered(1)], { lastSeq: 9 })).toEqual({ numbers: 1 });
    const event = { seq: 9, event_id: 'alice:9', ...isNew(1) };
    const account = { userId: 'alice', after: 7, lastSeq: 9, ...NO_LOSS, jobsOf: () => undefined };
    expect(countsOf(judgeEvents(account, [event], [delivered(1)]))).toEqual({ numbers: 1 });
    const repeat = { ...event, seq: 8 };
    expect(countsOf(judgeEvents({ ...account, lastSeq: 8 }, [repeat], [delivered(1)]))).toEqual({
      numbers: 1,
    });
  });

  test('counts a last text that is another, a repeated edit, and a wrong direction', () => {
    const messages = [delivered(1, { text: 'second' })];
    expect(counts([isNew(1), edited(1, 'first')], messages)).toEqual({ wrong: 1 });
    expect(counts([isNew(1), edited(1, 'second'), edited(1, 'second')], messages)).toEqual({ doubled: 1 });
    expect(counts([isNew(1, { direction: 'out' })], [delivered(1)])).toEqual({ wrong: 1 });
  });

  test('counts deletions that are not told, told twice, without a known chat, or did not happen', () => {
    const gone = [delivered(1, { isDeleted: true })];
    expect(counts([isNew(1), deleted(BOB, 1)], gone)).toEqual({});
    expect(counts([deleted(null, 1)], gone)).toEqual({});
    expect(counts([isNew(1)], gone)).toEqual({ undeleted: 1 });
    expect(counts([], gone)).toEqual({ undeleted: 1 });
    expect(counts([deleted(null, 1), deleted(BOB, 1)], gone)).toEqual({ doubled: 1 });
    expect(counts([isNew(1), deleted(null, 1)], gone)).toEqual({ wrong: 1 });
    expect(counts([isNew(1), deleted(BOB, 1)], [delivered(1)])).toEqual({ unknown: 1 });
  });

  test('counts events of a message after its deletion', () => {
    const gone = [delivered(1, { isDeleted: true })];
    expect(counts([deleted(BOB, 1), isNew(1)], gone)).toEqual({ outOfOrder: 1 });
    expect(counts([isNew(1), deleted(BOB, 1), edited(1, 'changed')], gone)).toEqual({ outOfOrder: 1 });
  });

  test('accepts a hole in the numbers before a loss of Redis, but no missing message', () => {
    const account = { userId: 'alice', after: 7, lastSeq: 21, ...NO_LOSS, jobsOf: () => undefined };
    const loss = { ...gap(), reason: 'store_lost', seq: 20, event_id: 'alice:20' };
    const events = [loss, { seq: 21, event_id: 'alice:21', ...isNew(2) }];
    const judge = (mayLoseStore: boolean, messages: DeliveredMessage[]) =>
      countsOf(judgeEvents({ ...account, mayLoseStore }, events, messages));
    expect(judge(true, [delivered(2)])).toEqual({});
    expect(judge(true, [delivered(1), delivered(2)])).toEqual({ missing: 1 });
    expect(judge(false, [delivered(2)])).toEqual({ numbers: 1, gaps: 1 });
  });

  test('accepts what is missing in a gap, but nowhere else', () => {
    const three = [delivered(1), delivered(2), delivered(3)];
    const mayHaveGaps = true;
    expect(counts([isNew(1), gap(), isNew(3)], three, { mayHaveGaps })).toEqual({});
    expect(counts([gap(), isNew(1), isNew(3)], three, { mayHaveGaps })).toEqual({ missing: 1 });
    expect(counts([isNew(1), isNew(3), gap()], three, { mayHaveGaps })).toEqual({ missing: 1 });
    expect(counts([isNew(1), isNew(3)], three, { mayHaveGaps })).toEqual({ missing: 1 });
  });

  test('accepts that an edit or a deletion is missing in a later gap of the chat', () => {
    const changed = [delivered(1, { text: 'changed' }), delivered(2, { isDeleted: true })];
    const mayHaveGaps = true;
    expect(counts([isNew(1), isNew(2), gap()], changed, { mayHaveGaps })).toEqual({});
    expect(counts([gap(), isNew(1), isNew(2)], changed, { mayHaveGaps })).toEqual({ wrong: 1, undeleted: 1 });
    expect(counts([isNew(1), isNew(2), gap(NEWS)], changed, { mayHaveGaps })).toEqual({
      wrong: 1,
      undeleted: 1,
    });
  });

  test('expects the messages of a channel in spite of its gap, since they can be read again', () => {
    const messages = [delivered(1, { chat: NEWS }), delivered(2, { chat: NEWS })];
    const events = [isNew(1, { chat: { id: NEWS } }), gap(NEWS)];
    expect(counts(events, messages, { mayHaveGaps: true })).toEqual({ missing: 1 });
  });

  test('counts a gap of an account to which none was caused', () => {
    expect(counts([gap()], [])).toEqual({ gaps: 1 });
  });

  test('counts a job that did not send the message, and a job of a message from somebody else', () => {
    const own = [delivered(1, { direction: 'out' })];
    const out = (job_id: string | null) => isNew(1, { direction: 'out', job_id });
    for (const job of [null, 'job-1']) expect(counts([out(job)], own)).toEqual({});
    expect(counts([out('job-2')], own)).toEqual({ wrongJobs: 1 });
    expect(counts([isNew(1, { job_id: 'job-1' })], [delivered(1)])).toEqual({ wrongJobs: 1 });
  });
});
