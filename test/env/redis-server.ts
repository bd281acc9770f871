import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';

export interface RedisServerOptions {
  /**
   * When the append-only file is put on disk. Replies may come before the file is written under `everysec` (the default), so that a kill
   * can lose what was acknowledged; under `always` it cannot.
   */
  fsync?: 'always' | 'everysec';
  /** Where the data goes, made by whoever names it and left to him; by default a fresh one that goes with the server. */
  directory?: string;
}

/** A Redis of a test's own, with an append-only file, that can be stopped, frozen and started again. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  /** Where its data is. */
  readonly directory: string;
  readonly #ownsDirectory: boolean;
  readonly #fsync: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string, { directory: given, fsync }: RedisServerOptions) {
    this.#port = port;
    this.directory = directory;
    this.#ownsDirectory = given === undefined;
    this.#fsync = fsync ?? 'everysec';
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'gateway-redis-')));
    const server = new RedisServer(await freePort(), directory, options);
    await server.resume();
    return server;
  }

  /** Starts it (again) on its port and its data; resolves once it answers. */
  async resume(): Promise<void> {
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    const options = ['--port', `${this.#port}`, '--bind', '127.0.0.1', '--dir', this.directory];
    const policy = [
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      this.#fsync,
      '--maxmemory-policy',
      'noeviction',
    ];
    this.#child = spawn(binary, [...options, ...policy], { stdio: 'ignore' });
    const redis = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    redis.on('error', () => {});
    await redis.ping();
    redis.disconnect();
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
