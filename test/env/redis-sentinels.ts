import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';
import { clientOptions, portSettings, type Certificates } from './certificates.ts';
import { disable, endChild, hasEnded, hasReplicated, until, withRedis } from './redis-nodes.ts';

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
  /** Ports of servers that are frozen. */
  readonly #frozen = new Set<number>();

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
    await this.#configure(port, lines);
    this.#servers.set(port, this.#spawn(port));
    await this.#withServer(port, (redis) => redis.ping());
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
    await this.#configure(port, lines);
    this.#sentinels.set(port, this.#spawn(port, '--sentinel'));
  }

  #listening(port: number): string[] {
    return ['bind 127.0.0.1', ...portSettings(port, this.#tls).map((setting) => setting.join(' '))];
  }

  /** Redis writes its configuration, and a Sentinel what it knows, into the file. */
  async #configure(port: number, lines: string[]): Promise<void> {
    await writeFile(this.#fileOf(port), lines.join('\n'));
  }

  #spawn(port: number, ...options: string[]): ChildProcess {
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    return spawn(binary, [this.#fileOf(port), ...options], { stdio: 'ignore' });
  }

  #fileOf(port: number): string {
    return join(this.#directory, `${port}.conf`);
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
    for (const port of [...this.#servers.keys()].slice(1)) await this.#withServer(port, hasReplicated);
  }

  async #withServer<T>(port: number, work: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#with({ port, password: PASSWORD }, work);
  }

  async #with<T>(
    server: { port: number; password?: string },
    work: (redis: Redis) => Promise<T>,
  ): Promise<T> {
    return withRedis({ ...server, ...clientOptions(this.#tls) }, work);
  }

  /** Kills or freezes the primary, which has every key; resolves once a replica has taken over. */
  async disablePrimaryOf(_key: string, how: 'killed' | 'frozen'): Promise<void> {
    const port = await this.#primary();
    const child = this.#servers.get(port);
    if (child === undefined) throw new Error('the Sentinels know no primary');
    if (how === 'frozen') this.#frozen.add(port);
    await disable(child, how);
    await until(async () => (await this.#primary()) !== port, 'no replica took over in time');
  }

  /** Cuts the replicas off from the primary: whatever it accepts from now on is lost once one of them takes over. */
  async cutReplicasOff(): Promise<void> {
    const replicas = this.#servers.size - 1;
    await this.#withServer(await this.#primary(), async (redis) => {
      await redis.set('replicated', '1');
      await until(async () => (await redis.wait(replicas, 1_000)) === replicas, 'not replicated in time');
      // Connections that are open stay so. A replica cannot come back.
      await redis.config('SET', 'requirepass', 'unknown to its replicas');
      await redis.call('CLIENT', 'KILL', 'TYPE', 'replica');
    });
  }

  /** Starts killed servers again and thaws frozen ones; resolves once each is a replica with all data. */
  async revive(): Promise<void> {
    for (const [port, child] of this.#servers) {
      const isFrozen = this.#frozen.delete(port);
      if (isFrozen) child.kill('SIGCONT');
      else if (hasEnded(child)) this.#servers.set(port, this.#spawn(port));
      else continue;
      await this.#withServer(port, hasReplicated);
    }
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
