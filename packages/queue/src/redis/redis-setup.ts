import type { Logger, RedisAddress } from '@gateway/runtime';
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './redis-client.ts';
import { RedisUnfit } from './redis-fault.ts';

/** The configuration of Redis; `null` for what it does not report. */
export interface RedisSetup {
  version: string | null;
  maxmemoryPolicy: string | null;
  appendOnly: boolean | null;
  /** Settings that must be changed before Redis may hold messages; one line each, with what to set. */
  faults: string[];
  warnings: string[];
}

/** The oldest Redis that this product's scripts run on, because of `ZADD LT`. */
const OLDEST: readonly [number, number] = [6, 2];

/** Reads INFO, because managed services allow it and forbid CONFIG. In a cluster all masters must be fit. */
export async function readRedisSetup(redis: RedisClient): Promise<RedisSetup> {
  if (!(redis instanceof Cluster))
    return judge(await readInfo(redis), Array.isArray(redis.options.sentinels) ? 'sentinel' : 'server');
  const setups = (await Promise.all(redis.nodes('master').map(readInfo))).map((info) =>
    judge(info, 'cluster'),
  );
  const [worst = judge('')] = setups.toSorted(
    (a, b) => b.faults.length - a.faults.length || b.warnings.length - a.warnings.length,
  );
  const all = (lines: 'faults' | 'warnings') => [...new Set(setups.flatMap((setup) => setup[lines]))];
  return { ...worst, faults: all('faults'), warnings: all('warnings') };
}

async function readInfo(redis: Redis): Promise<string> {
  try {
    return await redis.info();
  } catch (error) {
    if (!(error instanceof Error) || !/NOPERM|unknown command/i.test(error.message)) throw error;
    return '';
  }
}

export function judge(info: string, kind: RedisAddress['kind'] = 'server'): RedisSetup {
  const field = (name: string) => new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(info)?.[1] ?? null;
  const version = field('redis_version');
  const maxmemoryPolicy = field('maxmemory_policy');
  const aof = field('aof_enabled');
  const appendOnly = aof === null ? null : aof === '1';
  const faults: string[] = [];
  const warnings: string[] = [];
  const mode = field('redis_mode');
  if (mode === 'cluster' && kind !== 'cluster')
    faults.push(
      'REDIS_URL names a node of a Redis Cluster: begin it with redis+cluster:// or rediss+cluster://',
    );
  if (mode === 'sentinel')
    faults.push(
      'REDIS_URL names a Sentinel: write redis+sentinel://host:port/name, with the name of its primary',
    );
  if (version !== null && isOlder(version)) faults.push(`Redis ${version} is too old: use 6.2 or newer`);
  if (maxmemoryPolicy !== null && maxmemoryPolicy !== 'noeviction')
    faults.push(
      `Redis drops data, and with it accepted messages, when its memory is full (maxmemory-policy ${maxmemoryPolicy}): set maxmemory-policy noeviction`,
    );
  if (appendOnly === false)
    warnings.push(
      'Redis keeps no append-only file, so accepted messages are lost when it stops. Set appendonly yes',
    );
  const hasReplicas = Number(field('connected_slaves') ?? 0) > 0;
  if (kind !== 'server' && hasReplicas && field('min_slaves_good_slaves') === null)
    warnings.push(
      'A primary that loses its replicas accepts messages that are lost when another one takes over. Set min-replicas-to-write 1 and min-replicas-max-lag 2',
    );
  if (version === null || maxmemoryPolicy === null || appendOnly === null)
    warnings.push(
      'Redis does not report its configuration (INFO): make sure that it has maxmemory-policy noeviction and appendonly yes',
    );
  return { version, maxmemoryPolicy, appendOnly, faults, warnings };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/**
 * Logs warnings about Redis' configuration.
 * @throws {RedisUnfit} lists the settings that must be changed, in one line.
 */
export async function requireFitRedis(redis: RedisClient, logger: Logger): Promise<void> {
  const { faults, warnings } = await readRedisSetup(redis);
  if (faults.length > 0) throw new RedisUnfit(faults.join('; '));
  for (const warning of warnings) logger.warn(warning);
}
