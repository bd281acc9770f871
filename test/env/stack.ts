import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/ports.mjs';
import { ApiClient } from './api-client.ts';
import { Part } from './part.ts';
import { RedisServer } from './redis-server.ts';
import { SandboxControl } from './sandbox-control.ts';

interface DataCenterAddress {
  id: number;
  host: string;
  port: number;
}

/** The whole product in processes of its own, each of which a test may end, freeze and start again. */
export class Stack {
  readonly dataDir: string;
  readonly redis: RedisServer;
  readonly #env: Record<string, string>;
  sandbox!: Part;
  worker!: Part;
  apiProcess!: Part;
  api!: ApiClient;
  control!: SandboxControl;

  private constructor(dataDir: string, redis: RedisServer, env: Record<string, string>) {
    this.dataDir = dataDir;
    this.redis = redis;
    this.#env = env;
  }

  static async start(settings: Record<string, string> = {}): Promise<Stack> {
    const dataDir = await mkdtemp(join(tmpdir(), 'gateway-stack-'));
    const redis = await RedisServer.start();
    const stack = new Stack(dataDir, redis, {
      REDIS_URL: redis.url,
      DATA_DIR: dataDir,
      TELEGRAM_API_ID: '1',
      TELEGRAM_API_HASH: '0123456789abcdef0123456789abcdef',
      SANDBOX_PORT: String(await freePort()),
      SANDBOX_CONTROL_PORT: String(await freePort()),
      PORT: String(await freePort()),
      SHARDS: '4',
      // Tests of the pace set it; the others are about something else.
      SEND_PACE: 'off',
      ...settings,
    });
    try {
      await stack.startSandbox();
      await Promise.all([stack.startWorker(), stack.startApi()]);
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
    return stack;
  }

  async startSandbox(): Promise<void> {
    this.sandbox = new Part('packages/sandbox/src/main.ts', this.#env);
    const ready = await this.sandbox.ready;
    const dataCenters = ready['dataCenters'] as DataCenterAddress[];
    this.#env['TELEGRAM_DC'] ??= dataCenters.map(({ id, host, port }) => `${id}:${host}:${port}`).join(',');
    this.#env['TELEGRAM_DC_KEY'] ??= String(ready['publicKeyFile']);
    this.control = new SandboxControl(String(ready['controlUrl']));
  }

  async startWorker(): Promise<void> {
    this.worker = this.spawnWorker();
    await this.worker.ready;
  }

  /** @param settings that this worker has beside, or instead of, those of the stack: another machine. */
  spawnWorker(settings: Record<string, string> = {}): Part {
    return new Part('apps/worker/src/main.ts', { ...this.#env, ...settings });
  }

  async startApi(): Promise<void> {
    this.apiProcess = new Part('apps/api/src/main.ts', this.#env);
    const ready = await this.apiProcess.ready;
    this.api = new ApiClient(String(ready['url']));
  }

  /** A test account of the sandbox (`+99966…`), signed in under `userId`. @returns its Telegram id. */
  async signIn(userId: string, phone: string): Promise<number> {
    const started = await this.api.startSignIn(userId, phone);
    if (started.status !== 200) throw new Error(`start: ${JSON.stringify(started.body)}`);
    const verified = await this.api.verify(userId, { phone_code: await this.control.code(phone) });
    if (verified.status !== 200) throw new Error(`verify: ${JSON.stringify(verified.body)}`);
    return verified.body.user.id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of [this.apiProcess, this.worker, this.sandbox]) await part?.end();
    await this.redis[Symbol.asyncDispose]();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
