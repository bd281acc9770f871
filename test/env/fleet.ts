import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTimeout } from '@gateway/runtime';
import { freePort } from '../../scripts/lib/ports.mjs';
import { Member } from './member.ts';
import { productSettings } from './product-settings.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisSentinels } from './redis-sentinels.ts';
import { RedisServer, type RedisServerOptions } from './redis-server.ts';
import { SandboxControl } from './sandbox-control.ts';
import { telegramSettings } from './telegram-settings.ts';

export interface FleetOptions {
  workers: number;
  apis: number;
  /** Default here: `always`, so that killing Redis loses nothing that it has acknowledged. */
  fsync?: NonNullable<RedisServerOptions['fsync']>;
  /** One server (the default), a cluster with replicas, or Sentinels with a primary and replicas. */
  redis?: 'server' | 'cluster' | 'sentinel';
  /** Further settings of the product, by their names in the environment. */
  settings?: Record<string, string>;
}

type FleetRedis = RedisServer | RedisCluster | RedisSentinels;

async function startRedis(
  kind: NonNullable<FleetOptions['redis']>,
  options: RedisServerOptions,
): Promise<FleetRedis> {
  if (kind === 'cluster') return RedisCluster.start({ withReplicas: true });
  return kind === 'sentinel' ? RedisSentinels.start() : RedisServer.start(options);
}

/** ms for everything to start. */
const START_LIMIT = 90_000;

interface Places {
  directory: string;
  env: Record<string, string>;
  controlPort: number;
  apiPorts: number[];
  workers: number;
}

/**
 * Several workers and APIs with one Redis and one sandbox. Each is a separate process that can be killed, frozen and
 * started again. One directory contains all their files: the data, Redis's file and a log per process.
 */
export class Fleet {
  readonly directory: string;
  readonly redis: FleetRedis;
  readonly control: SandboxControl;
  readonly sandbox: Member;
  readonly workers: readonly Member[];
  readonly apis: readonly Member[];
  /** Addresses of the APIs, which stay the same after a restart. */
  readonly urls: readonly string[];
  readonly #env: Record<string, string>;
  readonly #crashes: string[] = [];

  private constructor(redis: FleetRedis, { directory, env, controlPort, apiPorts, workers }: Places) {
    this.redis = redis;
    this.directory = directory;
    this.#env = env;
    this.control = new SandboxControl(`http://127.0.0.1:${controlPort}`);
    this.urls = apiPorts.map((port) => `http://127.0.0.1:${port}`);
    this.sandbox = this.#member('sandbox', 'packages/sandbox/src/main.ts');
    this.workers = Array.from({ length: workers }, (_, index) =>
      this.#member(`worker-${index + 1}`, 'apps/worker/src/main.ts'),
    );
    this.apis = apiPorts.map((port, index) =>
      this.#member(`api-${index + 1}`, 'apps/api/src/main.ts', { PORT: String(port) }),
    );
  }

  /** Resolves when all APIs are ready and one worker serves the accounts; the other workers may still be starting. */
  static async start({
    workers,
    apis,
    fsync = 'always',
    redis: kind = 'server',
    settings,
  }: FleetOptions): Promise<Fleet> {
    const directory = await mkdtemp(join(tmpdir(), 'gateway-fleet-'));
    const [redisDirectory, dataDir] = [join(directory, 'redis'), join(directory, 'data')];
    for (const folder of [redisDirectory, dataDir, join(directory, 'logs')]) await mkdir(folder);
    const redis = await startRedis(kind, { fsync, directory: redisDirectory });
    const product = await productSettings(redis.url, dataDir);
    const env = { ...product, LOG_LEVEL: 'info', ...settings };
    const controlPort = Number(product.SANDBOX_CONTROL_PORT);
    const apiPorts: number[] = [];
    while (apiPorts.length < apis) apiPorts.push(await freePort());
    const fleet = new Fleet(redis, { directory, env, controlPort, apiPorts, workers });
    try {
      await withTimeout(fleet.#startAll(), START_LIMIT, () => new Error('the fleet did not start in time'));
      return fleet;
    } catch (error) {
      await fleet.close();
      throw new Error(`the fleet cannot start; its logs are in ${directory}`, { cause: error });
    }
  }

  /** Processes that ended unexpectedly, one line each. They were started again. */
  get crashes(): readonly string[] {
    return this.#crashes;
  }

  /** Ends all processes. Keeps the directory until {@link discard}. */
  async close(): Promise<void> {
    for (const member of this.workers) member.thaw();
    await Promise.all([...this.apis, ...this.workers].map((member) => member.close()));
    await this.sandbox.close();
    await (this.redis instanceof RedisServer ? this.redis.stop() : this.redis[Symbol.asyncDispose]());
  }

  /** Deletes the directory, after everything is closed. */
  async discard(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #startAll(): Promise<void> {
    this.sandbox.start();
    Object.assign(this.#env, telegramSettings(await this.sandbox.ready));
    for (const member of [...this.workers, ...this.apis]) member.start();
    await Promise.all(this.apis.map((api) => api.ready));
    // A worker may be on standby until another one ends, and is only ready then.
    await Promise.any(this.workers.map((worker) => worker.ready));
  }

  #member(name: string, entry: string, env: Record<string, string> = {}): Member {
    return new Member({
      name,
      entry,
      env: () => ({ ...this.#env, ...env }),
      logFile: join(this.directory, 'logs', `${name}.log`),
      onCrash: (what) => this.#crashes.push(what),
    });
  }
}
