import { createHash } from 'node:crypto';
import { Command } from 'ioredis';
import type { RedisClient } from './redis.ts';

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
      return await send(redis, 'evalsha', [this.#sha1, keys.length, ...keys, ...args]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return send(redis, 'eval', [this.#lua, keys.length, ...keys, ...args]);
    }
  }
}

function send(redis: RedisClient, name: string, args: (string | number | Buffer)[]): Promise<unknown> {
  return redis.sendCommand(new UntimedCommand(name, args, { replyEncoding: 'utf8' })) as Promise<unknown>;
}

/**
 * Not given up after the connection's `commandTimeout`: what a script has changed must become known, however late, and whoever waits for it has
 * a limit of their own.
 */
class UntimedCommand extends Command {
  override setTimeout(): void {}
}
