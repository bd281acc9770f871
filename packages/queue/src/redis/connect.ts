import type { RedisAddress } from '@gateway/runtime';
import { Cluster, type ClusterOptions, type Redis, type RedisOptions } from 'ioredis';
import { OneWriteRedis } from './one-write-redis.ts';
import type { RedisClient } from './redis-client.ts';
import { replaceIfSilent } from './silence.ts';

/** ms until the next try to connect: soon after an outage, with at most one try per 2 s. */
const retryStrategy = (tries: number) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000);

/** Reconnects, and sends the refused command again: with Sentinels, another server is the primary by then. */
const RECONNECT_AND_RESEND = 2;

/** ms to connect where there is another server to try. */
const CONNECT_TIMEOUT = 3_000;

/** How often clients of a cluster ask for its layout, ms. They also ask when a node redirects them. */
const LAYOUT_INTERVAL = 5_000;

/**
 * Connects as `options` say.
 * @param isPatient commands wait until Redis is back, however long it takes. Otherwise they fail at once, and a command
 * whose reply was lost is never sent twice.
 */
export function connect(address: RedisAddress, options: RedisOptions, isPatient: boolean): RedisClient {
  const given: RedisOptions = {
    retryStrategy,
    reconnectOnError: (error) => {
      if (!/READONLY|LOADING/.test(error.message)) return false;
      return address.kind === 'sentinel' && isPatient ? RECONNECT_AND_RESEND : true;
    },
    keepAlive: 10_000,
    enableOfflineQueue: isPatient,
    maxRetriesPerRequest: isPatient ? null : 0,
    ...signInOf(address),
    ...(address.kind !== 'server' && { connectTimeout: CONNECT_TIMEOUT }),
    ...options,
  };
  if (address.kind === 'cluster') return connectToCluster(address, given, isPatient);
  const redis = new OneWriteRedis({ ...given, ...targetOf(address), db: address.database });
  if (address.kind === 'sentinel') replaceIfSilent(redis);
  return redis;
}

/** Connects to one server: of a cluster, to `node` (`host:port`), which is empty for other kinds. */
export function connectTo(address: RedisAddress, node: string, given: RedisOptions): Redis {
  const at = node.lastIndexOf(':');
  const server = { host: node.slice(0, at), port: Number(node.slice(at + 1)) };
  const target = node === '' ? address : { ...address, kind: 'server' as const, nodes: [server] };
  const options = node === '' ? given : { connectTimeout: CONNECT_TIMEOUT, ...given };
  const client = connect(target, options, true);
  if (client instanceof Cluster) throw new TypeError('the node of the cluster is not known');
  return client;
}

/** The user and TLS of every connection to a Redis of this address. */
export function signInOf({ username, password, tls, ca }: RedisAddress): RedisOptions {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: ca === undefined ? {} : { ca } }),
  };
}

function targetOf(address: RedisAddress): RedisOptions {
  const { kind, nodes, primary, sentinel, tls } = address;
  if (kind === 'server') return { ...nodes[0] };
  return {
    sentinels: nodes,
    name: primary,
    role: 'master',
    sentinelRetryStrategy: retryStrategy,
    sentinelCommandTimeout: CONNECT_TIMEOUT,
    ...(sentinel.username !== undefined && { sentinelUsername: sentinel.username }),
    ...(sentinel.password !== undefined && { sentinelPassword: sentinel.password }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: signInOf(address).tls }),
  };
}

function connectToCluster({ nodes }: RedisAddress, given: RedisOptions, isPatient: boolean): Cluster {
  const { enableOfflineQueue = true, retryStrategy: _, ...redisOptions } = given;
  const options: ClusterOptions = {
    redisOptions,
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshInterval: LAYOUT_INTERVAL,
    slotsRefreshTimeout: CONNECT_TIMEOUT,
    retryDelayOnMoved: 20,
    // Keep host names as they are, because certificates contain them.
    dnsLookup: (host, callback) => callback(null, host),
    ...(!isPatient && { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 }),
  };
  const cluster = isPatient ? new PatientCluster(nodes, options) : new Cluster(nodes, options);
  cluster.on('+node', replaceIfSilent);
  return cluster;
}

/** ioredis gives a command up after 16 tries, and at once while no node is reachable. This cluster never does. */
class PatientCluster extends Cluster {
  override handleError(error: Error, _tries: object, handlers: { connectionClosed: () => void }): void {
    const isLost = error.message === 'Connection is closed.';
    // In the state `connect`, the command is ioredis' own check of the cluster, which must fail.
    const isReconnecting = ['close', 'reconnecting', 'connecting'].includes(this.status);
    // Such a command waits in the offline queue.
    if (isLost && isReconnecting) handlers.connectionClosed();
    else super.handleError(error, {}, handlers);
  }
}
