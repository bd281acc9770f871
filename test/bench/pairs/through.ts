import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { control, drained, fill } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureCpu } from '../usage.ts';

const ACCOUNTS = 50;

interface ThroughRound {
  /** Messages per second, and CPU seconds per thousand messages. */
  product: { rate: number; cpu: number };
  bare: { rate: number; cpu: number };
}

/**
 * Messages of many accounts, from jobs in Redis to completed ones, against the same sends by as many clients of the
 * bare library in a loop. Counts the CPU of the worker and Redis, against that of the bare process. The sandbox is a
 * separate process for both.
 */
export const through: Pair = {
  name: 'through',
  about: '50 accounts, from jobs in Redis to completed, against 50 unmodified GramJS clients in a loop',
  run: async (options) => {
    const results = await measureThrough(options);
    const rows: Row[] = [
      {
        what: 'through, messages/s',
        values: results.map(({ product, bare }) => product.rate / bare.rate),
        unit: 'x',
        bar: { at: 'least', value: 1 },
      },
      {
        what: 'through, messages a CPU second',
        values: results.map(({ product, bare }) => bare.cpu / product.cpu),
        unit: 'x',
        bar: { at: 'least', value: 1 },
      },
    ];
    return { rows, raw: results };
  },
};

async function measureThrough({ rounds, messages, say }: BenchOptions): Promise<ThroughRound[]> {
  await using stage = await Stage.open(ACCOUNTS);
  const accountsFile = join(stage.directory, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify(Object.fromEntries(stage.accounts)));
  const results: ThroughRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    // The same accounts on both sides, but never at the same time: only one program may use a session.
    const product = await productRound(stage, round === 0 ? ACCOUNTS * 20 : messages);
    const unmodified = await bareRound(stage, accountsFile, round === 0 ? ACCOUNTS * 20 : messages);
    if (round === 0) continue;
    results.push({ product, bare: unmodified });
    say(
      `through ${round}: ${product.rate.toFixed(0)} messages/s, ${product.cpu.toFixed(2)} CPU s/1000; bare ${unmodified.rate.toFixed(0)}, ${unmodified.cpu.toFixed(2)}`,
    );
  }
  return results;
}

async function productRound(stage: Stage, messages: number) {
  const worker = await stage.startWorker();
  const users = [...stage.accounts.keys()];
  // Connects every account, like the bare clients.
  await sendAll(stage, users, users.length);
  for (const userId of users) await control(stage, userId, 'account.pause');
  await fill(stage, users, messages);
  const before = (await stage.control.counters()).messages;
  const { wall, cpu } = await measureCpu([worker.pid, stage.redis.pid], async () => {
    await Promise.all(users.map((userId) => control(stage, userId, 'account.resume')));
    await drained(stage, users);
  });
  const sent = (await stage.control.counters()).messages - before;
  if (sent !== messages) throw new Error(`${sent} of ${messages} messages went out`);
  await worker.end();
  return { rate: messages / wall, cpu: (cpu / messages) * 1_000 };
}

async function bareRound(stage: Stage, accountsFile: string, messages: number) {
  const bare = await stage.start('test/bench/bare/gramjs.ts', { BENCH_ACCOUNTS: accountsFile });
  await bare.ask('connect', { count: ACCOUNTS });
  await bare.ask('send', { count: ACCOUNTS });
  const { wall, cpu } = await measureCpu([bare.pid], async () => {
    await bare.ask('send', { count: messages });
  });
  await bare.end();
  return { rate: messages / wall, cpu: (cpu / messages) * 1_000 };
}

async function sendAll(stage: Stage, users: readonly string[], messages: number): Promise<void> {
  await fill(stage, users, messages);
  await drained(stage, users);
}
