import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as keys from './keys.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Patterns of keys built by hand: a hash tag of the product, or a prefix or name from keys.ts with a suffix. */
const BY_HAND = [
  /(?<!\$)\{(acct-|shard-|gateway\}|webhooks\}|tries\})/,
  /\$\{[^}]*(Prefix\(|PREFIX\b|_QUEUE\b|Key\(|_KEY\b|keyOf\()[^}]*\}:/,
  /:\$\{(SEND_QUEUE|CONTROL_QUEUE|WEBHOOK_QUEUE)\}/,
  /(Prefix|Key|keyOf)\([^()]*\)\s*\+|(PREFIX|_KEY)\b\s*\+\s*['"`]/,
];

/** Packages in which constants with such names are no Redis keys, but for example metric names. */
const NO_KEYS = /^packages\/(sessions\/src\/backup|telemetry|sandbox|console)/;

function linesByHand(source: string): string[] {
  return source
    .split('\n')
    .filter((line) => !/^\s*(\*|\/\*|\/\/)/.test(line))
    .filter((line) => BY_HAND.some((pattern) => pattern.test(line)));
}

function productFiles(): string[] {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(join(ROOT, top)).flatMap((name) =>
      readdirSync(join(ROOT, top, name, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(^|\/)testing\//.test(file))
        .map((file) => `${top}/${name}/src/${file.replaceAll('\\', '/')}`),
    ),
  );
}

test('only keys.ts builds Redis keys', () => {
  const files = productFiles().filter((file) => file !== 'packages/queue/src/keys.ts' && !NO_KEYS.test(file));
  const found = files.flatMap((file) =>
    linesByHand(readFileSync(join(ROOT, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(found, 'build these keys by a function in packages/queue/src/keys.ts').toEqual([]);
});

test.each([
  'redis.get(`{acct-${userId}}:view`)',
  "redis.get('{gateway}:shards')",
  'const key = `${accountPrefix(userId)}:${SEND_QUEUE}:${list}`;',
  'const key = `${prefix}:${SEND_QUEUE}:wait`;',
  "const key = shardPrefix(shard) + ':lease';",
  'const key = `${WEBHOOK_PREFIX}:log`;',
  "const key = SHARD_COUNT_KEY + ':old';",
  'const key = `${accountViewKey(userId)}:old`;',
])('finds a key built by hand: %s', (line) => {
  expect(linesByHand(line)).toEqual([line]);
});

/** Older versions have stored data under these names, so a change needs a migration. */
test('the names of the keys are fixed', () => {
  expect([
    keys.accountPrefix('u1'),
    keys.sendQueuePrefix('u1'),
    keys.sendListKey('u1', 'wait'),
    keys.sendJobKey('u1', 'j1'),
    keys.fenceKey('u1'),
    keys.sessionKey('u1', 'fence'),
    keys.sessionKey('u1', 'account'),
    keys.sessionKey('u1', 'peers:broken'),
    keys.sendStateKey('u1'),
    keys.heldJobsKey('u1'),
    keys.accountViewKey('u1'),
    keys.historyKey('u1', 7),
    keys.eventsKey('u1'),
    keys.receivingKey('u1'),
    keys.updateStateKey('u1'),
    keys.eventIndexKey('u1'),
    keys.webhookCursorsKey('u1'),
    keys.shardPrefix(3),
    keys.dueAccountsKey(3),
    keys.dueAccountsChannel(3),
    keys.shardAccountsKey(3),
    keys.receivingAccountsKey(3),
    keys.eventsChannel(3),
    keys.publishedShardKey(3),
    keys.publishingShardKey(3),
    keys.indexedShardKey(3),
    keys.accountGroupKey('ready:any'),
    keys.accountTextsKey(),
    keys.leaseKey(3),
    keys.leaseNumberKey(3),
    keys.unreleasedLeasesKey(3),
    keys.webhookLogKey('u1'),
    keys.metricsKey(2),
  ]).toEqual([
    '{acct-u1}',
    '{acct-u1}:send:',
    '{acct-u1}:send:wait',
    '{acct-u1}:send:j1',
    '{acct-u1}:fence',
    '{acct-u1}:fence',
    '{acct-u1}:account',
    '{acct-u1}:peers:broken',
    '{acct-u1}:sends',
    '{acct-u1}:aside',
    '{acct-u1}:view',
    '{acct-u1}:history:7',
    '{acct-u1}:events',
    '{acct-u1}:receiving',
    '{acct-u1}:updates',
    '{acct-u1}:events:chats',
    '{acct-u1}:webhooks',
    '{shard-3}',
    '{shard-3}:doorbell',
    '{shard-3}:ring',
    '{shard-3}:accounts',
    '{shard-3}:receiving',
    '{shard-3}:events',
    '{shard-3}:published',
    '{shard-3}:publishing',
    '{shard-3}:indexed-2',
    '{gateway}:accounts:group:ready:any',
    '{gateway}:accounts:texts',
    '{shard-3}:lease',
    '{shard-3}:lease-number',
    '{shard-3}:leases-unreleased',
    '{webhooks}:log:u1',
    '{gateway}:metrics:2',
  ]);
});

test('a key of an account names its account', () => {
  expect(keys.accountOfKey(keys.sendListKey('u@1.+', 'wait'))).toBe('u@1.+');
  expect(keys.accountOfKey(keys.shardAccountsKey(1))).toBeNull();
});

test('the names of shared keys are fixed', () => {
  const { CONTROL_QUEUE, SEND_QUEUE, WEBHOOK_PREFIX, WEBHOOK_QUEUE } = keys;
  expect([SEND_QUEUE, CONTROL_QUEUE, WEBHOOK_PREFIX, WEBHOOK_QUEUE]).toEqual([
    'send',
    'control',
    '{webhooks}',
    'webhooks',
  ]);
  const { SHARD_COUNT_KEY, WORKERS_KEY, OWNERSHIP_CHANNEL, RATE_LIMIT_PREFIX } = keys;
  expect([SHARD_COUNT_KEY, WORKERS_KEY, OWNERSHIP_CHANNEL, RATE_LIMIT_PREFIX]).toEqual([
    '{gateway}:shards',
    '{gateway}:workers',
    '{gateway}:ownership',
    '{tries}',
  ]);
  expect([keys.ENDED_CHANNEL, keys.HELD_CHANNEL]).toEqual(['{gateway}:ended', '{gateway}:held']);
  expect([
    keys.WEBHOOKS_KEY,
    keys.WEBHOOK_STATES_KEY,
    keys.WEBHOOK_ERRORS_KEY,
    keys.WEBHOOKS_CHANNEL,
  ]).toEqual([
    '{gateway}:webhooks',
    '{gateway}:webhooks:states',
    '{gateway}:webhooks:errors',
    '{gateway}:webhooks:changed',
  ]);
  expect([keys.SESSION_INDEX_KEY, keys.IMPORT_LOCK_KEY]).toEqual(['{gateway}:sessions', '{gateway}:import']);
});
