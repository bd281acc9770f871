import { readFileSync, rmSync } from 'node:fs';
import { openConsumerRedis, Producer, requireFitRedis, Subscriber, whenReachable } from '@gateway/queue';
import { parseRedisUrl, parseSettings, redisAddress, Sealer, silentLogger } from '@gateway/runtime';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificates, redisHasTls, type Certificates } from '../env/certificates.ts';
import { RedisCluster } from '../env/redis-cluster.ts';
import { RedisSentinels } from '../env/redis-sentinels.ts';
import { RedisServer } from '../env/redis-server.ts';

describe.skipIf(!redisHasTls())('Redis over TLS (skipped where redis-server was built without it)', () => {
  const tls: Certificates = makeCertificates();
  afterAll(() => rmSync(tls.directory, { recursive: true }));

  test.each<[string, () => Promise<AsyncDisposable & { url: string }>]>([
    ['one server', () => RedisServer.start({ tls })],
    ['a cluster', () => RedisCluster.start({ tls })],
    ['Sentinels', () => RedisSentinels.start({ tls })],
  ])('%s: commands, subscriptions and watches work with REDIS_TLS_CA, and only with it', async (_, start) => {
    await using servers = await start();
    const address = redisAddress(parseSettings({ REDIS_URL: servers.url, REDIS_TLS_CA: tls.ca }));
    const redis = openConsumerRedis(address, silentLogger());
    onTestFinished(() => redis.disconnect());
    await redis.set('{acct-alice}:view', '1');

    const subscriber = new Subscriber(address, redis);
    onTestFinished(() => subscriber.close());
    const heard: string[] = [];
    await subscriber.listen('a channel', (message) => heard.push(message));
    await redis.publish('a channel', 'hello');
    await expect.poll(() => heard).toEqual(['hello']);

    const producer = new Producer({
      redisAddress: address,
      shards: 1,
      retentionMs: 1_000,
      maxPending: 1,
      sealer: new Sealer([Buffer.alloc(32)]),
      logger: silentLogger(),
    });
    onTestFinished(() => producer.close());
    const watch = producer.watchAccount('alice');
    await expect.poll(() => watch.arm()).toBe(true);
    await redis.set('{acct-alice}:view', '2');
    expect(await watch.changed(10_000, new AbortController().signal)).toBe(true);

    const reasons: string[] = [];
    const log = Object.assign(silentLogger(), {
      error: (fields: { reason: string }) => reasons.push(fields.reason),
    });
    const distrustful = openConsumerRedis({ ...address, ca: undefined }, log);
    onTestFinished(() => distrustful.disconnect());
    await expect.poll(() => reasons).toContain('its TLS certificate is not trusted here');
  });

  test('a setting that is wrong is named, with what to do', () => {
    const settings = (given: Record<string, string>) => () => parseSettings(given);
    expect(settings({ REDIS_TLS_CA: tls.ca })).toThrow(
      /^Bad setting: REDIS_TLS_CA is set, and REDIS_URL uses no TLS/,
    );
    const url = 'rediss://:secret@h';
    expect(settings({ REDIS_URL: url, REDIS_TLS_CA: tls.key })).toThrow(
      `REDIS_TLS_CA contains no certificate in PEM: ${tls.key}`,
    );
    expect(settings({ REDIS_URL: url, REDIS_TLS_CA: readFileSync(tls.ca, 'utf8') })).toThrow(
      'REDIS_TLS_CA must be the name of a PEM file, not its content',
    );
    expect(settings({ REDIS_URL: `${url}:x` })).toThrow(
      /^Bad setting: REDIS_URL must name a host as host:port/,
    );
  });
});

test('a primary that accepts messages without its replicas causes a warning, with what to set', async () => {
  await using sentinels = await RedisSentinels.start();
  const redis = openConsumerRedis(parseRedisUrl(sentinels.url), silentLogger());
  onTestFinished(() => redis.disconnect());
  const warnings = async () => {
    const given: string[] = [];
    const logger = Object.assign(silentLogger(), { warn: (text: string) => given.push(text) });
    await requireFitRedis(redis, logger);
    return given.filter((text) => text.includes('Set min-replicas-to-write 1'));
  };
  expect(await warnings()).toHaveLength(1);
  await redis.config('SET', 'min-replicas-to-write', 1);
  expect(await warnings()).toEqual([]);
});

test('a URL of the wrong kind is refused at the start, with what to write', async () => {
  await using cluster = await RedisCluster.start();
  await using sentinels = await RedisSentinels.start();
  const refusal = async (url: string) => {
    const redis = openConsumerRedis(parseRedisUrl(url), silentLogger());
    onTestFinished(() => redis.disconnect());
    return whenReachable(redis).then(() => requireFitRedis(redis, silentLogger()));
  };
  const firstOf = (url: string) => /127\.0\.0\.1:\d+/.exec(url)?.[0] ?? '';
  await expect(refusal(`redis://${firstOf(cluster.url)}`)).rejects.toThrow(/begin it with redis\+cluster:/);
  await expect(refusal(`redis://${firstOf(sentinels.url)}`)).rejects.toThrow(/write redis\+sentinel:/);
  await expect(refusal(`redis+cluster://${firstOf(sentinels.url)}`)).rejects.toThrow(/is no cluster/);
  await expect(refusal(`redis+sentinel://${firstOf(cluster.url)}/main`)).rejects.toThrow(/is no Sentinel/);
});
