import { sleep } from '@gateway/runtime';
import { drained, fill } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureEach, residentBytes } from '../usage.ts';

/** ms that the worker rests before the measurement (V8 releases memory late), and ms of the measurement. */
const SETTLE_MS = 120_000;
const WATCH_MS = 60_000;
/** Messages that are enqueued at a time, so that the accounts do not all connect at once. */
const AT_A_TIME = 100;

interface Rest {
  /** Bytes of the worker. */
  rss: number;
  /** CPU milliseconds a second. */
  worker: number;
  redis: number;
}

/** What many connected accounts with nothing to do cost one worker, without a yardstick. */
export const many: Pair = {
  name: 'many',
  about:
    '10,000 connected accounts (--accounts) with nothing to do: memory and CPU of one worker, CPU of Redis',
  run: async (options) => {
    const without = await rest(0, options);
    const all = await rest(options.accounts, options);
    const rows: Row[] = [
      { what: 'idle accounts, CPU of the worker a second', values: [all.worker], unit: 'ms' },
      { what: 'idle accounts, CPU of Redis a second', values: [all.redis], unit: 'ms' },
      { what: 'idle accounts, memory of the worker', values: [all.rss / 2 ** 20], unit: 'MiB' },
      { what: 'memory of an idle account', values: [(all.rss - without.rss) / options.accounts], unit: 'B' },
    ];
    return { rows, raw: { without, all } };
  },
};

async function rest(accounts: number, { say }: BenchOptions): Promise<Rest> {
  await using stage = await Stage.open(accounts);
  const worker = await stage.startWorker();
  const users = [...stage.accounts.keys()];
  // An account connects when it has something to send.
  for (let at = 0; at < accounts; at += AT_A_TIME) {
    const some = users.slice(at, at + AT_A_TIME);
    await fill(stage, some, some.length);
    await drained(stage, some);
  }
  await sleep(SETTLE_MS);
  const { cpu, wall } = await measureEach([worker.pid, stage.redis.pid], async () => {
    await sleep(WATCH_MS);
  });
  const { sessions } = await stage.control.counters();
  const connected = sessions.filter(({ connections }) => connections > 0).length;
  if (connected !== accounts) throw new Error(`${connected} of ${accounts} accounts are connected`);
  const each = (seconds = 0) => (seconds / wall) * 1_000;
  const figures = { rss: await residentBytes(worker.pid), worker: each(cpu[0]), redis: each(cpu[1]) };
  say(
    `many: ${accounts} accounts, ${(figures.rss / 2 ** 20).toFixed(0)} MiB, worker ${figures.worker.toFixed(1)} CPU ms/s, Redis ${figures.redis.toFixed(1)}`,
  );
  return figures;
}
