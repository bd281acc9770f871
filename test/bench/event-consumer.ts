import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { answerParent } from './child.ts';
import { quantile } from './samples.ts';

/** Receives events by webhooks and streams, and measures how late each comes and whether any is missing. */

/** ms after which the slow receiver answers. */
const SLOW_MS = 2_000;
/** Streams that are opened at the same time. */
const CONCURRENT = 50;
const MOST_TRIES = 20;
const AGAIN_MS = 500;

/** What came by one of the ways. */
class Arrivals {
  #lags: number[] = [];
  #count = 0;
  #faults = 0;
  /** The latest number of each account. */
  readonly #last = new Map<string, number>();

  add(json: string): void {
    const event = JSON.parse(json) as { user_id: string; seq: number; occurred_at: string };
    const before = this.#last.get(event.user_id);
    // A try whose answer was late is repeated.
    if (before !== undefined && event.seq <= before) return;
    if (before !== undefined && event.seq > before + 1) this.#faults += 1;
    this.#last.set(event.user_id, event.seq);
    this.#count += 1;
    this.#lags.push(Date.now() - Date.parse(event.occurred_at));
  }

  get count(): number {
    return this.#count;
  }

  /** The figures since the last call. */
  take() {
    const lags = this.#lags;
    this.#lags = [];
    return { count: lags.length, p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), faults: this.#faults };
  }

  /** Forgets the numbers, because a new webhook begins elsewhere. */
  begin(): void {
    this.#last.clear();
  }
}

const webhook = new Arrivals();
const streams = new Arrivals();
let slow = 0;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (request.url === '/slow') {
    slow += 1;
    await delay(SLOW_MS);
  } else webhook.add(body);
  response.writeHead(204).end();
}

const server = createServer((request, response) => void answer(request, response));
const agent = new Agent({ keepAlive: false });

async function open(url: string, tries = MOST_TRIES): Promise<void> {
  const headers = { accept: 'text/event-stream' };
  const [response] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage];
  if (response.statusCode === 503 && tries > 1) {
    // Redis answers late while so many streams are opened.
    response.destroy();
    await delay(AGAIN_MS);
    return open(url, tries - 1);
  }
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  const parser = createParser({ onEvent: ({ data }) => streams.add(data) });
  response.setEncoding('utf8').on('data', (chunk: string) => parser.feed(chunk));
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');

await answerParent({
  url: async () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  stream: async ({ urls }) => {
    const waiting = [...(urls as string[])];
    await Promise.all(
      Array.from({ length: CONCURRENT }, async () => {
        for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) await open(url);
      }),
    );
  },
  begin: async () => webhook.begin(),
  counts: async () => ({ webhook: webhook.count, streams: streams.count, slow }),
  take: async () => ({ webhook: webhook.take(), streams: streams.take() }),
});
