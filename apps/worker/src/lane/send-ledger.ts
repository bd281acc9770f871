import type { Hold, PaceRules, SendState } from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';
import { LRUCache } from 'lru-cache';
import { paceWait, spendPace, type PaceWait } from './pacer.ts';

/** Maximum number of chats whose last message id is kept in memory. */
const MAX_LAST_IDS = 2_000;

/** Writes the state, and the attempt counts of pending jobs by job id. */
type WriteState = (state: SendState, attempts: ReadonlyMap<string, number>) => Promise<void>;

/**
 * What later sends of an account must know about earlier ones: held chats, attempts with an unknown outcome, the pace
 * used up. {@link save} persists it; changes since the last save are lost if the process ends.
 */
export class SendLedger {
  #state: SendState;
  #changed = false;
  #writing: Promise<unknown> | undefined;
  readonly #write: WriteState;
  /** Attempt counts of pending jobs that are not saved yet, by job id. */
  #attempts = new Map<string, number>();
  /** Limited by size: `max` would allocate all entries at once, 45 KB an account. */
  readonly #lastIds = new LRUCache<string, number>({ maxSize: MAX_LAST_IDS, sizeCalculation: () => 1 });

  constructor(state: SendState, write: WriteState) {
    this.#state = state;
    this.#write = write;
  }

  /**
   * Why no job of this action may run in these chats now, apart from holds of the account; `null` if it may run.
   * @param chats the first is the one that it writes to: only its holds and pace count.
   * @param rules the account's pace, which holds only actions that make messages.
   */
  holdOf(
    { name, makesMessages }: { name: string; makesMessages: boolean },
    chats: readonly [Chat, ...Chat[]],
    rules: PaceRules | null,
    now: number,
  ): PaceWait | null {
    const [chat] = chats;
    const { chatHolds, lookUpHold, typeHolds, pace } = this.#state;
    const isKnown = chats.every(({ known }) => known);
    const hold = longest([chatHolds[chat.key], typeHolds[name], isKnown ? null : lookUpHold], now);
    if (hold !== null) return { scope: 'chat', hold };
    return rules === null || !makesMessages ? null : paceWait(rules, pace, chat, now);
  }

  /** Why nothing of this kind may be read now; `null` if it may be. @param isKnown whether it needs no look-up. */
  readHoldOf(name: string, isKnown: boolean, now: number): Hold | null {
    const { lookUpHold, typeHolds } = this.#state;
    return longest([typeHolds[name], isKnown ? null : lookUpHold], now);
  }

  holdChat(chat: Chat, hold: Hold, now: number): void {
    const current = Object.entries(this.#state.chatHolds).filter(([, { until }]) => until > now);
    this.#change({ chatHolds: { ...Object.fromEntries(current), [chat.key]: hold } });
  }

  holdLookUps(hold: Hold): void {
    this.#change({ lookUpHold: hold });
  }

  /** Holds the jobs of one type. */
  holdType(name: string, hold: Hold): void {
    this.#change({ typeHolds: { ...this.#state.typeHolds, [name]: hold } });
  }

  /**
   * Records that the next message of a job may have been sent already. Only the first record per message counts.
   * @param since ms since the epoch: the message was not sent before this time.
   * @param after the last message id known in its chat before it; 0 if none is known.
   */
  recordUnknown(jobId: string, since: number, after: number): void {
    if (this.#state.unknown[jobId] !== undefined) return;
    this.#change({ unknown: { ...this.#state.unknown, [jobId]: { since, after } } });
  }

  unknownOf(jobId: string): { since: number; after: number } | undefined {
    return this.#state.unknown[jobId];
  }

  /**
   * Records that a worker lost the account while it held the job. It may have ended, or only have been late.
   * @param worker its name; `null`: not known.
   */
  recordRecovery(jobId: string, worker: string | null): void {
    const { recoveries, recoveredFrom } = this.#state;
    const workers = recoveredFrom[jobId] ?? [];
    if (worker !== null && workers.includes(worker)) return;
    this.#change({
      recoveries: { ...recoveries, [jobId]: (recoveries[jobId] ?? 0) + 1 },
      ...(worker !== null && { recoveredFrom: { ...recoveredFrom, [jobId]: [...workers, worker] } }),
    });
  }

