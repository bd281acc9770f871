import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';

const NODES = 3;
const SLOTS = 16_384;

/** ms until the nodes know each other and every slot is served. */
const FORMING_LIMIT = 20_000;

/** A separate Redis Cluster for a test: three masters, with the same redis-server as the other tests. */
export class RedisCluster {
  readonly #directory: string;
  readonly #children: ChildProcess[] = [];
  readonly #ports: number[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<RedisCluster> {
    const cluster = new RedisCluster(await mkdtemp(join(tmpdir(), 'gateway-cluster-')));
    try {
      for (let node = 0; node < NODES; node += 1) await cluster.#startNode();
      await cluster.#form();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #startNode(): Promise<void> {
    const port = await freePort();
    const bus = await freePort();
    const directory = join(this.#directory, String(port));
    await mkdir(directory);
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    const options = [
      '--port',
      `${port}`,
      '--cluster-port',
      `${bus}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
    ];
    const rules = ['--cluster-enabled', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];
    this.#children.push(spawn(binary, [...options, ...rules], { stdio: 'ignore' }));
    this.#ports.push(port);
    await this.#with(port, async (redis) => {
      const share = SLOTS / NODES;
      const node = this.#ports.length - 1;
      const [first, last] = [Math.ceil(node * share), Math.ceil((node + 1) * share) - 1];
      await redis.cluster('ADDSLOTSRANGE', first, last);
      // The node that meets the others tells them the port of its own bus.
      const [meet] = this.#ports;
      if (meet !== undefined && meet !== port) await this.#meet(meet, port, bus);
    });
  }

  async #meet(from: number, port: number, bus: number): Promise<void> {
    await this.#with(from, (redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', port, bus));
  }

  async #form(): Promise<void> {
    const deadline = Date.now() + FORMING_LIMIT;
    for (const port of this.#ports) {
      await this.#with(port, async (redis) => {
        while (!(await redis.cluster('INFO')).includes('cluster_state:ok')) {
          if (Date.now() > deadline) throw new Error('the cluster did not form in time');
          await redis.ping();
        }
      });
    }
  }

  async #with<T>(port: number, work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    redis.on('error', () => {});
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** A client of the cluster; the caller closes it. */
  connect(): Cluster {
    const nodes = this.#ports.map((port) => ({ host: '127.0.0.1', port }));
    return new Cluster(nodes, { redisOptions: { maxRetriesPerRequest: null } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null) return;
        const gone = once(child, 'close');
        child.kill('SIGKILL');
        await gone;
      }),
    );
    await rm(this.#directory, { recursive: true, force: true });
  }
}
