import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './clients.ts';

/**
 * Knows whether Redis keeps every write that it has answered, over a crash too: a single server with `appendfsync
 * always`. A replica that takes over lacks the latest writes, whatever its settings.
 */
export class WriteDurability {
  readonly #redis: RedisClient;
  #asked: Promise<boolean> | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Call when the connection was lost: another server may answer next. */
  forget(): void {
    this.#asked = undefined;
  }

  /** Asks once, until it is told to forget. `false` where Redis does not say. Never throws. */
  keepsWrites(): Promise<boolean> {
    const redis = this.#redis;
    if (redis instanceof Cluster || Array.isArray(redis.options.sentinels)) return Promise.resolve(false);
    this.#asked ??= syncsAlways(redis).catch(() => false);
    return this.#asked;
  }
}

async function syncsAlways(redis: Redis): Promise<boolean> {
  const reply = (await redis.config('GET', 'append*')) as string[];
  const valueOf = (name: string) => reply[reply.indexOf(name) + 1];
  return valueOf('appendonly') === 'yes' && valueOf('appendfsync') === 'always';
}
