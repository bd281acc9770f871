import { createHash } from 'node:crypto';
import { Command } from 'ioredis';
import type { RedisClient } from './clients.ts';

/** A Lua script that Redis runs as one step. Sent by its digest, and as a whole only where Redis does not know it (any more). */
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

/** Sends a command whose answer is awaited as long as the connection lasts, whatever its `commandTimeout`. */
export function sendUntimed(
  redis: RedisClient,
  name: string,
  args: (string | number | Buffer)[],
): Promise<unknown> {
  return redis.sendCommand(new UntimedCommand(name, args, { replyEncoding: 'utf8' })) as Promise<unknown>;
}

/** What a script has changed must become known, however late. Who waits for it has a limit of their own. */
class UntimedCommand extends Command {
  override setTimeout(): void {}
}
