import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, type Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/ports.mjs';
import { clientOptions, portSettings, type Certificates } from './certificates.ts';
import { disable, endChild, hasEnded, hasReplicated, until, withRedis } from './redis-nodes.ts';

const NODES = 3;
const SLOTS = 16_384;

/** ms after which the nodes give a silent one up. */
const NODE_TIMEOUT = 2_000;

interface Node {
  port: number;
  bus: number;
  child: ChildProcess;
  isFrozen: boolean;
}

/** A separate Redis Cluster for a test: three masters, with the same redis-server as the other tests. */
export class RedisCluster {
  readonly #directory: string;
  readonly #nodes: Node[] = [];

  readonly #tls: Certificates | undefined;

  private constructor(directory: string, tls: Certificates | undefined) {
    this.#directory = directory;
    this.#tls = tls;
  }

  /** @param options `withReplicas`: one for each master, which takes over from it. */
  static async start({
    withReplicas = false,
    tls,
  }: { withReplicas?: boolean; tls?: Certificates } = {}): Promise<RedisCluster> {
    const cluster = new RedisCluster(await mkdtemp(join(tmpdir(), 'gateway-cluster-')), tls);
    try {
      for (let node = 0; node < (withReplicas ? 2 * NODES : NODES); node += 1) await cluster.#startNode(node);
      await cluster.#form();
      if (withReplicas) await cluster.#replicate();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** As REDIS_URL. It names two nodes, which know the others. */
  get url(): string {
    const [first, second] = this.#nodes;
    return `${this.#tls === undefined ? 'redis' : 'rediss'}+cluster://127.0.0.1:${first?.port},127.0.0.1:${second?.port}`;
  }

  async #startNode(node: number): Promise<void> {
    const port = await freePort();
    const bus = await freePort();
    await mkdir(join(this.#directory, String(port)));
    this.#nodes.push({ port, bus, child: this.#spawn(port, bus), isFrozen: false });
    await this.#with(port, async (redis) => {
      const share = SLOTS / NODES;
      const [first, last] = [Math.ceil(node * share), Math.ceil((node + 1) * share) - 1];
      if (node < NODES) await redis.cluster('ADDSLOTSRANGE', first, last);
      // The node that meets the others tells them the port of its own bus.
      const [meet] = this.#nodes;
      if (meet !== undefined && meet.port !== port) await this.#meet(meet.port, port, bus);
    });
  }

  #spawn(port: number, bus: number): ChildProcess {
    const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
    const settings: [string, string][] = [
      ...portSettings(port, this.#tls),
      ['cluster-port', `${bus}`],
      ['bind', '127.0.0.1'],
      ['dir', join(this.#directory, String(port))],
      ['cluster-enabled', 'yes'],
      ['cluster-node-timeout', `${NODE_TIMEOUT}`],
      ['repl-diskless-sync-delay', '0'],
      ['save', ''],
      ['maxmemory-policy', 'noeviction'],
      ...(this.#tls === undefined ? [] : [['tls-cluster', 'yes'] as [string, string]]),
    ];
    const options = settings.flatMap(([name, value]) => [`--${name}`, value]);
    return spawn(binary, options, { stdio: 'ignore' });
  }

  /** Gives each master a replica, and waits until it has the master's data. */
  async #replicate(): Promise<void> {
    for (const [index, { port }] of this.#nodes.slice(NODES).entries()) {
      const master = await this.#with(this.#nodes[index]?.port ?? 0, (redis) => redis.cluster('MYID'));
      await this.#with(port, async (redis) => {
        const isKnown = async () => String(await redis.call('CLUSTER', 'NODES')).includes(master);
        await until(isKnown, 'a replica does not know its master');
        await redis.call('CLUSTER', 'REPLICATE', master);
      });
    }
    for (const { port } of this.#nodes.slice(NODES)) await this.#with(port, hasReplicated);
  }

  /** Kills or freezes the master that has `key`; resolves once another node has taken over. */
  async disablePrimaryOf(key: string, how: 'killed' | 'frozen'): Promise<void> {
    const slot = await this.#with(this.#living.port, (redis) => redis.cluster('KEYSLOT', key));
    const disabled = await this.#masterOf(slot);
    const node = this.#nodes.find(({ port }) => port === disabled);
    if (node === undefined) throw new Error('no node has that key');
    node.isFrozen = how === 'frozen';
    await disable(node.child, how);
    await until(async () => (await this.#masterOf(slot)) !== disabled, 'no replica took over in time');
  }

  get #living(): Node {
    const living = this.#nodes.find(({ child, isFrozen }) => !isFrozen && !hasEnded(child));
    if (living === undefined) throw new Error('all nodes are down');
    return living;
  }

  /** Starts killed nodes again and thaws frozen ones; resolves once each is a replica with all data. */
  async revive(): Promise<void> {
    for (const node of this.#nodes.filter(({ child, isFrozen }) => isFrozen || hasEnded(child))) {
      if (node.isFrozen) node.child.kill('SIGCONT');
      else node.child = this.#spawn(node.port, node.bus);
      node.isFrozen = false;
      await this.#with(node.port, hasReplicated);
    }
  }

  /** The port of the slot's master, as a living node knows it. */
  async #masterOf(slot: number): Promise<number | undefined> {
    const ranges = await this.#with(this.#living.port, (redis) => redis.cluster('SLOTS'));
    return ranges.find(([from, to]) => from <= slot && slot <= to)?.[2]?.[1];
  }

  async #meet(from: number, port: number, bus: number): Promise<void> {
    await this.#with(from, (redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', port, bus));
  }

  async #form(): Promise<void> {
    for (const { port } of this.#nodes)
      await this.#with(port, (redis) =>
        until(
          async () => (await redis.cluster('INFO')).includes('cluster_state:ok'),
          'the cluster did not form in time',
        ),
      );
  }

  async #with<T>(port: number, work: (redis: Redis) => Promise<T>): Promise<T> {
    return withRedis({ port, ...clientOptions(this.#tls) }, work);
  }

  /** A client of the cluster; the caller closes it. */
  connect(): Cluster {
    const nodes = this.#nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    return new Cluster(nodes, { redisOptions: { maxRetriesPerRequest: null } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map(({ child }) => endChild(child)));
    await rm(this.#directory, { recursive: true, force: true });
  }
}
