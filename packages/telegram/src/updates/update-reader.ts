import type { ShownChat } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { Companions } from '../shown/shown-chat.ts';
import { updatesInAnswer } from './answers.ts';
import { containerOf, type Arrival, type Container } from './arrivals.ts';
import { CatchUp, type DifferenceListener } from './catch-up.ts';
import { compareChatList } from './chat-list.ts';
import type { Told, Typing } from './content.ts';
import { People } from './people.ts';
import { presentPlace } from './present-place.ts';
import { SentMessages } from './sent-messages.ts';
import { toldBy } from './told.ts';
import { UpdateTracker } from './tracker.ts';
import type { UpdateListener } from './update-listener.ts';
import { UpdateState, type StateChange } from './update-state.ts';

/** Pushes that may wait for the reader. Beyond that they are dropped, and the difference is fetched. */
const MAX_QUEUED = 10_000;
/** Pushes whose events are stored in one step. */
const MAX_BATCH = 200;
/** ms after which a changed place without an event is stored. */
const SAVE_PLACE_MS = 30_000;
/** ms between two comparisons with the chat list: Telegram does not push everything of large channels. */
const COMPARE_MS = 15 * 60_000;
/** ms until a difference is asked for again that Telegram could not give. */
const ASK_AGAIN_MS = 5_000;

/** What came of updates, in order, with the place that it leads to. It must be stored in one step. */
export interface UpdateBatch {
  told: readonly (Told | Typing)[];
  /** `null`: the place is as it was. */
  state: StateChange | null;
}

export interface ReadUpdatesOptions {
  ownId: string;
  /** The stored place; `null`: the account begins to receive now. */
  stored: Readonly<Record<string, string>> | null;
  /** Whether the account wants the updates of a channel or supergroup. */
  wantsChat: (chat: ShownChat) => boolean;
  /** Called with one batch after the other. If it throws, reading ends with that error. */
  deliver: (batch: UpdateBatch) => Promise<void>;
  /** Aborted to stop. What was pushed before that is still delivered, unless it needs a difference. */
  signal: AbortSignal;
}

interface ReaderContext {
  asker: Asker;
  recipients: Recipients;
  onDifference?: DifferenceListener;
  now: () => number;
}

/** What was pushed, and what is in it. */
interface Pushed {
  updates: Api.TypeUpdates;
  container: Container;
}

/** Reads one account's updates over one connection, from the stored place on. */
export class UpdateReader implements UpdateListener {
  readonly #options: ReadUpdatesOptions & ReaderContext;
  readonly #people = new People();
  readonly #sent = new SentMessages();
  readonly #queue: Pushed[] = [];
  #isOverfull = false;
  /** When the channels are compared with the chat list next. */
  #compareAt: number;
  #isLost = false;
  #wake: () => void = () => {};
  /** Wakes the reader; `at`: when, ms since the epoch. */
  #timer: { at: number; timeout: NodeJS.Timeout } | undefined;
  #savedAt: number;

  constructor(options: ReadUpdatesOptions & ReaderContext) {
    this.#options = options;
    this.#savedAt = options.now();
    this.#compareAt = options.now();
  }

