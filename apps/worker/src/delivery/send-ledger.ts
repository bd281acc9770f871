import type { Hold, PaceRules, SendState } from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';
import { paceWait, spendPace, type PaceWait } from './pacer.ts';

/** Last message ids kept in memory, by chat. */
const MAX_LAST_IDS = 2_000;

/** Writes the state and the tries of pending jobs, by job id. */
type WriteState = (state: SendState, attempts: ReadonlyMap<string, number>) => Promise<void>;

/**
 * What one account's sends have left behind that the next ones must know: chats that must wait, tries of which nobody knows whether they
 * took effect, what the pace has used up. {@link save} writes it down; what was changed since is lost with the process.
 */
export class SendLedger {
  #state: SendState;
  #changed = false;
  #writing: Promise<unknown> | undefined;
  readonly #write: WriteState;
  /** Tries of pending jobs that are not written yet, by job id. */
  #attempts = new Map<string, number>();
  readonly #lastIds = new Map<string, number>();

  constructor(state: SendState, write: WriteState) {
    this.#state = state;
    this.#write = write;
  }

  /** Why nothing goes to this chat just now, though the account itself may send; `null`: it may go. */
  holdOf(chat: Chat, rules: PaceRules | null, now: number): PaceWait | null {
    const { chatHolds, lookUpHold, pace } = this.#state;
    const holds = [chatHolds[chat.key], chat.known ? undefined : (lookUpHold ?? undefined)]
      .filter((hold) => hold !== undefined)
      .filter((hold) => hold.until > now)
      .toSorted((a, b) => b.until - a.until);
    const [longest] = holds;
    if (longest !== undefined) return { scope: 'chat', hold: longest };
    return rules === null ? null : paceWait(rules, pace, chat, now);
  }

  holdChat(chat: Chat, hold: Hold, now: number): void {
    const current = Object.entries(this.#state.chatHolds).filter(([, { until }]) => until > now);
    this.#change({ chatHolds: { ...Object.fromEntries(current), [chat.key]: hold } });
  }

  holdLookUps(hold: Hold): void {
    this.#change({ lookUpHold: hold });
  }

  /**
   * The next message of a job may have gone out already: nobody knows. The first such note counts.
   * @param since ms since the epoch: it did not go out before.
   * @param after the last message id known in its chat before it; 0: none is known.
   */
  noteUnknown(jobId: string, since: number, after: number): void {
    if (this.#state.unknown[jobId] !== undefined) return;
    this.#change({ unknown: { ...this.#state.unknown, [jobId]: { since, after } } });
  }

  unknownOf(jobId: string): { since: number; after: number } | undefined {
    return this.#state.unknown[jobId];
  }

  /** A job was in hand when a worker ended. @returns how often that has happened to it. */
  noteRecovery(jobId: string): number {
    const times = (this.#state.recoveries[jobId] ?? 0) + 1;
    this.#change({ recoveries: { ...this.#state.recoveries, [jobId]: times } });
    return times;
  }

  recoveriesOf(jobId: string): number {
    return this.#state.recoveries[jobId] ?? 0;
  }

  /** The account is disconnected: what was accepted until `now` must not go out, not even after another sign-in. */
  noteDisconnected(now: number): void {
    this.#change({ disconnectedAt: now });
  }

  wasDisconnectedAfter(acceptedAt: number): boolean {
    return this.#state.disconnectedAt !== null && acceptedAt <= this.#state.disconnectedAt;
  }

  /** Telegram could not be reached. @returns since when, ms since the epoch. */
  noteUnreachable(now: number): number {
    if (this.#state.unreachableSince === null) this.#change({ unreachableSince: now });
    return this.#state.unreachableSince ?? now;
  }

  noteReached(): void {
    if (this.#state.unreachableSince !== null) this.#change({ unreachableSince: null });
  }

  /** The last message that this account is known to have sent to the chat; 0: none is known. */
  lastIdIn(chat: Chat): number {
    return this.#lastIds.get(chat.key) ?? 0;
  }

  /** A message of a job has gone out. */
  noteSent(jobId: string, chat: Chat, messageId: number, rules: PaceRules | null, now: number): void {
    this.#lastIds.delete(chat.key);
    this.#lastIds.set(chat.key, messageId);
    if (this.#lastIds.size > MAX_LAST_IDS) {
      const [oldest] = this.#lastIds.keys();
      if (oldest !== undefined) this.#lastIds.delete(oldest);
    }
    this.noteReached();
    this.#forget('unknown', jobId);
    if (rules !== null) this.#change({ pace: spendPace(rules, this.#state.pace, chat, now) });
  }

  /** Notes the tries of a job that has not ended. */
  noteAttempts(jobId: string, attempts: number): void {
    this.#attempts.set(jobId, attempts);
  }

  /** A job has ended, either way. */
  noteEnded(jobId: string): void {
    this.#attempts.delete(jobId);
    this.#forget('recoveries', jobId);
    this.#forget('unknown', jobId);
  }

  /** Writes down what has changed; nothing where nothing has. */
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
   * Has somebody else write down what has changed (`undefined`: nothing has), in a step of his own. One after the other, with {@link save}: the
   * account may be disconnected while a message of it ends, and an older state that reached Redis later would win, and forget that.
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

  #forget(part: 'unknown' | 'recoveries', key: string): void {
    if (this.#state[part][key] === undefined) return;
    const { [key]: _forgotten, ...rest } = this.#state[part];
    this.#change({ [part]: rest });
  }

  #change(change: Partial<SendState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed = true;
  }
}
