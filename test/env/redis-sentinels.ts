import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';
import { clientOptions, portSettings, type Certificates } from './certificates.ts';
import { endChild, until, withRedis } from './redis-nodes.ts';

const SENTINELS = 3;
const NAME = 'main';
const PASSWORD = 'of the servers';

/** ms after which the Sentinels give a silent primary up. */
const DOWN_AFTER = 1_500;

/** A separate primary with two replicas for a test, and three Sentinels that let one of those take over. */
export class RedisSentinels {
  readonly #directory: string;
  readonly #servers = new Map<number, ChildProcess>();
  readonly #sentinels = new Map<number, ChildProcess>();

  readonly #tls: Certificates | undefined;

  private constructor(directory: string, tls: Certificates | undefined) {
    this.#directory = directory;
    this.#tls = tls;
  }

  static async start({ tls }: { tls?: Certificates } = {}): Promise<RedisSentinels> {
    const all = new RedisSentinels(await mkdtemp(join(tmpdir(), 'gateway-sentinels-')), tls);
    try {
      const primary = await all.#startServer();
      for (const _ of ['replica', 'replica']) await all.#startServer(primary);
      for (let index = 0; index < SENTINELS; index += 1) await all.#startSentinel(primary);
      await all.#form();
      return all;
    } catch (error) {
      await all[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** As REDIS_URL. */
  get url(): string {
    const hosts = [...this.#sentinels.keys()].map((port) => `127.0.0.1:${port}`);
    return `${this.#tls === undefined ? 'redis' : 'rediss'}+sentinel://:${encodeURIComponent(PASSWORD)}@${hosts.join(',')}/${NAME}`;
  }

  /** @param primary the port of the server that it replicates; by default it is the primary. */
  async #startServer(primary?: number): Promise<number> {
    const port = await freePort();
    const directory = join(this.#directory, String(port));
    await mkdir(directory);
    const lines = [
      ...this.#listening(port),
      `dir ${directory}`,
      'save ""',
      'maxmemory-policy noeviction',
      'repl-diskless-sync-delay 0',
      `requirepass "${PASSWORD}"`,
      `masterauth "${PASSWORD}"`,
      ...(primary === undefined ? [] : [`replicaof 127.0.0.1 ${primary}`]),
    ];
    this.#servers.set(port, await this.#spawn(port, lines));
    await this.#with({ port, password: PASSWORD }, (redis) => redis.ping());
    return port;
  }

  async #startSentinel(primary: number): Promise<void> {
    const port = await freePort();
    const lines = [
      ...this.#listening(port),
      `sentinel monitor ${NAME} 127.0.0.1 ${primary} 2`,
      `sentinel auth-pass ${NAME} "${PASSWORD}"`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
      `sentinel failover-timeout ${NAME} 5000`,
    ];
    this.#sentinels.set(port, await this.#spawn(port, lines, '--sentinel'));
  }

  #listening(port: number): string[] {
    return ['bind 127.0.0.1', ...portSettings(port, this.#tls).map((setting) => setting.join(' '))];
  }

  /** Redis writes its configuration, and a Sentinel what it knows, into the file. */
  async #spawn(port: number, lines: string[], ...options: string[]): Promise<ChildProcess> {
    const file = join(this.#directory, `${port}.conf`);
    await writeFile(file, lines.join('\n'));
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    return spawn(binary, [file, ...options], { stdio: 'ignore' });
  }

  /** Waits until every Sentinel knows the others and both replicas. */
  async #form(): Promise<void> {
    for (const port of this.#sentinels.keys())
      await this.#with({ port }, (redis) =>
        until(
          async () => /slaves=2,sentinels=3/.test(await redis.info('sentinel')),
          'the Sentinels did not form in time',
        ),
      );
    for (const port of [...this.#servers.keys()].slice(1))
      await this.#with({ port, password: PASSWORD }, (redis) =>
        until(
          async () => (await redis.info('replication')).includes('master_link_status:up'),
          'a replica did not get the data in time',
        ),
      );
  }

  async #with<T>(
    server: { port: number; password?: string },
    work: (redis: Redis) => Promise<T>,
  ): Promise<T> {
    return withRedis({ ...server, ...clientOptions(this.#tls) }, work);
  }

  /** Kills the primary; resolves once a replica has taken over. */
  async killPrimaryOf(): Promise<void> {
    const killed = await this.#primary();
    await endChild(this.#servers.get(killed));
    await until(async () => (await this.#primary()) !== killed, 'no replica took over in time');
  }

  async #primary(): Promise<number> {
    const [port = 0] = this.#sentinels.keys();
    const address = await this.#with({ port }, (redis) =>
      redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME),
    );
    return Array.isArray(address) ? Number(address[1]) : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sentinels.values(), ...this.#servers.values()].map(endChild));
    await rm(this.#directory, { recursive: true, force: true });
  }
}
