import { sleep } from '@gateway/runtime';
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from '../redis/clients.ts';
import { nodeOf } from '../redis/nodes.ts';

/** How often the servers are asked, ms. */
const ASK_MS = 1_000;

/** Memory is short from this share of `maxmemory` on, until it is below the other. */
const SHORT_FROM = 0.9;
const SHORT_UNTIL = 0.8;

/**
 * Knows which Redis servers are short of memory, so that events give way before Redis refuses sends. A server without
 * `maxmemory`, or one that does not report it, never is.
 */
export class MemoryWatch {
  readonly #redis: RedisClient;
  readonly #short = new Set<string>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Asks again and again until the signal is aborted. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    do await this.ask();
    while ((await sleep(ASK_MS, signal)) === 'elapsed');
  }

  /** Asks all servers once. Never throws. */
  async ask(): Promise<void> {
    const servers: [name: string, server: Redis][] =
      this.#redis instanceof Cluster
        ? this.#redis.nodes('master').map((node) => [`${node.options.host}:${node.options.port}`, node])
        : [['', this.#redis]];
    await Promise.all(servers.map(([name, server]) => this.#askServer(name, server)));
  }

  async #askServer(name: string, server: Redis): Promise<void> {
    // A command to a server that is away would wait until it is back.
    if (server.status !== 'ready') return;
    const info = await server.info('memory').catch(() => '');
    const field = (key: string) => Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    const max = field('maxmemory');
    const share = max === 0 ? 0 : field('used_memory') / max;
    if (share >= SHORT_FROM) this.#short.add(name);
    else if (share < SHORT_UNTIL) this.#short.delete(name);
  }

  /** Whether the server of this key is short of memory. */
  isShort(key: string): boolean {
    return this.#short.size > 0 && this.#short.has(nodeOf(this.#redis, key));
  }

  /** The server of this key has refused a write for lack of memory. */
  refused(key: string): void {
    this.#short.add(nodeOf(this.#redis, key));
  }

  get isAnyShort(): boolean {
    return this.#short.size > 0;
  }
}
