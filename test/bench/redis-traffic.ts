import { sleep } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { median } from './samples.ts';

/** ms after `work` during which commands still count, because a worker fetches again after each answer. */
const TAIL_MS = 100;

/**
 * Measurements per figure. Leases, sweeps and metrics fall into fewer than half of them, so the median excludes them.
 */
const SAMPLES = 15;

/** The cost of one piece of work in Redis: medians, minus the cost of the same time at rest. */
export interface Traffic {
  /** Commands of clients. */
  commands: number;
  /** Commands that scripts ran. */
  inner: number;
  /** Bytes that Redis received and sent. */
  received: number;
  sent: number;
}

/** Counts the cost of `work` in Redis. Nothing else may use Redis meanwhile. */
export async function measureTraffic(redisUrl: string, work: () => Promise<void>): Promise<Traffic> {
  const redis = new Redis(redisUrl);
  try {
    const [rest, busy] = [await countBytes(redis, async () => {}), await countBytes(redis, work)];
    // Counted after the bytes, because the monitor's own output adds to the bytes that Redis sends.
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
  const monitor = await openMonitor(redis);
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

/**
 * Not `redis.monitor()`: with other traffic, ioredis can read the first line before it expects one. It then reports an
 * error, connects again and monitors.
 */
async function openMonitor(redis: Redis): Promise<Redis> {
  const monitor = redis.duplicate({ monitor: true });
  monitor.on('error', () => {});
  await new Promise((resolve) => monitor.once('monitoring', resolve));
  return monitor;
}
