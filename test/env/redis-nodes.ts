import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '@gateway/runtime';
import { Redis, type RedisOptions } from 'ioredis';

/** ms until servers know each other, or one has taken over. */
const LIMIT = 40_000;

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
  if (child === undefined || hasEnded(child)) return;
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

/** Kills the process, or freezes it as if its machine had lost its network. */
export async function disable(child: ChildProcess, how: 'killed' | 'frozen'): Promise<void> {
  if (how === 'killed') await endChild(child);
  else child.kill('SIGSTOP');
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves once the server is a replica that has its primary's data. */
export async function hasReplicated(redis: Redis): Promise<void> {
  const isSo = async () => (await redis.info('replication')).includes('master_link_status:up');
  await until(isSo, 'a replica did not get the data in time');
}
