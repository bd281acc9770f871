import { createHash } from 'node:crypto';
import { Cluster, Command } from 'ioredis';
import { slotOf } from './nodes.ts';
import type { RedisClient } from './redis-client.ts';

/** A Lua script that Redis runs atomically. Its digest is sent; its text only if Redis does not have it cached. */
export class Script {
  readonly #lua: string;
  readonly #sha1: string;

  constructor(lua: string) {
    this.#lua = lua;
    this.#sha1 = createHash('sha1').update(lua).digest('hex');
  }

  async run(
    redis: RedisClient,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[] = [],
  ): Promise<unknown> {
    try {
      return await sendUntimed(redis, 'evalsha', [this.#sha1, keys.length, ...keys, ...args]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return sendUntimed(redis, 'eval', [this.#lua, keys.length, ...keys, ...args]);
    }
  }
}

/** Sends a command without a timeout: its answer is awaited until the connection is lost, despite `commandTimeout`. */
export function sendUntimed(
  redis: RedisClient,
  name: string,
  args: (string | number | Buffer)[],
): Promise<unknown> {
  return redis.sendCommand(new UntimedCommand(name, args, { replyEncoding: 'utf8' })) as Promise<unknown>;
}

/** Reads the clock of the server that has `key`. */
export async function readTime(redis: RedisClient, key: string): Promise<unknown> {
  if (!(redis instanceof Cluster)) return sendUntimed(redis, 'TIME', []);
  const command = new UntimedCommand('TIME', [], { replyEncoding: 'utf8' });
  return redis.sendCommand(command, undefined, { slot: slotOf(key) });
}

/** A command without a timeout, so that its outcome becomes known however late. Callers have their own timeouts. */
class UntimedCommand extends Command {
  override setTimeout(): void {}
}
