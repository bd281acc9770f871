import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Producer } from '@gateway/queue';
import { loadSealingKey, parseRedisUrl, silentLogger, sleep } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';
import { THIS_CHECKOUT, type Checkout } from '../env/checkout.ts';
import { Part } from '../env/part.ts';
import { productSettings } from '../env/product-settings.ts';
import { RedisServer } from '../env/redis-server.ts';
import { SandboxControl } from '../env/sandbox-control.ts';
import { telegramSettings } from '../env/telegram-settings.ts';
import { makeAccounts, type BenchAccount } from './accounts.ts';
import { buildBench, builtBench } from './built.ts';

export const SHARDS = 16;

/**
 * Redis, the sandbox and signed-in accounts. Worker, API and others run in separate processes when a benchmark starts
 * them.
 */
export class Stage implements AsyncDisposable {
  readonly directory: string;
  readonly redis: RedisServer;
  readonly sandbox: Part;
  readonly control: SandboxControl;
  readonly producer: Producer;
  /** The data centre where new logins start. */
  readonly firstDc: number;
  /** By user_id. */
  readonly accounts: ReadonlyMap<string, BenchAccount>;
  readonly #env: Record<string, string>;
  readonly #product: Checkout;
  readonly #parts: Part[] = [];

  private constructor(
    stage: Pick<Stage, 'directory' | 'redis' | 'sandbox' | 'control' | 'producer' | 'firstDc' | 'accounts'>,
    env: Record<string, string>,
    product: Checkout,
  ) {
    this.directory = stage.directory;
    this.redis = stage.redis;
    this.sandbox = stage.sandbox;
    this.control = stage.control;
    this.producer = stage.producer;
    this.firstDc = stage.firstDc;
    this.accounts = stage.accounts;
    this.#env = env;
    this.#product = product;
  }

  /** @param product the checkout of worker and API. Everything else is from this checkout. */
  static async open(accounts: number, product: Checkout = THIS_CHECKOUT): Promise<Stage> {
    await buildBench();
    const directory = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
    const [dataDir, redisDir] = [join(directory, 'data'), join(directory, 'redis')];
    await Promise.all([mkdir(dataDir), mkdir(redisDir)]);
    const redis = await RedisServer.start({ directory: redisDir });
    const env = {
      ...(await productSettings(redis.url, dataDir)),
      SHARDS: String(SHARDS),
      SEND_MAX_PENDING: '10000000',
      // The default, because a log line per message is part of its cost.
      LOG_LEVEL: 'info',
    };
    const sandbox = new Part('packages/sandbox/src/main.ts', env, join(directory, 'sandbox.log'));
    const ready = await sandbox.ready;
    const control = new SandboxControl(`http://127.0.0.1:${env.SANDBOX_CONTROL_PORT}`);
    const made = await makeAccounts(control, dataDir, accounts);
    const producer = await openProducer(redis.url, dataDir);
    const [{ id: firstDc }] = ready['dataCenters'] as [{ id: number }];
    const parts = { directory, redis, sandbox, control, producer, firstDc, accounts: made };
    return new Stage(parts, { ...env, ...telegramSettings(ready) }, product);
  }

  /** Stops Redis from rewriting its append-only file. */
  async stopLogRewrites(): Promise<void> {
    const redis = new Redis(this.redis.url);
    await redis.config('SET', 'auto-aof-rewrite-percentage', '0');
    redis.disconnect();
  }

  async startWorker(settings: Record<string, string> = {}): Promise<Part> {
    return this.start('apps/worker/src/main.ts', settings);
  }

  /** @returns the process and its address. */
  async startApi(settings: Record<string, string> = {}): Promise<{ api: Part; url: string }> {
    const api = await this.start('apps/api/src/main.ts', { PORT: String(await freePort()), ...settings });
    return { api, url: String((await api.ready)['url']) };
  }

  /** Starts a process of the product or of the benchmark with the addresses of everything. */
  async start(entry: string, settings: Record<string, string> = {}): Promise<Part> {
    const name = entry.replaceAll(/[/.]/g, '-');
    const part = new Part(
      builtBench(entry),
      { ...this.#env, ...settings },
      join(this.directory, `${name}.log`),
      entry.startsWith('apps/') ? this.#product : THIS_CHECKOUT,
    );
    this.#parts.push(part);
    await part.ready;
    return part;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.producer.close();
    for (const part of [...this.#parts, this.sandbox]) await part.end();
    await this.redis[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function openProducer(redisUrl: string, dataDir: string): Promise<Producer> {
  const { sealer } = loadSealingKey({ dataDir });
  const producer = new Producer({
    redisAddress: parseRedisUrl(redisUrl),
    shards: SHARDS,
    maxPending: 10_000_000,
    retentionMs: 60_000,
    sealer,
    logger: silentLogger(),
  });
  const isClaimed = () =>
    producer.claimShards().then(
      () => true,
      () => false,
    );
  while (!(await isClaimed())) await sleep(50);
  return producer;
}
