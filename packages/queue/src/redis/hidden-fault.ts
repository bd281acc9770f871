import type { RedisAddress } from '@gateway/runtime';
import { connectTo } from './connect.ts';

/** What ioredis reports in place of the reason, when it cannot connect to a node of a cluster or to a Sentinel. */
const HIDING = /Connection is closed|NOAUTH/;

/** Finds the reason that `error` hides: connects to the first node or Sentinel, and returns that error. */
export async function hiddenFault(address: RedisAddress, error: unknown): Promise<unknown> {
  const { kind, nodes, sentinel } = address;
  const text =
    error instanceof Error && 'lastNodeError' in error ? String(error.lastNodeError) : String(error);
  const [first] = nodes;
  if (first === undefined || !HIDING.test(text)) return error;
  const user = kind === 'sentinel' ? sentinel : {};
  const once = connectTo({ ...address, ...user, database: 0 }, `${first.host}:${first.port}`, {
    retryStrategy: null,
    enableReadyCheck: false,
  });
  return new Promise((resolve) => {
    once.on('error', (reason) => resolve(reason));
    once.on('end', () => resolve(error));
    // It works: the reason is another one.
    once.on('ready', () => once.disconnect());
  });
}
