import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '@gateway/runtime';
import { drained, fill } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureCpu, residentBytes } from '../usage.ts';

const ACCOUNTS = 1_000;
/** ms that both sides rest before the measurement (V8 releases memory late), and ms of the measurement. */
const SETTLE_MS = 120_000;
const WATCH_MS = 30_000;
/** Each round takes minutes. */
const MAX_ROUNDS = 2;

interface Usage {
  /** Bytes. */
  rss: number;
  /** CPU milliseconds per second. */
  cpu: number;
}

interface Side {
  /** The whole process. */
  whole: Usage;
  /** The difference from a process without accounts: the cost of the accounts and their connections. */
  added: Usage;
}

interface IdleRound {
  product: Side;
  bare: Side;
}

/**
 * Connected accounts with nothing to do: the worker, against the same number of clients of the bare library in one
 * process.
 */
export const idle: Pair = {
  name: 'idle',
  about:
    '1,000 connected accounts with nothing to do: memory and CPU of the worker, against 1,000 bare clients',
  run: async (options) => {
    const results = await measureIdle(options);
    const of = (part: keyof Side, what: keyof Usage) =>
      results.map(({ product, bare }) => product[part][what] / bare[part][what]);
    const rows: Row[] = [
      {
        what: 'idle, memory of the whole process',
        values: of('whole', 'rss'),
        unit: 'x',
        bar: { at: 'most', value: 0.8 },
      },
      {
        what: 'idle, CPU of the whole process',
        values: of('whole', 'cpu'),
        unit: 'x',
        bar: { at: 'most', value: 0.35 },
      },
      { what: 'idle, memory added by the accounts', values: of('added', 'rss'), unit: 'x' },
      { what: 'idle, CPU added by the accounts', values: of('added', 'cpu'), unit: 'x' },
    ];
    return { rows, raw: results };
  },
};

async function measureIdle({ rounds, say }: BenchOptions): Promise<IdleRound[]> {
  const [ownBase, bareBase] = await withoutAccounts();
  await using stage = await Stage.open(ACCOUNTS);
  const accountsFile = join(stage.directory, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify(Object.fromEntries(stage.accounts)));
  const results: IdleRound[] = [];
  for (let round = 1; round <= Math.min(rounds, MAX_ROUNDS); round += 1) {
    const product = await productRound(stage, ownBase);
    const bare = await bareRound(stage, accountsFile, bareBase);
    results.push({ product, bare });
    const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    const line = ({ whole, added }: Side) =>
      `${mib(whole.rss)}, ${mib(added.rss)} of it for the accounts, ${whole.cpu.toFixed(1)} CPU ms/s, ${added.cpu.toFixed(1)} of it`;
    say(`idle ${round}: ${line(product)}; bare ${line(bare)}`);
  }
  return results;
}

/** Measures both processes at rest without any accounts. */
async function withoutAccounts(): Promise<[Usage, Usage]> {
  await using stage = await Stage.open(0);
  const accountsFile = join(stage.directory, 'accounts.json');
  await writeFile(accountsFile, '{}');
  const worker = await stage.startWorker();
  const bare = await stage.start('test/bench/bare/gramjs.ts', { BENCH_ACCOUNTS: accountsFile });
  const usage = await Promise.all([watch(worker.pid), watch(bare.pid)]);
  await Promise.all([worker.end(), bare.end()]);
  return usage;
}

async function productRound(stage: Stage, base: Usage): Promise<Side> {
  const worker = await stage.startWorker();
  const users = [...stage.accounts.keys()];
  // An account connects when it has something to send.
  await fill(stage, users, users.length);
  await drained(stage, users);
  const usage = await watch(worker.pid);
  await assertConnected(stage);
  await worker.end();
  return beyond(base, usage);
}

async function bareRound(stage: Stage, accountsFile: string, base: Usage): Promise<Side> {
  const bare = await stage.start('test/bench/bare/gramjs.ts', { BENCH_ACCOUNTS: accountsFile });
  await bare.ask('connect', { count: ACCOUNTS });
  await bare.ask('send', { count: ACCOUNTS });
  const usage = await watch(bare.pid);
  await assertConnected(stage);
  await bare.end();
  return beyond(base, usage);
}

/**
 * A side with fewer connections would seem cheaper. A lost connection does not return while nothing is sent, so the
 * count is checked.
 */
async function assertConnected(stage: Stage): Promise<void> {
  const { sessions } = await stage.control.counters();
  const connected = sessions.filter(({ connections }) => connections > 0).length;
  if (connected !== ACCOUNTS) throw new Error(`${connected} of ${ACCOUNTS} accounts are connected`);
}

function beyond(base: Usage, whole: Usage): Side {
  return { whole, added: { rss: whole.rss - base.rss, cpu: whole.cpu - base.cpu } };
}

async function watch(pid: number): Promise<Usage> {
  await sleep(SETTLE_MS);
  const { cpu, wall } = await measureCpu([pid], async () => {
    await sleep(WATCH_MS);
  });
  return { rss: await residentBytes(pid), cpu: (cpu / wall) * 1_000 };
}
