import bigInt from 'big-integer';
import fc from 'fast-check';
import { Api } from 'telegram/tl/index.js';
import { describe, expect, test } from 'vitest';
import { containerOf } from './arrivals.ts';
import { GAP_WAIT_MS } from './sequence.ts';
import { UpdateTracker } from './tracker.ts';
import { UpdateState } from './update-state.ts';

const BOXES = ['account', '7', '8'] as const;
type Box = (typeof BOXES)[number];

/** What happens to the push of a change: it arrives, twice, not at all, or behind the next ones. */
const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant('arrive' as const) },
  fc.constantFrom('drop' as const, 'repeat' as const, 'late' as const),
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ box: fc.constantFrom(...BOXES), count: fc.integer({ min: 1, max: 3 }), fate }),
  },
  fc.record({ waitMs: fc.integer({ min: 1, max: 2 * GAP_WAIT_MS }) }),
  fc.constant('arrive late' as const),
  fc.constant('restart' as const),
);

interface Change {
  id: number;
  pts: number;
  count: number;
}

/** Telegram, as the tracker of one account sees it. */
class Model {
  readonly changes: Record<Box, Change[]> = { account: [], '7': [], '8': [] };
  readonly told: Record<Box, number[]> = { account: [], '7': [], '8': [] };
  #stored: Record<string, string> = {
    pts: '1',
    qts: '0',
    date: '1',
    seq: '0',
    'channel:7': '1 0',
    'channel:8': '1 0',
  };
  #late: Api.TypeUpdates[] = [];
  #now = 1_000_000;
  #state!: UpdateState;
  #tracker!: UpdateTracker;

  constructor() {
    this.restart();
  }

  change(box: Box, count: number, what: 'arrive' | 'drop' | 'repeat' | 'late'): void {
    const changes = this.changes[box];
    const change = { id: changes.length, pts: (changes.at(-1)?.pts ?? 1) + count, count };
    changes.push(change);
    const push = pushOf(box, change);
    if (what === 'late') this.#late.push(push);
    if (what === 'arrive' || what === 'repeat') this.#receive(push);
    if (what === 'repeat') this.#receive(push);
  }

  arriveLate(): void {
    for (const push of this.#late.toReversed()) this.#receive(push);
    this.#late = [];
  }

  wait(ms: number): void {
    this.#now += ms;
    for (const { channelId } of this.#tracker.due(this.#now)) this.#fetch(channelId ?? 'account');
  }

  /** The process ends, and another goes on from the stored place. */
  restart(): void {
    this.#late = [];
    this.#state = UpdateState.read(this.#stored);
    this.#tracker = new UpdateTracker({
      state: this.#state,
      knows: () => true,
      wantsChannel: () => true,
      now: this.#now,
    });
    for (const box of BOXES) this.#fetch(box);
  }

  #receive(push: Api.TypeUpdates): void {
    this.#tell(this.#tracker.receive(containerOf(push), this.#now));
  }

  #fetch(box: string): void {
    const place = box === 'account' ? this.#state.get('pts') : (this.#state.channel(box)?.pts ?? 0);
    const missed = this.changes[box as Box].filter(({ pts }) => pts > place);
    this.told[box as Box].push(...missed.map(({ id }) => id));
    const pts = missed.at(-1)?.pts ?? place;
    this.#tell(
      box === 'account'
        ? this.#tracker.jump({ pts, qts: 0, date: 1, seq: 0 }, this.#now)
        : this.#tracker.jumpChannel(box, { pts }, this.#now),
    );
  }

  #tell(arrivals: ReturnType<UpdateTracker['receive']>): void {
    for (const { update, channelId } of arrivals) {
      if (!('messages' in update)) throw new Error('not of this model');
      this.told[(channelId ?? 'account') as Box].push(...update.messages);
    }
    const { set, remove } = this.#state.takeChange() ?? { set: {}, remove: [] };
    Object.assign(this.#stored, set);
    for (const field of remove) delete this.#stored[field];
  }
}