  /** How many workers have lost the account while they held the job, without those that are `alive`. */
  recoveriesOf(jobId: string, alive: readonly string[] = []): number {
    const { recoveries, recoveredFrom } = this.#state;
    const late = (recoveredFrom[jobId] ?? []).filter((worker) => alive.includes(worker));
    return (recoveries[jobId] ?? 0) - late.length;
  }

  /**
   * Records that the account was disconnected. Messages accepted until `now` must not be sent, not even after another
   * sign-in.
   */
  recordDisconnected(now: number): void {
    this.#change({ disconnectedAt: now });
  }

  wasDisconnectedAfter(acceptedAt: number): boolean {
    return this.#state.disconnectedAt !== null && acceptedAt <= this.#state.disconnectedAt;
  }

  /**
   * Records that Telegram could not be reached.
   * @returns since when it has been unreachable, ms since the epoch.
   */
  recordUnreachable(now: number): number {
    if (this.#state.unreachableSince === null) this.#change({ unreachableSince: now });
    return this.#state.unreachableSince ?? now;
  }

  recordReached(): void {
    if (this.#state.unreachableSince !== null) this.#change({ unreachableSince: null });
  }

  /** The id of the last message that this account is known to have sent to the chat; 0 if none is known. */
  lastIdIn(chat: Chat): number {
    return this.#lastIds.get(chat.key) ?? 0;
  }

  /** Records that a step of a job sent these messages. Each counts against the pace. */
  recordSent(
    jobId: string,
    chat: Chat,
    messageIds: readonly number[],
    rules: PaceRules | null,
    now: number,
  ): void {
    const lastId = messageIds.at(-1);
    if (lastId !== undefined) this.#lastIds.set(chat.key, lastId);
    this.recordReached();
    this.#forget('unknown', jobId);
    if (rules === null) return;
    for (const index of messageIds.keys())
      this.#change({
        pace: spendPace(rules, this.#state.pace, { ...chat, stranger: chat.stranger && index === 0 }, now),
      });
  }

  /** Records that a step of a job was done. The step made no message. */
  recordDone(jobId: string): void {
    this.recordReached();
    this.#forget('unknown', jobId);
  }

  /** Records that Telegram has refused a step of a job for good. */
  recordRefused(jobId: string): void {
    this.#forget('unknown', jobId);
  }

  /** Records the attempt count of a job that has not ended. */
  recordAttempts(jobId: string, attempts: number): void {
    this.#attempts.set(jobId, attempts);
  }

  /** Forgets a job that was completed or failed. */
  recordEnded(jobId: string): void {
    this.#attempts.delete(jobId);
    this.#forget('recoveries', jobId);
    this.#forget('recoveredFrom', jobId);
    this.#forget('unknown', jobId);
  }

  /** Saves the changes, if there are any. */
  async save(): Promise<void> {
    await this.saveWith(async (changed) => {
      const attempts = this.#attempts;
      if (changed === undefined && attempts.size === 0) return;
      this.#attempts = new Map();
      try {
        await this.#write(changed ?? this.#state, attempts);
      } catch (error) {
        this.#attempts = new Map([...attempts, ...this.#attempts]);
        throw error;
      }
    });
  }

  /**
   * Lets the caller save the changed state (`undefined` if unchanged) together with its own write. Writes run one after
   * another, {@link save} included: without that, an older state could reach Redis last and erase a disconnect.
   */
  async saveWith<T>(write: (changed: SendState | undefined) => Promise<T>): Promise<T> {
    while (this.#writing !== undefined) await this.#writing;
    const changed = this.#changed ? this.#state : undefined;
    this.#changed = false;
    try {
      const written = write(changed);
      this.#writing = written.catch(() => {}).finally(() => (this.#writing = undefined));
      return await written;
    } catch (error) {
      this.#changed ||= changed !== undefined;
      throw error;
    }
  }

  #forget(part: 'unknown' | 'recoveries' | 'recoveredFrom', key: string): void {
    if (this.#state[part][key] === undefined) return;
    const { [key]: _forgotten, ...rest } = this.#state[part];
    this.#change({ [part]: rest });
  }

  #change(change: Partial<SendState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed = true;
  }
}

function longest(holds: readonly (Hold | null | undefined)[], now: number): Hold | null {
  const current = holds
    .filter((hold) => hold !== undefined && hold !== null)
    .filter(({ until }) => until > now);
  return current.toSorted((a, b) => b.until - a.until)[0] ?? null;
}
