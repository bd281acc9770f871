import { sleep } from '@gateway/runtime';
import type { Part } from '../../env/part.ts';
import { accountsKnown, control, drained, fill } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { keptJobs, memoryOfAccounts, usedMemory } from '../redis-memory.ts';
import { Stage } from '../stage.ts';
import { measureCpu } from '../usage.ts';

/** Accounts that send. The others only exist. */
const SENDING = 50;
const FEW = 100;
const MANY = 10_000;
const SHORT = 1_000;
const LONG = 1_000_000;
/** Accounts that have sent, and the number of messages from each. */
const SENT_ACCOUNTS = 1_000;
const SENT_EACH = 150;
/** ms of sending before the measurement, and during it. */
const WARM_MS = 1_000;
const WORK_MS = 6_000;

/**
 * CPU seconds (worker and Redis) per thousand messages, with a small and a large number of waiting messages or
 * accounts.
 */
interface GrowthRound {
  little: number;
  much: number;
}

/** Whether more waiting messages or more accounts make a message more expensive. */
export const growth: Pair = {
  name: 'growth',
  about:
    'CPU a message with 1,000,000 waiting against 1,000, with 10,000 accounts against 100; what one of each takes in Redis',
  run: async (options) => {
    const waiting = await measureWaiting(options);
    const accounts = await measureAccounts(options);
    const sent = await measureSent(options);
    const ratios = (results: readonly GrowthRound[]) => results.map(({ little, much }) => much / little);
    const rows: Row[] = [
      {
        what: 'CPU a message, 1,000,000 waiting to 1,000',
        values: ratios(waiting.rounds),
        unit: 'x',
        bar: { at: 'most', value: 1.15 },
      },
      { what: 'CPU a message, 10,000 accounts to 100', values: ratios(accounts.rounds), unit: 'x' },
      { what: 'Redis memory of a waiting message', values: [waiting.bytesEach], unit: 'B' },
      { what: 'Redis memory of an account that never sent', values: [accounts.bytesEach], unit: 'B' },
      { what: `Redis memory of an account that sent ${SENT_EACH}`, values: [sent.bytesEach], unit: 'B' },
    ];
    return { rows, raw: { waiting, accounts, sent } };
  },
};

async function measureWaiting({ rounds, say }: BenchOptions) {
  await using short = await Stage.open(SENDING);
  await using long = await Stage.open(SENDING);
  for (const stage of [short, long]) await stage.stopLogRewrites();
  const users = [...long.accounts.keys()];
  const [worker, other] = [await short.startWorker(), await long.startWorker()];
  for (const stage of [short, long]) {
    await fill(stage, users, SENDING * 40);
    await drained(stage, users);
  }
  await all(long, 'account.pause');
  const before = await usedMemory(long);
  await fill(long, users, LONG);
  const bytesEach = ((await usedMemory(long)) - before) / LONG;
  say(`growth: ${LONG} messages wait, ${bytesEach.toFixed(0)} B each in Redis`);
  const results: GrowthRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const little = await costWhileFed(short, worker);
    const much = await costWhileFed(long, other);
    results.push({ little, much });
    say(
      `growth ${round}: ${little.toFixed(3)} CPU s/1000 with ${SHORT} waiting, ${much.toFixed(3)} with ${LONG}`,
    );
  }
  return { rounds: results, bytesEach };
}

/** The cost of a message while as many are added as are sent, so that the number of waiting messages stays the same. */
async function costWhileFed(stage: Stage, worker: Part): Promise<number> {
  const users = [...stage.accounts.keys()];
  const sent = async () => (await stage.control.counters()).messages;
  const feeding = new AbortController();
  const feed = async () => {
    const before = await sent();
    for (let added = 0; !feeding.signal.aborted;) {
      if (added - ((await sent()) - before) < SHORT / 2) {
        await fill(stage, users, SHORT / 2);
        added += SHORT / 2;
      } else await sleep(10);
    }
  };
  await all(stage, 'account.resume');
  const fed = feed();
  await sleep(WARM_MS);
  const before = await sent();
  const { cpu } = await measureCpu([worker.pid, stage.redis.pid], async () => {
    await sleep(WORK_MS);
  });
  const cost = (cpu / ((await sent()) - before)) * 1_000;
  feeding.abort();
  await all(stage, 'account.pause');
  await fed;
  return cost;
}

async function measureAccounts({ rounds, messages, say }: BenchOptions) {
  await using few = await Stage.open(FEW);
  await using many = await Stage.open(MANY);
  for (const stage of [few, many]) await stage.stopLogRewrites();
  const before = await usedMemory(many);
  const [worker, other] = [await few.startWorker(), await many.startWorker()];
  await accountsKnown(many);
  const bytesEach = ((await usedMemory(many)) - before) / MANY;
  say(`growth: ${MANY} accounts, ${bytesEach.toFixed(0)} B each in Redis`);
  const results: GrowthRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const little = await costOfSending(few, worker, round === 0 ? 1_000 : messages);
    const much = await costOfSending(many, other, round === 0 ? 1_000 : messages);
    if (round === 0) continue;
    results.push({ little, much });
    say(
      `growth ${round}: ${little.toFixed(3)} CPU s/1000 with ${FEW} accounts, ${much.toFixed(3)} with ${MANY}`,
    );
  }
  return { rounds: results, bytesEach };
}

/**
 * Memory that remains of accounts that have sent, after the retention time of their jobs: by kind of key, and in total
 * per account.
 */
async function measureSent({ say }: BenchOptions) {
  await using stage = await Stage.open(SENT_ACCOUNTS);
  await stage.stopLogRewrites();
  const users = [...stage.accounts.keys()];
  await stage.startWorker({ JOB_RETENTION: '1s' });
  await accountsKnown(stage);
  await fill(stage, users, users.length * SENT_EACH);
  await drained(stage, users);
  while ((await keptJobs(stage)) > 0) await sleep(100);
  const bytes = Object.entries(await memoryOfAccounts(stage))
    .map(([kind, sum]) => [kind, sum / SENT_ACCOUNTS] as const)
    .toSorted(([, one], [, other]) => other - one);
  const bytesEach = bytes.reduce((sum, [, each]) => sum + each, 0);
  const most = bytes.slice(0, 4).map(([kind, each]) => `${kind} ${each.toFixed(0)}`);
  say(
    `growth: an account that has sent ${SENT_EACH} messages takes ${bytesEach.toFixed(0)} B (${most.join(', ')})`,
  );
  return { bytesEach, byKind: Object.fromEntries(bytes) };
}

/** The same accounts send on both sides. */
async function costOfSending(stage: Stage, worker: Part, messages: number): Promise<number> {
  const users = [...stage.accounts.keys()].slice(0, FEW);
  for (const userId of users) await control(stage, userId, 'account.pause');
  await fill(stage, users, messages);
  const { cpu } = await measureCpu([worker.pid, stage.redis.pid], async () => {
    await Promise.all(users.map((userId) => control(stage, userId, 'account.resume')));
    await drained(stage, users);
  });
  return (cpu / messages) * 1_000;
}

async function all(stage: Stage, what: 'account.pause' | 'account.resume'): Promise<void> {
  await Promise.all([...stage.accounts.keys()].map((userId) => control(stage, userId, what)));
}