function pushOf(box: Box, { id, pts, count: ptsCount }: Change): Api.TypeUpdates {
  const fields = { messages: [id], pts, ptsCount };
  const update =
    box === 'account'
      ? new Api.UpdateDeleteMessages(fields)
      : new Api.UpdateDeleteChannelMessages({ ...fields, channelId: bigInt(box) });
  return new Api.UpdateShort({ update, date: 1 });
}

describe('the order of updates', () => {
  test('every change is told once and in order, however pushes are lost, repeated and reordered', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const each of steps) {
          if (each === 'restart') model.restart();
          else if (each === 'arrive late') model.arriveLate();
          else if ('waitMs' in each) model.wait(each.waitMs);
          else model.change(each.box, each.count, each.fate);
        }
        model.arriveLate();
        // The last pushes may have been lost, which only silence shows.
        model.restart();
        for (const box of BOXES) expect(model.told[box]).toEqual(model.changes[box].map(({ id }) => id));
      }),
      { numRuns: 300 },
    );
  });

  test('a missing update is waited for half a second', () => {
    const state = UpdateState.read({ pts: '10' });
    const options = { state, knows: () => true, wantsChannel: () => true, now: 0 };
    const tracker = new UpdateTracker(options);
    const later = containerOf(pushOf('account', { id: 2, pts: 12, count: 1 }));
    expect(tracker.receive(later, 0)).toEqual([]);
    expect(tracker.due(GAP_WAIT_MS - 1)).toEqual([]);
    expect(tracker.due(GAP_WAIT_MS)).toEqual([{ channelId: null }]);
    const missing = containerOf(pushOf('account', { id: 1, pts: 11, count: 1 }));
    expect(tracker.receive(missing, GAP_WAIT_MS).map(({ pts }) => pts)).toEqual([11, 12]);
    expect(tracker.due(GAP_WAIT_MS)).toEqual([]);
    // Nothing is missing where a push comes again.
    expect(tracker.receive(later, GAP_WAIT_MS)).toEqual([]);
    expect(tracker.due(3 * GAP_WAIT_MS)).toEqual([]);
  });

  test('after 15 minutes of silence the difference is due', () => {
    const state = UpdateState.read({ pts: '10' });
    const tracker = new UpdateTracker({ state, knows: () => true, wantsChannel: () => true, now: 0 });
    expect(tracker.due(15 * 60_000 - 1)).toEqual([]);
    expect(tracker.due(15 * 60_000)).toEqual([{ channelId: null }]);
  });

  test('a gap in the numbers of containers demands the difference', () => {
    const state = UpdateState.read({ pts: '10', seq: '5' });
    const tracker = new UpdateTracker({ state, knows: () => true, wantsChannel: () => true, now: 0 });
    const numbered = (seq: number) =>
      containerOf(new Api.Updates({ updates: [], users: [], chats: [], date: 1, seq }));
    tracker.receive(numbered(7), 0);
    expect(tracker.due(GAP_WAIT_MS)).toEqual([{ channelId: null }]);
    tracker.receive(numbered(6), 0);
    expect(tracker.due(GAP_WAIT_MS)).toEqual([]);
    expect(state.get('seq')).toBe(7);
  });

  test('an update that does not describe its channel does not leave the channel out for good', () => {
    const stored = { pts: '1', qts: '0', date: '1', seq: '0' };
    const tracker = new UpdateTracker({
      state: UpdateState.read(stored),
      knows: () => true,
      wantsChannel: ({ people }) => people.chats.length > 0,
      now: 0,
    });
    const channelId = bigInt(7);
    const read = new Api.UpdateReadChannelOutbox({ channelId, maxId: 1 });
    const short = containerOf(new Api.UpdateShort({ update: read, date: 1 }));
    expect(tracker.receive(short, 0)).toEqual([]);
    const photo = new Api.ChatPhotoEmpty();
    const chats = [new Api.Channel({ id: channelId, title: 'News', photo, date: 1, broadcast: true })];
    const update = new Api.UpdateDeleteChannelMessages({ channelId, messages: [1], pts: 2, ptsCount: 1 });
    const full = new Api.Updates({ updates: [update], users: [], chats, date: 1, seq: 0 });
    expect(tracker.receive(containerOf(full), 0)).toEqual([]);
    expect(tracker.due(0)).toContainEqual({ channelId: '7' });
  });
});
