import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataCenter } from '@gateway/telegram';
import { freePort } from '../../scripts/lib/ports.mjs';
import { ApiClient } from './api-client.ts';
import { Part } from './part.ts';
import { productSettings } from './product-settings.ts';
import { RedisServer } from './redis-server.ts';
import { SandboxControl } from './sandbox-control.ts';
import { signIn } from './sign-in.ts';
import { telegramSettings } from './telegram-settings.ts';

/** A Redis, or several that work together. The stack closes them. */
interface OwnRedis extends AsyncDisposable {
  readonly url: string;
}

/** The whole product in separate processes, which a test may end, freeze and start again. */
export class Stack<R extends OwnRedis = RedisServer> {
  readonly dataDir: string;
  readonly redis: R;
  #settings: Record<string, string>;
  sandbox!: Part;
  worker!: Part;
  apiProcess!: Part;
  api!: ApiClient;
  control!: SandboxControl;

  private constructor(dataDir: string, redis: R, settings: Record<string, string>) {
    this.dataDir = dataDir;
    this.redis = redis;
    this.#settings = settings;
  }

  static async start(settings: Record<string, string> = {}): Promise<Stack> {
    return Stack.over(await RedisServer.start(), settings);
  }

  static async over<R extends OwnRedis>(redis: R, settings: Record<string, string> = {}): Promise<Stack<R>> {
    const dataDir = await mkdtemp(join(tmpdir(), 'gateway-stack-'));
    const stack = new Stack(dataDir, redis, {
      ...(await productSettings(redis.url, dataDir)),
      PORT: String(await freePort()),
      SHARDS: '4',
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
    this.sandbox = new Part('packages/sandbox/src/main.ts', this.#settings);
    const ready = await this.sandbox.ready;
    this.#settings = { ...telegramSettings(ready), ...this.#settings };
    this.control = new SandboxControl(String(ready['controlUrl']));
  }

  async startWorker(): Promise<void> {
    this.worker = this.spawnWorker();
    await this.worker.ready;
  }

  /** Settings with which another stack uses this one's "Telegram" in place of its own. */
  async telegramSettings(): Promise<Record<string, string>> {
    return telegramSettings(await this.sandbox.ready);
  }

  /** @param settings added to those of the stack, or replacing them: a worker on another machine. */
  spawnWorker(settings: Record<string, string> = {}): Part {
    return new Part('apps/worker/src/main.ts', { ...this.#settings, ...settings });
  }

  /** @param settings as for {@link spawnWorker}. */
  spawnApi(settings: Record<string, string> = {}): Part {
    return new Part('apps/api/src/main.ts', { ...this.#settings, ...settings });
  }

  async startApi(): Promise<void> {
    this.apiProcess = this.spawnApi();
    const ready = await this.apiProcess.ready;
    this.api = new ApiClient(String(ready['url']));
  }

  /** Ends worker and API, and starts them with these settings added to those of the stack, or replacing them. */
  async restart(settings: Record<string, string>): Promise<void> {
    await Promise.all([this.worker.end(), this.apiProcess.end()]);
    this.worker = this.spawnWorker(settings);
    this.apiProcess = this.spawnApi(settings);
    await Promise.all([this.worker.ready, this.apiProcess.ready]);
  }

  /** Addresses and key of "Telegram", for other clients. */
  async telegram(): Promise<{ dataCenters: DataCenter[]; publicKeyPem: string }> {
    const { TELEGRAM_DC = '', TELEGRAM_DC_KEY = '' } = this.#settings;
    const dataCenters = TELEGRAM_DC.split(',').map((each) => {
      const [id, host = '', port] = each.split(':');
      return { id: Number(id), host, port: Number(port) };
    });
    return { dataCenters, publicKeyPem: await readFile(TELEGRAM_DC_KEY, 'utf8') };
  }

  /** Signs in a test account of the sandbox (`+99966…`) as `userId`. @returns its Telegram id. */
  async signIn(userId: string, phone: string): Promise<number> {
    return signIn(this.api, this.control, userId, phone);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of [this.apiProcess, this.worker, this.sandbox]) await part?.end();
    await this.redis[Symbol.asyncDispose]();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
