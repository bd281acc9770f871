import { Cluster, type Redis } from 'ioredis';
import { mastersOf } from './nodes.ts';
import type { RedisClient } from './redis-client.ts';

/** Counts lost connections: after one, Redis may have restarted and lost its latest writes. */
export interface RedisContact {
  /** Grows each time the connection is lost; `null` while there is none. */
  readonly epoch: number | null;
}

/** The event of a client of a cluster that lost the connection to a master, or learnt that another node is one. */
const MASTERS_CHANGED = 'masters changed';

/**
 * Calls `onLost` when Redis may have lost writes: the connection was closed, or in a cluster the one to a master, or
 * another node has become a master. Calls `onRegained` when it is worth asking Redis again.
 * @returns ends the calls.
 */
export function onRedisChange(
  redis: RedisClient,
  { onLost = () => {}, onRegained = () => {} }: { onLost?: () => void; onRegained?: () => void },
): () => void {
  const onChange = () => {
    onLost();
    onRegained();
  };
  redis.on('close', onLost).on('ready', onRegained);
  if (redis instanceof Cluster) {
    followMasters(redis);
    redis.on(MASTERS_CHANGED, onChange);
  }
  return () => {
    redis.off('close', onLost).off('ready', onRegained).off(MASTERS_CHANGED, onChange);
  };
}

const followed = new WeakSet<Cluster>();

/** Makes the client emit {@link MASTERS_CHANGED}. */
function followMasters(cluster: Cluster): void {
  if (followed.has(cluster)) return;
  followed.add(cluster);
  const changed = () => void cluster.emit(MASTERS_CHANGED);
  // A node that is down is connected to again and again. Only the loss of a connection that worked counts.
  const follow = (node: Redis) =>
    node.once('ready', () => node.once('close', () => void (node.options.readOnly !== true && changed())));
  cluster.nodes().forEach(follow);
  cluster.on('+node', follow);
  let masters = mastersOf(cluster);
  cluster.on('refresh', () => {
    const before = masters;
    masters = mastersOf(cluster);
    if (before !== '' && before !== masters) changed();
  });
}

/** Counts the losses of `redis`. After one, Redis may be another server or lack its latest writes. */
export function watchContact(redis: RedisClient): RedisContact {
  let losses = 0;
  onRedisChange(redis, {
    onLost: () => {
      losses += 1;
    },
  });
  return {
    get epoch() {
      return redis.status === 'ready' ? losses : null;
    },
  };
}
