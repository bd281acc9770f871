import { setTimeout as delay } from 'node:timers/promises';
import { sleep } from '@gateway/runtime';
import { ApiClient } from '../../env/api-client.ts';
import { OpenStream } from '../../env/event-source.ts';
import type { Random } from '../random.ts';
import type { AccountEvent } from './judge-events.ts';
import type { Reading } from './judge-reader.ts';

/** ms that a stream stays open, and ms before a reader connects again. */
const OPEN = { from: 2_000, to: 8_000 };
const AGAIN = { from: 50, to: 500 };

/** s that a long poll waits, and ms after which its caller gives up. */
const WAIT = 5;
const GIVE_UP = 15_000;

interface ReaderOptions {
  userId: string;
  after: number;
  /** Addresses of the APIs: each connection goes to any of them. */
  urls: readonly string[];
  random: Random;
}

/** Reads an account's events during a run. */
abstract class EventsReader implements Reading {
  abstract readonly name: string;
  readonly mayRepeat = false;
  readonly events: AccountEvent[] = [];
  protected readonly options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.options = options;
  }

  get userId(): string {
    return this.options.userId;
  }

  get after(): number {
    return this.options.after;
  }

  /** The number of the last event read. */
  protected get lastSeq(): number {
    return this.events.at(-1)?.seq ?? this.after;
  }

  /** Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { random } = this.options;
    while (!signal.aborted) {
      if (await this.readOn(signal)) continue;
      await sleep(random.whole(AGAIN.from, AGAIN.to), signal);
    }
  }

  /** Reads what follows the last event. Never throws. @returns whether to read on at once. */
  protected abstract readOn(signal: AbortSignal): Promise<boolean>;
}

/** Reads an account's events by SSE. It hangs up at times, and goes on after its `Last-Event-ID`. */
export class StreamReader extends EventsReader {
  readonly name = `SSE of ${this.userId}`;

  protected async readOn(signal: AbortSignal): Promise<boolean> {
    await this.#readStream(signal).catch(() => {}); // The API, or Redis, is away.
    return false;
  }

  async #readStream(signal: AbortSignal): Promise<void> {
    const { random, urls, userId } = this.options;
    const stream = await OpenStream.open(`${random.pick(urls)}/telegram/accounts/${userId}/updates`, {
      accept: 'text/event-stream',
      'last-event-id': String(this.lastSeq),
    });
    try {
      const ended = stream.ended.catch(() => {});
      const end = new AbortController();
      const timer = sleep(random.whole(OPEN.from, OPEN.to), end.signal);
      const stop = () => end.abort();
      signal.addEventListener('abort', stop);
      await Promise.race([timer, ended]);
      signal.removeEventListener('abort', stop);
      end.abort();
    } finally {
      stream.close();
      await stream.ended.catch(() => {}); // It was closed.
      const events = stream.events.map(({ data }): AccountEvent => data);
      this.events.push(...events.filter(({ seq }) => typeof seq === 'number'));
    }
  }
}

/** Reads an account's events by long poll. */
export class PollReader extends EventsReader {
  readonly name = `long poll of ${this.userId}`;

  protected readOn(): Promise<boolean> {
    return Promise.race([this.read(WAIT), delay(GIVE_UP, false, { ref: false })]);
  }

  /** Reads one page. @returns whether that worked. Never throws. */
  async read(wait = 0): Promise<boolean> {
    const { random, urls, userId } = this.options;
    const last = this.lastSeq;
    try {
      const path = `/telegram/accounts/${userId}/updates?after=${last}&limit=100&wait=${wait}`;
      const { status, body } = await new ApiClient(random.pick(urls)).get(path);
      // An answer that came after its caller had given up is of no use.
      if (status !== 200 || this.lastSeq !== last) return false;
      this.events.push(...body.events);
      return true;
    } catch {
      return false;
    }
  }
}
