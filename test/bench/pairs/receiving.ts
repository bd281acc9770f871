import { sleep } from '@gateway/runtime';
import { control, drained, fill, receive } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { measureRounds, totalCpu, type Round } from '../rounds.ts';
import { withSides } from '../side.ts';
import { Stage } from '../stage.ts';
import { measureCpu } from '../usage.ts';

/** Accounts that send in the first measurement, and those that rest in the second. */
const SENDING = 50;
const RESTING = 1_000;
/** Most messages of a round that are waited for over HTTP. */
const MOST_WAITED = 2_000;
/**
 * ms that the worker rests before the measurement, and ms of the measurement. For more than a minute after 1,000
 * accounts were connected, the CPU still falls.
 */
const SETTLE_MS = 120_000;
const WATCH_MS = 30_000;

interface Usage {
  /** Messages per second. */
  rate: number;
  /** CPU seconds of worker and Redis per thousand messages. */
  cpu: number;
}

interface ReceivingRound {
  on: Usage;
  off: Usage;
}

/** What receiving costs: full queues sent, sends waited for, and accounts at rest, with receiving on against off. */
export const receiving: Pair = {
  name: 'receiving',
  about: '50 accounts that send and 1,000 that rest, with receiving on against off',
  run: async (options) => {
    const through = await measureThrough(options);
    const waited = await measureWaited(options);
    const resting = await measureResting();
    const rows: Row[] = [
      {
        what: 'receiving on to off, messages/s',
        values: through.map(({ on, off }) => on.rate / off.rate),
        unit: 'x',
        bar: { at: 'least', value: 0.9 },
      },
      {
        what: 'receiving on to off, CPU a message',
        values: through.map(({ on, off }) => on.cpu / off.cpu),
        unit: 'x',
      },
      {
        what: 'receiving on to off, waited messages/s',
        values: waited.map(({ receiving: on, product: off }) => (on?.rate ?? NaN) / (off?.rate ?? NaN)),
        unit: 'x',
        bar: { at: 'least', value: 0.9 },
      },
      {
        what: 'receiving on to off, CPU a waited message',
        values: waited.map(
          ({ receiving: on, product: off }) => (on ? totalCpu(on) : NaN) / (off ? totalCpu(off) : NaN),
        ),
        unit: 'x',
      },
      {
        what: 'receiving on to off, CPU at rest',
        values: [resting.on / resting.off],
        unit: 'x',
        bar: { at: 'most', value: 1.5 },
      },
    ];
    return { rows, raw: { through, waited, resting } };
  },
};

async function measureThrough({ rounds, messages, say }: BenchOptions): Promise<ReceivingRound[]> {
  await using stage = await Stage.open(SENDING);
  const results: ReceivingRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const count = round === 0 ? SENDING * 20 : messages;
    const off = await sendRound(stage, count, false);
    const on = await sendRound(stage, count, true);
    if (round === 0) continue;
    results.push({ on, off });
    const line = ({ rate, cpu }: Usage) => `${rate.toFixed(0)} messages/s, ${cpu.toFixed(2)} CPU s/1000`;
    say(`receiving ${round}: ${line(on)}; off ${line(off)}`);
  }
  return results;
}

/** Sends that wait for their result over HTTP. */
async function measureWaited({ rounds, messages, say }: BenchOptions): Promise<Round[]> {
  const sides = { accounts: SENDING, against: undefined };
  const options = { rounds, messages: Math.min(messages, MOST_WAITED) };
  return withSides(['product', 'receiving'], sides, (opened) =>
    measureRounds(opened, options, (round, line) => say(`receiving, waited ${round}: ${line}`)),
  );
}

async function sendRound(stage: Stage, messages: number, enabled: boolean): Promise<Usage> {
  const worker = await stage.startWorker();
  const users = [...stage.accounts.keys()];
  await connectAll(stage, users, enabled);
  for (const userId of users) await control(stage, userId, 'account.pause');
  await fill(stage, users, messages);
  const { wall, cpu } = await measureCpu([worker.pid, stage.redis.pid], async () => {
    await Promise.all(users.map((userId) => control(stage, userId, 'account.resume')));
    await drained(stage, users);
  });
  await worker.end();
  return { rate: messages / wall, cpu: (cpu / messages) * 1_000 };
}

/** CPU milliseconds a second of a worker whose accounts are all connected and rest. */
async function measureResting(): Promise<{ on: number; off: number }> {
  await using stage = await Stage.open(RESTING);
  const rest = async (enabled: boolean) => {
    const worker = await stage.startWorker();
    await connectAll(stage, [...stage.accounts.keys()], enabled);
    await sleep(SETTLE_MS);
    const { cpu, wall } = await measureCpu([worker.pid], () => sleep(WATCH_MS).then(() => {}));
    await worker.end();
    return (cpu / wall) * 1_000;
  };
  const off = await rest(false);
  return { off, on: await rest(true) };
}

/** Each account sends one message, which connects it. */
async function connectAll(stage: Stage, users: readonly string[], enabled: boolean): Promise<void> {
  for (const userId of users) await receive(stage, userId, enabled);
  await fill(stage, users, users.length);
  await drained(stage, users);
}
