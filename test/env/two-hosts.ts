import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { ApiClient } from './api-client.ts';
import { Network, type Cable } from './network.ts';
import { Part } from './part.ts';
import { endChild } from './redis-nodes.ts';
import { openRelay, type End } from './relay.ts';
import { SandboxControl } from './sandbox-control.ts';
import { telegramSettings } from './telegram-settings.ts';

export const SHARDS = 4;

/** Ports in the network of the centre, which belongs to it alone. */
const REDIS_PORT = 6379;
const API_PORT = 3000;

const COMMON = {
  SHARDS: String(SHARDS),
  SESSION_STORE: 'redis',
  SESSION_ENCRYPTION_KEY: 'one key for all hosts',
  TELEGRAM_API_ID: '1',
  TELEGRAM_API_HASH: '0123456789abcdef0123456789abcdef',
  SEND_PACE: 'off',
};

/** A host with a worker, and its cables. */
export interface WorkerHost {
  readonly worker: Part;
  readonly toRedis: Cable;
  readonly toTelegram: Cable;
  /** Whether its kernel has a connection to Telegram, or still tries to send what was written to one. */
  talksToTelegram(): boolean;
}

/**
 * The product on a network of three hosts: the centre with Redis, API and "Telegram", and two hosts with a worker each.
 * Each worker has one cable to Redis and one to Telegram.
 */
export class TwoHosts implements AsyncDisposable {
  readonly #network = new Network();
  readonly #parts: Part[] = [];
  readonly #relays: Server[] = [];
  #redisServer: ChildProcess | undefined;
  #directory = '';
  redis!: Redis;
  api!: ApiClient;
  control!: SandboxControl;
  one!: WorkerHost;
  other!: WorkerHost;

  private constructor() {}

  static async start(): Promise<TwoHosts> {
    const hosts = new TwoHosts();
    try {
      await hosts.#start();
      return hosts;
    } catch (error) {
      await hosts[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), 'gateway-hosts-'));
    const network = this.#network;
    const centre = network.addHost('centre');
    const hosts = ['one', 'other'].map((name) => {
      const host = network.addHost(name);
      return { host, toRedis: network.connect(host, centre), toTelegram: network.connect(host, centre) };
    });
    const sandbox = this.#run('packages/sandbox/src/main.ts', centre, {
      DATA_DIR: await this.#folder('sandbox'),
    });
    this.redis = await this.#startRedis(
      centre,
      hosts.map(({ toRedis }) => toRedis.far),
    );
    const telegram = telegramSettings(await sandbox.ready);
    const { TELEGRAM_DC = '', SANDBOX_CONTROL_URL = '' } = telegram;
    const toTest = { api: API_PORT, control: Number(new URL(SANDBOX_CONTROL_URL).port) };
    const ports = TELEGRAM_DC.split(',').map((each) => Number(each.split(':').at(-1)));
    const relays = this.#run('test/env/relays.ts', centre, {
      ROUTES: JSON.stringify([
        ...hosts.flatMap(({ toTelegram }) =>
          ports.map((port) => ({ from: { host: toTelegram.far, port }, to: loopback(port) })),
        ),
        ...Object.entries(toTest).map(([name, port]) => ({ from: this.#socket(name), to: loopback(port) })),
      ]),
    });
    const api = this.#run('apps/api/src/main.ts', centre, {
      ...COMMON,
      ...telegram,
      REDIS_URL: `redis://127.0.0.1:${REDIS_PORT}`,
      PORT: String(API_PORT),
      DATA_DIR: await this.#folder('api'),
    });
    const workers: WorkerHost[] = [];
    for (const { host, toRedis, toTelegram } of hosts) {
      const worker = this.#run('apps/worker/src/main.ts', host, {
        ...COMMON,
        ...telegram,
        TELEGRAM_DC: TELEGRAM_DC.replaceAll('127.0.0.1', toTelegram.far),
        REDIS_URL: `redis://${toRedis.far}:${REDIS_PORT}`,
        DATA_DIR: await this.#folder(host),
      });
      const talksToTelegram = () => hasConnectionTo(worker.pid, toTelegram.far);
      workers.push({ worker, toRedis, toTelegram, talksToTelegram });
    }
    const [one, other] = workers;
    if (one === undefined || other === undefined) throw new Error('there are two hosts');
    [this.one, this.other] = [one, other];
    await Promise.all([relays, api, one.worker, other.worker].map((part) => part.ready));
    this.api = new ApiClient(await this.#urlOf('api'));
    this.control = new SandboxControl(await this.#urlOf('control'));
  }

  #run(entry: string, host: string, env: Record<string, string>): Part {
    const part = new Part(entry, env, undefined, undefined, host);
    this.#parts.push(part);
    return part;
  }

  async #folder(name: string): Promise<string> {
    const folder = join(this.#directory, name);
    await mkdir(folder);
    return folder;
  }

  /** A path at which the test reaches a port of the centre. */
  #socket(name: string): { path: string } {
    return { path: join(this.#directory, `${name}.sock`) };
  }

  async #startRedis(host: string, addresses: readonly string[]): Promise<Redis> {
    const { path } = this.#socket('redis');
    const settings = {
      port: String(REDIS_PORT),
      bind: ['127.0.0.1', ...addresses],
      unixsocket: path,
      // Nobody else is in this network.
      'protected-mode': 'no',
      dir: await this.#folder('redis'),
      appendonly: 'yes',
      save: '',
      'maxmemory-policy': 'noeviction',
    };
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value].flat());
    this.#redisServer = spawn('ip', ['netns', 'exec', host, binary, ...args], { stdio: 'ignore' });
    const redis = new Redis({ path, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    redis.on('error', () => {});
    await redis.ping();
    return redis;
  }

  /** Lets this process reach a port of the centre. */
  async #urlOf(name: string): Promise<string> {
    const relay = await openRelay({ from: loopback(0), to: this.#socket(name) });
    this.#relays.push(relay);
    return `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
  }

  /** The worker that owns each shard, by its pid; `null` if nobody does. */
  async owners(): Promise<(number | null)[]> {
    const leases = await this.redis.mget(
      Array.from({ length: SHARDS }, (_, shard) => `{shard-${shard}}:lease`),
    );
    // A lease is `<number> <random>@<place>-<pid>-<start>@<store>`.
    return leases.map((lease) => (lease === null ? null : Number(lease.split('@')[1]?.split('-')[1])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.redis?.disconnect();
      for (const relay of this.#relays) relay.close();
      // Without its network a worker could not stop gracefully in time.
      await Promise.all(this.#parts.map((part) => part.end('SIGKILL')));
      await endChild(this.#redisServer);
    } finally {
      this.#network[Symbol.dispose]();
      await rm(this.#directory, { recursive: true, force: true });
    }
  }
}

function loopback(port: number): End {
  return { host: '127.0.0.1', port };
}

/** Whether the network of the process has a TCP connection to this IPv4 address, in any state but the last. */
function hasConnectionTo(pid: number, address: string): boolean {
  const hex = address
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .toReversed()
    .join('')
    .toUpperCase();
  // The third field is the other side, the fourth the state; 06 is TIME_WAIT.
  const connections = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1);
  return connections.some((line) => {
    const [, , remote, state] = line.trim().split(/\s+/);
    return remote?.startsWith(`${hex}:`) === true && state !== '06';
  });
}
