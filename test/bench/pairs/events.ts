import { sleep } from '@gateway/runtime';
import { freePort } from '../../../scripts/lib/ports.mjs';
import type { Part } from '../../env/part.ts';
import { EventSource } from '../event-source.ts';
import { accountsKnown } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureEach, residentBytes } from '../usage.ts';

/** Events of each account that are appended at once to find out how many a second arrive. */
const BURST = 2;
/** The steady rate of the other measurements, as a part of that. */
const PART = 0.5;
const STEADY_MS = 20_000;
/** ms between two looks at the memory under load. */
const LOOK_MS = 500;
/** ms that the API rests before its memory is read. */
const SETTLE_MS = 10_000;

/** How late events arrived by one of the ways, ms. */
interface Lags {
  count: number;
  p50: number;
  p99: number;
  /** Events before which others were missing. */
  faults: number;
}

interface Steady {
  webhook: Lags;
  streams: Lags;
  /** CPU seconds for 1,000 events, worker and API. */
  cpu: [worker: number, api: number];
}

interface EventsRound {
  /** Events per second that reached both ways. */
  rate: number;
  alone: Steady;
  /** With a dead and a slow receiver beside it. */
  beside: Steady;
}

/** The product, and a process that receives its events. */
interface Parts {
  stage: Stage;
  worker: Part;
  api: Part;
  url: string;
  consumer: Part;
  source: EventSource;
}

/** Events of many accounts, from the append on: by one API to streams and by one worker to webhooks. */
export const events: Pair = {
  name: 'events',
  about:
    'events of 10,000 accounts (--accounts) to a webhook and to a stream each: rate, lag, memory; and beside a dead and a slow receiver',
  run: async (options) => {
    const { results, memory } = await measureEvents(options);
    const of = (pick: (round: EventsRound) => number) => results.map(pick);
    const row = (what: string, unit: Row['unit'], pick: (round: EventsRound) => number): Row => ({
      what: `events, ${what}`,
      unit,
      values: of(pick),
    });
    const rows: Row[] = [
      row('a second to webhook and streams', 'n', ({ rate }) => rate),
      ...(['webhook', 'streams'] as const).flatMap((way) => [
        row(`lag of ${way}, p50`, 'ms', ({ alone }) => alone[way].p50),
        row(`lag of ${way}, p99`, 'ms', ({ alone }) => alone[way].p99),
        row(`the same beside dead and slow, p50`, 'ms', ({ beside }) => beside[way].p50),
        row(`the same beside dead and slow, p99`, 'ms', ({ beside }) => beside[way].p99),
      ]),
      row('CPU of the worker for 1,000', 's', ({ alone }) => alone.cpu[0]),
      row('CPU of the API for 1,000', 's', ({ alone }) => alone.cpu[1]),
      row('missing', 'n', ({ beside }) => beside.webhook.faults + beside.streams.faults),
      { what: 'events, memory of an open stream in the API', unit: 'B', values: [memory.stream] },
      { what: 'events, API above rest', unit: 'MiB', values: [memory.api] },
      { what: 'events, worker above rest', unit: 'MiB', values: [memory.worker] },
    ];
    return { rows, raw: { results, memory } };
  },
};

async function measureEvents({ rounds, accounts, say }: BenchOptions) {
  await using stage = await Stage.open(accounts);
  await stage.stopLogRewrites();
  const settings = { WEBHOOK_ALLOW_PRIVATE: 'true' };
  const worker = await stage.startWorker(settings);
  const { api, url } = await stage.startApi(settings);
  await accountsKnown(stage);
  using source = await EventSource.open(stage);
  const consumer = await stage.start('test/bench/event-consumer.ts');
  const users = [...stage.accounts.keys()];
  await sleep(SETTLE_MS);
  const before = await residentBytes(api.pid);
  await consumer.ask('stream', {
    urls: users.map((userId) => `${url}/telegram/accounts/${userId}/updates`),
  });
  await sleep(SETTLE_MS);
  const rest = await bothBytes(worker, api);
  const parts: Parts = { stage, worker, api, url, consumer, source };
  const receiver = String(await consumer.ask('url'));
  let most = rest;
  const look = async () => {
    const now = await bothBytes(worker, api);
    most = [Math.max(most[0], now[0]), Math.max(most[1], now[1])];
  };
  const watching = setInterval(() => void look(), LOOK_MS);
  const results: EventsRound[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const result = await measureRound(parts, receiver);
      if (round === 0) continue;
      results.push(result);
      say(`events ${round}: ${lineOf(result)}`);
    }
  } finally {
    clearInterval(watching);
  }
  const mib = (bytes: number) => bytes / 2 ** 20;
  const memory = {
    stream: (rest[1] - before) / accounts,
    worker: mib(most[0] - rest[0]),
    api: mib(most[1] - rest[1]),
  };
  say(`events: API ${memory.api.toFixed(0)} MiB above rest, worker ${memory.worker.toFixed(0)} MiB`);
  return { results, memory };
}

