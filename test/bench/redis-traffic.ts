import { sleep } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { median } from './samples.ts';

/** ms after `work` during which its commands still count: a worker looks for more once it has answered. */
const TAIL_MS = 100;

/** How often each figure is taken. Leases, sweeps and metrics fall into fewer than half of the windows. */
const SAMPLES = 15;

/** What one piece of work costs Redis: medians, less what Redis does in as long a time at rest. */
export interface Traffic {
  /** Commands of clients. */
  commands: number;
  /** Commands that scripts ran. */
  inner: number;
  /** Bytes that Redis received and sent. */
  received: number;
  sent: number;
}

/** Counts what `work` costs Redis. Nothing else may happen meanwhile. */
export async function measureTraffic(redisUrl: string, work: () => Promise<void>): Promise<Traffic> {
  const redis = new Redis(redisUrl);
  try {
    const [rest, busy] = [await countBytes(redis, async () => {}), await countBytes(redis, work)];
    // Only now: the monitor's own lines are bytes that Redis sends.
    const [idle, used] = [await countCommands(redis, async () => {}), await countCommands(redis, work)];
    return {
      commands: used.commands - idle.commands,
      inner: used.inner - idle.inner,
      received: busy.received - rest.received,
      sent: busy.sent - rest.sent,
    };
  } finally {
    redis.disconnect();
  }
}

async function countBytes(redis: Redis, work: () => Promise<void>) {
  const received: number[] = [];
  const sent: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = await netBytes(redis);
    await work();
    await sleep(TAIL_MS);
    const after = await netBytes(redis);
    received.push(after.received - before.received);
    sent.push(after.sent - before.sent);
  }
  return { received: median(received), sent: median(sent) };
}

async function netBytes(redis: Redis) {
  const info = await redis.info('stats');
  const of = (name: string) => Number(new RegExp(`^total_net_${name}_bytes:(\\d+)`, 'm').exec(info)?.[1]);
  return { received: of('input'), sent: of('output') };
}

async function countCommands(redis: Redis, work: () => Promise<void>) {
  const monitor = await redis.monitor();
  let count = { commands: 0, inner: 0 };
  monitor.on('monitor', (_time: string, _command: string[], source: string) => {
    count[source === 'lua' ? 'inner' : 'commands'] += 1;
  });
  const counts: (typeof count)[] = [];
  try {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      count = { commands: 0, inner: 0 };
      await work();
      await sleep(TAIL_MS);
      counts.push(count);
    }
  } finally {
    monitor.disconnect();
  }
  return {
    commands: median(counts.map(({ commands }) => commands)),
    inner: median(counts.map(({ inner }) => inner)),
  };
}
