import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { sleep } from '@gateway/runtime';
import { THIS_CHECKOUT } from '../../env/checkout.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureCpu, residentBytes } from '../usage.ts';

const ACCOUNTS = 100;
const WATCHERS = 5_000;
/** Streams that are opened at the same time. */
const CONCURRENT = 50;
/** ms that the API rests before the measurement (V8 releases memory late), and ms of the measurement. */
const SETTLE_MS = 60_000;
const WATCH_MS = 30_000;

interface Watched {
  /** Bytes per stream, at rest. */
  bytes: number;
  /** Part of a core. */
  cpu: number;
}

/** Event streams of accounts that do not change, as open consoles and programs keep them. */
export const watchers: Pair = {
  name: 'watchers',
  about: '5,000 event streams of accounts that do not change: CPU and memory of the API',
  run: async (options) => {
    const product = await measureWatchers(options);
    const against = options.against && (await measureWatchers(options, options.against));
    const rows: Row[] = [
      { what: '5,000 watchers, a core', values: [product.cpu], unit: 'x', bar: { at: 'most', value: 0.05 } },
      {
        what: 'memory of a watcher',
        values: [product.bytes],
        unit: 'B',
        bar: { at: 'most', value: 30 * 1_024 },
      },
      ...(against === undefined
        ? []
        : [
            { what: '5,000 watchers, CPU', values: [product.cpu / against.cpu], unit: 'x' as const },
            { what: 'memory of a watcher', values: [product.bytes / against.bytes], unit: 'x' as const },
          ]),
    ];
    return { rows, raw: { product, against } };
  },
};

async function measureWatchers({ say }: BenchOptions, checkout = THIS_CHECKOUT): Promise<Watched> {
  await using stage = await Stage.open(ACCOUNTS, checkout);
  await stage.startWorker();
  const { api, url } = await stage.startApi();
  const users = [...stage.accounts.keys()];
  const agent = new Agent({ keepAlive: false });
  const open = async (index: number) => {
    const path = `${url}/telegram/accounts/${users[index % ACCOUNTS]}/events`;
    const [response] = (await once(get(path, { agent }), 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
    response.resume();
  };
  // Warms up the API, so that its code and caches are not counted.
  for (let index = 0; index < CONCURRENT; index += 1) await open(index);
  await sleep(SETTLE_MS / 4);
  const before = await residentBytes(api.pid);
  for (let at = 0; at < WATCHERS; at += CONCURRENT)
    await Promise.all(Array.from({ length: CONCURRENT }, (_, offset) => open(at + offset)));
  await sleep(SETTLE_MS);
  const { cpu, wall } = await measureCpu([api.pid], async () => {
    await sleep(WATCH_MS);
  });
  const watched = { bytes: ((await residentBytes(api.pid)) - before) / WATCHERS, cpu: cpu / wall };
  agent.destroy();
  say(
    `watchers: ${(watched.bytes / 1_024).toFixed(1)} KiB each, ${(watched.cpu * 100).toFixed(1)} % of a core`,
  );
  return watched;
}
