import { freePort } from '../../../scripts/lib/ports.mjs';
import { load } from '../load.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureCpu } from '../usage.ts';

const ACCOUNTS = 50;
const CONNECTIONS = 50;

/** Per round and side. */
const SECONDS = 8;

interface AcceptRound {
  /** Requests per second, and CPU seconds (of the process and Redis) per thousand requests. */
  product: { rate: number; cpu: number };
  bare: { rate: number; cpu: number };
}

/**
 * Accepting messages without waiting for them, over fifty connections, against a minimal handler that enqueues a
 * message.
 */
export const accept: Pair = {
  name: 'accept',
  about:
    'POST /telegram/user/send (respond-async), against the least handler: Hono, zod, queue.add; 50 connections',
  run: async (options) => {
    const results = await measureAccept(options);
    const rows: Row[] = [
      {
        what: 'accept, requests/s',
        values: results.map(({ product, bare }) => product.rate / bare.rate),
        unit: 'x',
        bar: { at: 'least', value: 0.85 },
      },
      {
        what: 'accept, CPU a request',
        values: results.map(({ product, bare }) => product.cpu / bare.cpu),
        unit: 'x',
      },
    ];
    return { rows, raw: results };
  },
};

async function measureAccept({ rounds, say }: BenchOptions): Promise<AcceptRound[]> {
  await using stage = await Stage.open(ACCOUNTS);
  // A rewrite of the append-only file would take a core for seconds, on one side only.
  await stage.stopLogRewrites();
  // The worker publishes the accounts to the API and ends, so that nothing is sent during the measurement.
  await (await stage.startWorker()).end();
  const { api, url } = await stage.startApi();
  const port = String(await freePort());
  const handler = await stage.start('test/bench/bare/handler.ts', { PORT: port });
  const users = [...stage.accounts.keys()];
  const bodies = users.map((user_id) =>
    JSON.stringify({
      user_id,
      recipient_id: 'me',
      text: 'A message of an ordinary length, as people write them.',
    }),
  );
  const measure = async (target: string, pid: number) => {
    let done = 0;
    const { wall, cpu } = await measureCpu([pid, stage.redis.pid], async () => {
      done = await load(target, {
        connections: CONNECTIONS,
        ms: SECONDS * 1_000,
        bodies,
        headers: { prefer: 'respond-async' },
      });
    });
    return { rate: done / wall, cpu: (cpu / done) * 1_000 };
  };
  const results: AcceptRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const product = await measure(`${url}/telegram/user/send`, api.pid);
    const bare = await measure(`http://127.0.0.1:${port}/send`, handler.pid);
    // The first round only warms up the code.
    if (round === 0) continue;
    results.push({ product, bare });
    say(
      `accept ${round}: ${product.rate.toFixed(0)} requests/s, ${product.cpu.toFixed(2)} CPU s/1000; bare ${bare.rate.toFixed(0)}, ${bare.cpu.toFixed(2)}`,
    );
  }
  return results;
}
