import type { RedisClient } from './redis-client.ts';

/** Why Redis cannot be used now. */
export interface RedisFault {
  /** An explanation for people, without an address or a secret. */
  reason: string;
  /** Waiting does not help, because a setting is wrong. */
  isFinal: boolean;
}

/** Patterns for the code and message of the client's error; the first match counts. */
const FAULTS: readonly [RegExp, string, isFinal?: boolean][] = [
  [
    /WRONGPASS|invalid (username-)?password/i,
    'it refuses the user or password in REDIS_URL (WRONGPASS)',
    true,
  ],
  [/NOAUTH/, 'it requires a password, and REDIS_URL has none (NOAUTH)', true],
  [/NOPERM/, 'the user in REDIS_URL may not run a command that is needed (NOPERM)', true],
  [/DENIED.*protected mode/is, 'it is in protected mode: set a password in Redis and in REDIS_URL', true],
  [/max number of clients/i, 'it has reached its limit of connections (maxclients)'],
  [/cluster support disabled|unknown command.*cluster/i, 'it is no cluster: use redis:// in REDIS_URL', true],
  [
    /unknown command.*sentinel/i,
    'it is no Sentinel: use redis:// in REDIS_URL, or the port of a Sentinel',
    true,
  ],
  [/LOADING/, 'it is loading its data'],
  [/READONLY/, 'it is a read-only replica: REDIS_URL must name the primary'],
  [/MASTERDOWN/, 'it is a replica that has lost its primary (MASTERDOWN)'],
  [/CLUSTERDOWN/, 'its cluster is down (CLUSTERDOWN)'],
  [
    /Protocol error|as reply type byte/,
    'the server at that port is not a Redis, or it requires TLS (rediss://)',
  ],
  [
    /WRONG_VERSION_NUMBER|EPROTO|packet length too long/i,
    'it does not speak TLS at that port: use redis://, or its TLS port',
  ],
  [/CERT_HAS_EXPIRED/, 'its TLS certificate has expired'],
  [/ALTNAME_INVALID|does not match certificate/i, 'its TLS certificate is for another host name'],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_|self[- ]signed|unable to (verify|get)/i,
    'its TLS certificate is not trusted here',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'its host name cannot be resolved'],
  [
    /All sentinels are unreachable.*(ECONNREFUSED|Connection is closed)/s,
    'no Sentinel in REDIS_URL answers; it must name their port (26379), not that of Redis',
  ],
  [/All sentinels are unreachable/, 'no Sentinel knows a primary by the name in REDIS_URL'],
  [/ECONNREFUSED/, 'nothing listens at that address (ECONNREFUSED)'],
  [
    /ETIMEDOUT|timed? ?out/i,
    'it does not answer in time: it hangs, a firewall is in between, or only one side speaks TLS',
  ],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no network route to its host'],
  [
    // Commands that were on their way fail by the limit of retries.
    /ECONNRESET|EPIPE|Connection is closed|socket disconnected|isn't writeable|max retries per request/i,
    'the connection was closed; if Redis requires TLS, use rediss://',
  ],
];

export function explainFault(error: unknown): RedisFault {
  const text = textOf(error);
  const [, reason, isFinal = false] = FAULTS.find(([pattern]) => pattern.test(text)) ?? [];
  return { reason: reason ?? 'the connection failed', isFinal };
}

/** Code and message. An error of a whole cluster only contains the error of the node that was asked last. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return textOf(error.lastNodeError);
  return `${'code' in error && typeof error.code === 'string' ? error.code : ''} ${error.message}`;
}

const faults = new WeakMap<RedisClient, RedisFault>();

/** The current fault of this connection; `null` if none is known. */
export function faultOf(redis: RedisClient): RedisFault | null {
  return faults.get(redis) ?? null;
}

/**
 * Keeps {@link faultOf} up to date.
 * @param onFault is called when the fault changes, with `null` once Redis is reachable again.
 * @param reasonOf finds the reason that the client's error hides; by default it hides none.
 */
export function watchFaults(
  redis: RedisClient,
  onFault: (fault: RedisFault | null) => void,
  reasonOf?: (error: unknown) => Promise<unknown>,
): void {
  const found = (reason: unknown) => {
    const fault = explainFault(reason);
    if (faults.get(redis)?.reason === fault.reason) return;
    faults.set(redis, fault);
    onFault(fault);
  };
  const findReason = async (error: unknown, find: (error: unknown) => Promise<unknown>) => {
    const reason = await find(error);
    // It may be reachable by now.
    if (redis.status !== 'ready') found(reason);
  };
  redis.on('error', (error: unknown) => {
    if (reasonOf === undefined) found(error);
    else void findReason(error, reasonOf);
  });
  redis.on('ready', () => {
    if (faults.delete(redis)) onFault(null);
  });
}

/** This process cannot work with Redis as it is set up, and must stop. */
export class RedisUnfit extends Error {
  override readonly name = 'RedisUnfit';
}

export function unfitFor({ reason }: RedisFault): RedisUnfit {
  return new RedisUnfit(`Redis cannot be used: ${reason}`);
}

/** Resolves once Redis is reachable. @throws {RedisUnfit} where waiting does not help. */
export function whenReachable(redis: RedisClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const fault = faultOf(redis);
      const isReady = redis.status === 'ready';
      if (!isReady && fault?.isFinal !== true) return;
      redis.off('ready', check);
      redis.off('error', check);
      if (isReady || fault === null) resolve();
      else reject(unfitFor(fault));
    };
    redis.on('ready', check);
    redis.on('error', check);
    check();
  });
}
