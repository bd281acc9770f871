import { describe, expect, test } from 'vitest';
import { describeRedis, parseRedisUrl, type RedisAddress } from './redis-address.ts';

const SERVER: RedisAddress = {
  kind: 'server',
  nodes: [{ host: 'h', port: 6379 }],
  primary: '',
  username: undefined,
  password: undefined,
  database: 0,
  sentinel: { username: undefined, password: undefined },
  tls: false,
  ca: undefined,
};
const NODES = [
  { host: 'a', port: 7000 },
  { host: '::1', port: 7001 },
];

describe('REDIS_URL', () => {
  test.each<[string, Partial<RedisAddress>]>([
    ['redis://h', {}],
    ['redis://h/', {}],
    ['redis://:p%40ss@h:6380/3', { nodes: [{ host: 'h', port: 6380 }], password: 'p@ss', database: 3 }],
    ['redis://user@h', { username: 'user' }],
    ['rediss://user:a@b/c@h', { tls: true, username: 'user', password: 'a@b/c' }],
    ['redis+cluster://a:7000,[::1]:7001', { kind: 'cluster', nodes: NODES }],
    ['rediss+cluster://u:p@h/0', { kind: 'cluster', tls: true, username: 'u', password: 'p' }],
    [
      'redis+sentinel://a:7000,[::1]:7001/main',
      { kind: 'sentinel', nodes: NODES, primary: 'main', database: 0 },
    ],
    [
      'rediss+sentinel://u:p@h/main/2?sentinel_username=s&sentinel_password=t%25',
      {
        kind: 'sentinel',
        nodes: [{ host: 'h', port: 26_379 }],
        primary: 'main',
        database: 2,
        tls: true,
        username: 'u',
        password: 'p',
        sentinel: { username: 's', password: 't%' },
      },
    ],
  ])('%s is read', (url, address) => {
    expect(parseRedisUrl(url)).toEqual({ ...SERVER, ...address });
  });

  test.each([
    ['http://h', /^must begin with redis:\/\/ or rediss:\/\//],
    ['redis+other://h', /^must begin with/],
    ['redis://', /^must name a host as host:port/],
    ['redis://:secret@h:0', /^must name a host/],
    ['redis://:secret@h:70000', /^must name a host/],
    ['redis+cluster://a:1,,b:2', /^must name each host/],
    ['redis://a:1,b:2', /^names several servers: use redis\+cluster/],
    ['redis://:secret@h/x', /^must end with a database number or nothing/],
    ['redis+cluster://:secret@h/1', /a cluster has only database 0/],
    ['redis+sentinel://:secret@h', /^needs the name that the Sentinels give the primary/],
    ['redis+sentinel://h/main/secret', /^must end with a database number/],
    ['redis+sentinel://h/main?password=secret', /^may have only sentinel_username/],
    ['redis://:sec%ret@h', /^has a % that begins no escape/],
    ['redis://h?secret=1', /^may have nothing behind a \?/],
  ])('%s is refused, and the message does not show it', (url, message) => {
    expect(() => parseRedisUrl(url)).toThrow(message);
    expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
  });

  test('is described without a user or password', () => {
    expect(describeRedis(parseRedisUrl('redis://u:secret@h'))).toBe('h:6379');
    expect(describeRedis(parseRedisUrl('redis+cluster://u:secret@a,[::1]:7001'))).toBe(
      'cluster a:6379,[::1]:7001',
    );
    expect(describeRedis(parseRedisUrl('redis+sentinel://u:secret@h/main'))).toBe(
      'main by Sentinels h:26379',
    );
  });
});
