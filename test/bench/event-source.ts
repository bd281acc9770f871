import type { EventDraft } from '@gateway/contracts';
import { Fenced, Inbox, MemoryWatch, openConsumerRedis, type RedisClient } from '@gateway/queue';
import { Sealer, silentLogger, sleep } from '@gateway/runtime';
import { fenceKey } from '../../packages/queue/src/keys.ts';
import { BOB, newMessage } from '../env/incoming.ts';
import { SHARDS, type Stage } from './stage.ts';

/** Appends that may be in progress at the same time. */
const CONCURRENT = 500;
/** ms between two bursts of a steady rate. */
const TICK_MS = 10;

/**
 * Appends events to the sequences of accounts, under the fences of the worker that owns them. So the figures contain
 * what follows an append, and neither the sandbox nor the reading of updates.
 */
export class EventSource implements Disposable {
  readonly #redis: RedisClient;
  readonly #inbox: Inbox;
  readonly #users: readonly string[];
  readonly #fences = new Map<string, string>();
  #next = 0;
  #inProgress = 0;
  #onRoom = () => {};
  #failure: unknown;

  private constructor(stage: Stage) {
    this.#redis = openConsumerRedis(stage.redis.address, silentLogger());
    this.#users = [...stage.accounts.keys()];
    this.#inbox = new Inbox({
      redis: this.#redis,
      shards: SHARDS,
      sealer: new Sealer([Buffer.alloc(32)]),
      isSealed: false,
      limits: { max: 10_000, maxBytes: 64 * 2 ** 20, retentionMs: 7 * 86_400_000 },
      memory: new MemoryWatch(this.#redis),
    });
  }

  /** Opens the sequences of all accounts. The worker must have opened the accounts. */
  static async open(stage: Stage): Promise<EventSource> {
    const source = new EventSource(stage);
    const settings = { enabled: true, since: new Date().toISOString(), filter: {} };
    for (const userId of source.#users) {
      const fence = (await source.#redis.get(fenceKey(userId))) ?? '';
      source.#fences.set(userId, fence);
      await source.#inbox.writeReceiving(userId, fence, settings);
    }
    return source;
  }

  /** Appends this many events, in turn to each account, as fast as Redis takes them. */
  async burst(events: number): Promise<void> {
    for (let index = 0; index < events; index += 1) await this.#begin();
    await this.#done();
  }

  /** Appends so many events a second, in turn to each account. @returns how many. */
  async steady(perSecond: number, ms: number): Promise<number> {
    const begun = performance.now();
    let events = 0;
    for (let passed = 0; passed < ms; passed = performance.now() - begun) {
      for (const due = (Math.min(passed, ms) / 1_000) * perSecond; events < due; events += 1)
        await this.#begin();
      await sleep(TICK_MS);
    }
    await this.#done();
    return events;
  }

  /** Begins to append the next event, once there is room. */
  async #begin(): Promise<void> {
    while (this.#inProgress >= CONCURRENT) await this.#change();
    const userId = this.#users[this.#next % this.#users.length] ?? '';
    this.#next += 1;
    this.#inProgress += 1;
    void this.#append(userId, this.#next).then(() => {
      this.#inProgress -= 1;
      this.#onRoom();
    });
  }

  async #append(userId: string, id: number): Promise<void> {
    const sender = { ...BOB, type: 'user' as const, name: BOB.title ?? '', is_bot: false, is_contact: true };
    const { title: _title, ...shown } = sender;
    const draft = newMessage(BOB, id, { sender: shown, text: `message ${id} `.padEnd(100, 'x') });
    const event = { ...draft, occurred_at: new Date().toISOString() };
    try {
      await this.#appendAs(userId, event);
    } catch (error) {
      this.#failure = error;
    }
  }

  async #appendAs(userId: string, event: EventDraft): Promise<void> {
    const append = { events: [event], seq: { start: 0, limit: 1_000_000 } };
    try {
      await this.#inbox.append(userId, this.#fences.get(userId) ?? '', append);
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      // On a busy machine the worker may lose its lease, and take another one.
      this.#fences.set(userId, (await this.#redis.get(fenceKey(userId))) ?? '');
      await this.#inbox.append(userId, this.#fences.get(userId) ?? '', append);
    }
  }

  async #done(): Promise<void> {
    while (this.#inProgress > 0) await this.#change();
    if (this.#failure !== undefined) throw new Error('an event was not appended', { cause: this.#failure });
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#onRoom = resolve));
  }

  [Symbol.dispose](): void {
    this.#redis.disconnect();
  }
}
