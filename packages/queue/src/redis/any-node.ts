import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisAddress } from '@gateway/runtime';
import { AbstractConnector, Cluster, type Redis, type RedisOptions } from 'ioredis';
import { connectTo, signInOf } from './connect.ts';
import type { RedisClient } from './redis-client.ts';
import { replaceIfSilent } from './silence.ts';

/**
 * Opens a connection that subscribes to channels. In a cluster every node publishes all messages, so this connects to
 * any node, and to another one once it is lost. (ioredis' own subscriber of a cluster does not report when it is
 * connected again, and may forget channels.)
 * @param redis this process' client of the same Redis, which knows the nodes of a cluster.
 */
export function openSubscribing(address: RedisAddress, redis: RedisClient): Redis {
  // ioredis forgets a subscription that is made during its ready check, and subscribing does not need that check.
  const options: RedisOptions = { enableReadyCheck: false };
  if (!(redis instanceof Cluster)) return connectTo(address, '', options);
  const connector = { ...options, Connector: anyNodeOf(address, redis) };
  const subscribing = connectTo(address, 'any node:0', connector);
  replaceIfSilent(subscribing);
  return subscribing;
}

/** ms for a connection to be established. */
const CONNECT_TIMEOUT = 3_000;

function anyNodeOf(address: RedisAddress, cluster: Cluster): NonNullable<RedisOptions['Connector']> {
  let tries = Math.floor(Math.random() * 16_384);
  return class AnyNode extends AbstractConnector {
    constructor() {
      super(CONNECT_TIMEOUT);
    }

    override async connect(): Promise<NonNullable<typeof this.stream>> {
      this.connecting = true;
      const known = cluster.nodes().map(({ options: { host, port } }) => ({ host, port }));
      const nodes = known.length > 0 ? known : address.nodes;
      tries += 1;
      const { host = '', port = 6379 } = nodes[tries % nodes.length] ?? {};
      const { tls } = signInOf(address);
      this.stream = tls === undefined ? connectTcp({ host, port }) : connectTls({ ...tls, host, port });
      this.stream.once('error', (error) => (this.firstError = error));
      return this.stream;
    }
  };
}
