import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRedisUrl, type RedisAddress } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';
import { clientOptions, portSettings, type Certificates } from './certificates.ts';

export interface RedisServerOptions {
  /**
   * When the append-only file is synced to disk. With `everysec` (the default), a reply may come before the file is
   * written, so a kill can lose acknowledged writes. With `always` it cannot.
   */
  fsync?: 'always' | 'everysec';
  /**
   * The data directory. The caller creates and removes it; by default there is a new one that is removed with the
   * server.
   */
  directory?: string;
  /** Makes it speak TLS only. */
  tls?: Certificates;
  /** `no`: it loads `dump.rdb`, in place of its append-only file. */
  appendonly?: 'no';
}

/** A separate Redis for a test, with an append-only file. It can be stopped, frozen and started again. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  /** The directory of its data. */
  readonly directory: string;
  readonly #ownsDirectory: boolean;
  readonly #fsync: string;
  readonly #tls: Certificates | undefined;
  readonly #appendonly: string;
  #child: ChildProcess | undefined;

  private constructor(
    port: number,
    directory: string,
    { directory: given, fsync, tls, appendonly }: RedisServerOptions,
  ) {
    this.#port = port;
    this.directory = directory;
    this.#ownsDirectory = given === undefined;
    this.#fsync = fsync ?? 'everysec';
    this.#tls = tls;
    this.#appendonly = appendonly ?? 'yes';
    this.url = `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'gateway-redis-')));
    const server = new RedisServer(await freePort(), directory, options);
    await server.resume();
    return server;
  }

  /** Starts it again with its port and data; resolves once it answers. */
  async resume(): Promise<void> {
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    const port = portSettings(this.#port, this.#tls).flatMap(([name, value]) => [`--${name}`, value]);
    const options = [...port, '--bind', '127.0.0.1', '--dir', this.directory];
    const policy = [
      '--save',
      '',
      '--appendonly',
      this.#appendonly,
      '--appendfsync',
      this.#fsync,
      '--maxmemory-policy',
      'noeviction',
    ];
    const child = spawn(binary, [...options, ...policy], { stdio: 'ignore' });
    this.#child = child;
    const ended = once(child, 'close').then(() => {
      throw new Error(`redis-server has ended: is port ${this.#port} taken?`);
    });
    ended.catch(() => {});
    const redis = new Redis(this.url, {
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
      ...clientOptions(this.#tls),
    });
    redis.on('error', () => {});
    try {
      await Promise.race([redis.ping(), ended]);
    } finally {
      redis.disconnect();
    }
  }

  get address(): RedisAddress {
    return parseRedisUrl(this.url);
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the process; the data stays for {@link resume}. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#ownsDirectory) await rm(this.directory, { recursive: true, force: true });
  }
}