  pushed(updates: Api.TypeUpdates, container = containerOf(updates)): void {
    if (this.#queue.length < MAX_QUEUED) this.#queue.push({ updates, container });
    else this.#isOverfull = true;
    this.#wake();
  }

  answered(request: Api.AnyRequest, answer: unknown): void {
    const updates = updatesInAnswer(request, answer, this.#options.ownId);
    if (updates === undefined) return;
    const container = containerOf(updates);
    this.#sent.remember(container.arrivals);
    this.pushed(updates, container);
  }

  renewed(): void {
    this.#compareAt = 0;
    this.pushed(new Api.UpdatesTooLong());
  }

  lost(): void {
    this.#isLost = true;
    this.#wake();
  }

  /**
   * Reads until the connection is down or the signal is aborted: first what was missed, then what is pushed.
   * @throws {TelegramFailure} if Telegram refuses, or the error of `deliver`.
   */
  async run(): Promise<void> {
    const { stored, asker, recipients, wantsChat, now, signal } = this.#options;
    const state =
      stored === null ? await presentPlace(asker, recipients, wantsChat) : UpdateState.read(stored);
    const tracker = new UpdateTracker({
      state,
      knows: (ids) => this.#people.haveAll(ids),
      wantsChannel: ({ people }, channelId) =>
        wantsChat(
          new Companions(people, this.#people).chat(new Api.PeerChannel({ channelId: bigInt(channelId) })),
        ),
      now: now(),
    });
    const tell: Tell = (arrivals, { stateToo = true } = {}) => this.#tell(state, arrivals, stateToo);
    let knownUntil = state.get('date');
    const shared = { state, people: this.#people, tell, knownUntil: () => knownUntil };
    const catchUpOptions = { ...this.#options, ...shared };
    const catchUp = new CatchUp(catchUpOptions, tracker);
    let askAt = 0;
    if (stored === null) await this.#deliver([], state.takeChange());
    else tracker.fetchNow(null, now());

    const fetchDue = async (): Promise<void> => {
      try {
        for (const { channelId } of tracker.due(now()))
          await (channelId === null ? catchUp.account() : catchUp.channel(channelId));
        if (now() < this.#compareAt) return;
        const until = state.get('date');
        await compareChatList(catchUpOptions, tracker, catchUp);
        knownUntil = until;
        this.#compareAt = now() + COMPARE_MS;
      } catch (error) {
        const pause = pauseAfter(error);
        if (pause === undefined) throw error;
        askAt = now() + pause;
      }
    };

    const stop = () => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted && !this.#isLost) {
        const at = now();
        if (at >= askAt && at >= Math.min(tracker.dueAt, this.#compareAt)) await fetchDue();
        if (this.#queue.length > 0) await this.#applyQueue(tracker, tell);
        else await this.#pause(Math.max(askAt, Math.min(tracker.dueAt, this.#compareAt)));
      }
      // The answers to the last sends: a later difference does not name their jobs.
      while (this.#queue.length > 0 && !this.#isLost) await this.#applyQueue(tracker, tell);
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(this.#timer?.timeout);
    }
  }

  async #applyQueue(tracker: UpdateTracker, tell: Tell): Promise<void> {
    const { recipients, now } = this.#options;
    const queue = this.#queue.splice(0, MAX_BATCH);
    if (this.#isOverfull) {
      this.#isOverfull = false;
      this.#compareAt = 0;
      const tooLong = new Api.UpdatesTooLong();
      queue.push({ updates: tooLong, container: containerOf(tooLong) });
    }
    const ready: Arrival[] = [];
    for (const { updates, container } of queue) {
      if ('users' in updates) {
        recipients.remember(updates);
        this.#people.remember(updates);
      }
      const needed = container.arrivals.flatMap(({ needs }) => needs);
      if (!this.#people.haveAll(needed)) await this.#learn(needed);
      ready.push(...tracker.receive(container, now()));
    }
    await tell(ready);
  }

  /** Asks for people whom an update names by id alone. */
  async #learn(ids: readonly string[]): Promise<void> {
    const { asker, recipients } = this.#options;
    const unknown = ids.filter((id) => !this.#people.haveAll([id]));
    const users = unknown.flatMap((id) => {
      const accessHash = id.startsWith('-') ? null : (recipients.byId('user', id)?.accessHash ?? null);
      if (accessHash === null) return [];
      return [new Api.InputUser({ userId: bigInt(id), accessHash: bigInt(accessHash) })];
    });
    const groups = unknown.filter((id) => id.startsWith('-')).map((id) => bigInt(id.slice(1)));
    try {
      if (users.length > 0)
        this.#people.remember({ users: await asker.ask(new Api.users.GetUsers({ id: users })), chats: [] });
      if (groups.length > 0) {
        const { chats } = await asker.ask(new Api.messages.GetChats({ id: groups }));
        this.#people.remember({ users: [], chats });
      }
    } catch (error) {
      // The difference contains them, too.
      if (!(error instanceof TelegramFailure)) throw error;
    }
  }

  async #tell(state: UpdateState, arrivals: readonly (Arrival | Told)[], stateToo: boolean): Promise<void> {
    const { ownId, now } = this.#options;
    const told = arrivals.flatMap((each) =>
      'type' in each ? [each] : toldBy(this.#sent.named(each), this.#people, ownId),
    );
    const isLate = now() >= this.#savedAt + SAVE_PLACE_MS;
    if (told.length === 0 && !isLate) return;
    await this.#deliver(told, stateToo ? state.takeChange() : null);
  }

  async #deliver(told: UpdateBatch['told'], state: StateChange | null): Promise<void> {
    if (told.length === 0 && state === null) return;
    await this.#options.deliver({ told, state });
    this.#savedAt = this.#options.now();
  }

  /** Waits for a push, or until `at` (ms since the epoch). It may end earlier. */
  async #pause(at: number): Promise<void> {
    this.#setTimer(at);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isLost || this.#options.signal.aborted || this.#queue.length > 0) resolve();
    });
    this.#wake = () => {};
  }

  /** Keeps a timer that fires earlier: each push moves the time, and a new timer for each push costs CPU. */
  #setTimer(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    clearTimeout(this.#timer?.timeout);
    const onTime = () => {
      this.#timer = undefined;
      this.#wake();
    };
    this.#timer = { at, timeout: setTimeout(onTime, Math.max(0, at - this.#options.now())) };
  }
}

type Tell = ConstructorParameters<typeof CatchUp>[0]['tell'];

/** ms until the same question may be asked again; `undefined`: the error ends the reading. */
function pauseAfter(error: unknown): number | undefined {
  if (!(error instanceof TelegramFailure)) return undefined;
  const { failure } = error;
  if (failure.outcome === 'wait') return failure.seconds * 1_000;
  return failure.outcome === 'retry' && failure.reached ? ASK_AGAIN_MS : undefined;
}