async function bothBytes(worker: Part, api: Part): Promise<[worker: number, api: number]> {
  return [await residentBytes(worker.pid), await residentBytes(api.pid)];
}

async function measureRound(parts: Parts, receiver: string): Promise<EventsRound> {
  const { stage, consumer, source } = parts;
  const burst = BURST * stage.accounts.size;
  const fast = await subscribe(parts, `${receiver}/fast`);
  await consumer.ask('begin');
  const begun = performance.now();
  const before = await counts(consumer);
  await source.burst(burst);
  await arrived(consumer, before, burst);
  const rate = burst / ((performance.now() - begun) / 1_000);
  const alone = await measureSteady(parts, rate * PART);
  const others = [
    await subscribe(parts, `${receiver}/slow`),
    await subscribe(parts, `http://127.0.0.1:${await freePort()}/dead`),
  ];
  const beside = await measureSteady(parts, rate * PART);
  for (const id of [fast, ...others]) await call(parts, 'DELETE', `/webhooks/${id}`);
  return { rate, alone, beside };
}

/** Events at a steady rate, to all that are subscribed. */
async function measureSteady({ worker, api, consumer, source }: Parts, perSecond: number): Promise<Steady> {
  await consumer.ask('take');
  const before = await counts(consumer);
  let events = 0;
  const { cpu } = await measureEach([worker.pid, api.pid], async () => {
    events = await source.steady(perSecond, STEADY_MS);
    await arrived(consumer, before, events);
  });
  const { webhook, streams } = (await consumer.ask('take')) as Record<'webhook' | 'streams', Lags>;
  const each = (seconds = 0) => (seconds / events) * 1_000;
  return { webhook, streams, cpu: [each(cpu[0]), each(cpu[1])] };
}

type Counts = Record<'webhook' | 'streams', number>;

async function counts(consumer: Part): Promise<Counts> {
  return (await consumer.ask('counts')) as Counts;
}

/** Waits until this many events have arrived by both ways. */
async function arrived(consumer: Part, before: Counts, events: number): Promise<void> {
  for (;;) {
    const now = await counts(consumer);
    if (now.webhook - before.webhook >= events && now.streams - before.streams >= events) return;
    await sleep(20);
  }
}

/** Subscribes a webhook to the messages of all accounts. @returns its id. */
async function subscribe(parts: Parts, receiver: string): Promise<string> {
  const { webhook_id } = await call(parts, 'POST', '/webhooks', { url: receiver, events: ['message.new'] });
  return webhook_id ?? '';
}

async function call(
  { url }: Parts,
  method: string,
  path: string,
  body?: object,
): Promise<{ webhook_id?: string }> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return JSON.parse(answer) as { webhook_id?: string };
}

function lineOf({ rate, alone, beside }: EventsRound): string {
  const lags = ({ webhook, streams }: Steady) =>
    `webhook p50 ${webhook.p50} p99 ${webhook.p99} ms, streams p50 ${streams.p50} p99 ${streams.p99} ms`;
  const [worker, api] = alone.cpu;
  return `${rate.toFixed(0)} events/s; at half of it ${lags(alone)}; beside dead and slow ${lags(beside)}; worker ${worker.toFixed(2)}, API ${api.toFixed(2)} CPU s/1000`;
}
