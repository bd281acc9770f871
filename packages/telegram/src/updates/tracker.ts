import { Api } from 'telegram/tl/index.js';
import { messageIn, type Arrival, type Container } from './arrivals.ts';
import { ownMembership } from './own-membership.ts';
import { GAP_WAIT_MS, Sequence } from './sequence.ts';
import type { UpdateState } from './update-state.ts';

/** ms without any update after which the difference is fetched: pushes may have stopped. */
const SILENCE_MS = 15 * 60_000;

/** Below the pts of every channel, so that no update is next. */
const UNKNOWN_PTS = -1;

export interface TrackerOptions {
  state: UpdateState;
  /** Whether everybody with these ids can be shown. */
  knows: (ids: readonly string[]) => boolean;
  /** Whether the account wants the updates of this channel. Asked once for each new one. */
  wantsChannel: (arrival: Arrival, channelId: string) => boolean;
  /** ms since the epoch. */
  now: number;
}

/** What must be fetched: the account's difference (`null`), or that of a channel. */
export type Due = { channelId: string | null };

/**
 * Puts what Telegram pushes to one account in order, sequence by sequence, and says which differences must be fetched.
 * It makes no calls, and the time is passed in.
 */
export class UpdateTracker {
  readonly #options: TrackerOptions;
  readonly #state: UpdateState;
  readonly #account: Sequence<Arrival>;
  readonly #channels = new Map<string, Sequence<Arrival>>();
  /** The channels whose difference must be fetched now or soon. Few of thousands: the others cost no look. */
  readonly #incomplete = new Map<string, Sequence<Arrival>>();
  /** Numbered containers that wait for an earlier one: first → last number. */
  readonly #ahead = new Map<number, number>();
  #aheadSince: number | null = null;
  #heardAt: number;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#account = new Sequence(options.state.get('pts'));
    for (const [id, { pts }] of options.state.channels) this.#channels.set(id, new Sequence(pts));
    this.#heardAt = options.now;
  }

  /** Adds what was pushed. @returns the updates that can be told now, in order. */
  receive({ arrivals, seq, date, isTooLong }: Container, now: number): Arrival[] {
    this.#heardAt = now;
    if (isTooLong) this.#account.fetchNow(now);
    const isOld = seq !== null && this.#countContainer(seq, now);
    if (date !== null && !isOld) this.#state.set({ date });
    // Updates with a pts are judged by that alone.
    return arrivals.flatMap((arrival) => (isOld && arrival.pts === null ? [] : this.accept(arrival, now)));
  }

  /** Adds one update. @returns the updates that can be told now, in order. */
  accept(arrival: Arrival, now: number): Arrival[] {
    if (arrival.channelId !== null) return this.#acceptOfChannel(arrival, arrival.channelId, now);
    if (!this.#options.knows(arrival.needs)) {
      this.#account.fetchNow(now);
      return [];
    }
    const ready = this.#account.accept(arrival, now);
    this.#state.set({ pts: this.#account.pts });
    return ready;
  }

  /** The differences that must be fetched now. */
  due(now: number): Due[] {
    const isSilent = now >= this.#heardAt + SILENCE_MS;
    const isAhead = this.#aheadSince !== null && now >= this.#aheadSince + GAP_WAIT_MS;
    const isDue = ({ dueAt }: Sequence<Arrival>) => dueAt !== null && dueAt <= now;
    const account = isSilent || isAhead || isDue(this.#account) ? [{ channelId: null }] : [];
    const channels = [...this.#incomplete].filter(([, sequence]) => isDue(sequence));
    return [...account, ...channels.map(([channelId]) => ({ channelId }))];
  }

  /** When {@link due} must be called next, ms since the epoch. */
  get dueAt(): number {
    const times = [this.#account, ...this.#incomplete.values()].flatMap(({ dueAt }) => dueAt ?? []);
    if (this.#aheadSince !== null) times.push(this.#aheadSince + GAP_WAIT_MS);
    return Math.min(this.#heardAt + SILENCE_MS, ...times);
  }

  /** Demands the account's difference (`null`) or a channel's. */
  fetchNow(channelId: string | null, now: number): void {
    if (channelId === null) return this.#account.fetchNow(now);
    const sequence = this.#channels.get(channelId);
    if (sequence === undefined) return;
    sequence.fetchNow(now);
    this.#noteDue(channelId, sequence);
  }

  /** Whether the channel's place is not known yet: it was joined just now. Its updates wait for {@link jumpChannel}. */
  isNew(channelId: string): boolean {
    return this.#channels.has(channelId) && this.#state.channel(channelId) === undefined;
  }

  /** The first update of a channel that waits for a missing one. */
  firstWaiting(channelId: string): Arrival | undefined {
    return this.#channels.get(channelId)?.firstWaiting;
  }

  /** The account's difference was fetched up to here. @returns the updates that follow it. */
  jump(place: { pts: number; qts: number; date: number; seq: number }, now: number): Arrival[] {
    this.#heardAt = now;
    const ready = this.#account.jump(place.pts, now);
    this.#state.set({ ...place, pts: this.#account.pts });
    this.#forgetAhead();
    return ready;
  }

  /** A channel's difference was fetched up to here, or the channel is followed from here on. */
  jumpChannel(
    channelId: string,
    { pts, lastId = 0 }: { pts: number; lastId?: number },
    now: number,
  ): Arrival[] {
    const sequence = this.#channels.get(channelId) ?? new Sequence(pts);
    this.#channels.set(channelId, sequence);
    const ready = sequence.jump(pts, now);
    this.#noteChannel(channelId, sequence, ready, lastId);
    return ready;
  }

  /** The account cannot read the channel any more. A later update of it starts anew. */
  dropChannel(channelId: string): void {
    this.#forgetChannel(channelId);
    this.#state.dropChannel(channelId);
  }

  /** The account's filter leaves the channel out. */
  leaveOut(channelId: string): void {
    this.#forgetChannel(channelId);
    this.#state.leaveOut(channelId);
  }

  #acceptOfChannel(arrival: Arrival, channelId: string, now: number): Arrival[] {
    const membership = ownMembership(arrival);
    if (membership === 'left' || membership === 'removed') {
      // Another update may say it again.
      const wasMember = this.#state.channel(channelId) !== undefined;
      this.dropChannel(channelId);
      return wasMember ? [arrival] : [];
    }
    if (this.#state.isLeftOut(channelId)) return [];
    let sequence = this.#channels.get(channelId);
    if (sequence === undefined) {
      const isWanted = this.#options.wantsChannel(arrival, channelId);
      // Such updates may come without their channel, so they do not decide whether it is followed.
      if (arrival.pts === null && !isTooLong(arrival) && membership !== 'member')
        return isWanted ? [arrival] : [];
      if (!isWanted) {
        this.#state.leaveOut(channelId);
        return [];
      }
      sequence = this.#beginChannel(channelId, now);
    }
    if (isTooLong(arrival)) {
      if ((arrival.update.pts ?? Infinity) > sequence.pts) this.fetchNow(channelId, now);
      return [];
    }
    const ready = sequence.accept(arrival, now);
    if (this.isNew(channelId)) this.#noteDue(channelId, sequence);
    else this.#noteChannel(channelId, sequence, ready, 0);
    return ready;
  }

  /** Its updates wait until its place is known: the first of them may be lost. */
  #beginChannel(channelId: string, now: number): Sequence<Arrival> {
    const sequence = new Sequence<Arrival>(UNKNOWN_PTS);
    this.#channels.set(channelId, sequence);
    this.fetchNow(channelId, now);
    return sequence;
  }

  #forgetChannel(channelId: string): void {
    this.#channels.delete(channelId);
    this.#incomplete.delete(channelId);
  }

  #noteDue(channelId: string, sequence: Sequence<Arrival>): void {
    if (sequence.dueAt === null) this.#incomplete.delete(channelId);
    else this.#incomplete.set(channelId, sequence);
  }

  #noteChannel(
    channelId: string,
    sequence: Sequence<Arrival>,
    ready: readonly Arrival[],
    least: number,
  ): void {
    this.#noteDue(channelId, sequence);
    const { pts } = sequence;
    const ids = ready.map(({ update }) => messageIn(update)?.id ?? 0);
    const lastId = Math.max(least, this.#state.channel(channelId)?.lastId ?? 0, ...ids);
    this.#state.setChannel(channelId, { pts, lastId });
  }

  /** Counts a numbered container. @returns whether it was received before. */
  #countContainer({ first, last }: { first: number; last: number }, now: number): boolean {
    const seq = this.#state.get('seq');
    if (first <= seq || this.#ahead.has(first)) return true;
    // 0: Telegram has not told the number of the containers yet.
    let reached = seq === 0 ? first - 1 : seq;
    this.#ahead.set(first, last);
    for (let next = this.#ahead.get(reached + 1); next !== undefined; next = this.#ahead.get(reached + 1)) {
      this.#ahead.delete(reached + 1);
      reached = next;
    }
    this.#state.set({ seq: reached });
    if (this.#ahead.size === 0) this.#aheadSince = null;
    else this.#aheadSince ??= now;
    return false;
  }

  #forgetAhead(): void {
    const seq = this.#state.get('seq');
    for (const first of this.#ahead.keys()) if (first <= seq) this.#ahead.delete(first);
    this.#aheadSince = null;
  }
}

/** Whether Telegram says only that there is something new in the channel. */
function isTooLong(arrival: Arrival): arrival is Arrival & { update: Api.UpdateChannelTooLong } {
  return arrival.update instanceof Api.UpdateChannelTooLong;
}
