import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '@gateway/runtime';
import { Redis, type RedisOptions } from 'ioredis';

/** ms until servers know each other, or one has taken over. */
const LIMIT = 20_000;

/** Runs `work` with a connection to a server on this machine. The server may still be starting. */
export async function withRedis<T>(
  options: RedisOptions & { port: number },
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  const patience = { maxRetriesPerRequest: null, retryStrategy: () => 20 };
  const redis = new Redis({ host: '127.0.0.1', ...patience, ...options });
  redis.on('error', () => {});
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Kills the process and waits for its end. */
export async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

export async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + LIMIT;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(otherwise);
    await sleep(20);
  }
}
