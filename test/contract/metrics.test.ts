import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const KEY = { Authorization: 'Bearer a-key' };

describe('`/metrics`', () => {
  let stack: Stack;
  let alice: number;
  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: 'a-key' });
    stack.api.headers = KEY;
    alice = await stack.signIn('alice', '+9996627501');
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const metrics = async () => (await fetch(`${stack.api.url}/metrics`, { headers: KEY })).text();
  const sample = async (name: string) =>
    Number(
      new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(await metrics())?.[1] ??
        Number.NaN,
    );

  test('requires an API key if there are any', async () => {
    expect((await fetch(`${stack.api.url}/metrics`)).status).toBe(401);
    const answer = await fetch(`${stack.api.url}/metrics`, { headers: KEY });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain');
  });

  test('counts accepted, sent, failed and held messages, of API and workers', async () => {
    await stack.api.send('alice', 'me', 'one');
    await stack.api.send('alice', '@nobody_has_this', 'two');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_7' });
    await stack.api.send('alice', 'me', 'three', { Prefer: 'wait=1' });
    expect(await sample('gateway_sends_accepted_total')).toBe(3);
    const within = { timeout: 15_000, interval: 500 };
    await expect.poll(() => sample('gateway_sends_sent_total{worker="0"}'), within).toBe(1);
    expect(await sample('gateway_sends_failed_total{code="RECIPIENT_NOT_FOUND",worker="0"}')).toBe(1);
    expect(await sample('gateway_hold_seconds_total{reason="FLOOD_WAIT",worker="0"}')).toBeGreaterThanOrEqual(
      7,
    );
    expect(await sample('gateway_shards_served{worker="0"}')).toBe(4);
    expect(await sample('gateway_accounts_connected{worker="0"}')).toBe(1);
    expect(await sample('gateway_accounts{state="flood_wait",worker="0"}')).toBe(1);
    expect(await sample('gateway_redis_up')).toBe(1);
    await expect.poll(() => sample('gateway_sends_sent_total{worker="0"}'), within).toBe(2);
    expect(await sample('gateway_send_delivery_seconds_count{worker="0"}')).toBe(2);
  });

  test('no label has unbounded values', async () => {
    for (const path of ['/nothing/1', '/nothing/2', '/jobs/made-up', '/telegram/user/status/made-up'])
      await stack.api.get(path);
    const text = await metrics();
    for (const value of ['made-up', 'nothing', 'alice', '9996627501', String(alice)])
      expect(text).not.toContain(value);
    const labels = new Set(
      [...text.matchAll(/^gateway_\w+\{([^}]*)\}/gm)].flatMap(([, all = '']) =>
        all.split(',').map((pair) => pair.split('=')[0]),
      ),
    );
    expect([...labels].sort()).toEqual([
      'change',
      'code',
      'le',
      'method',
      'reason',
      'route',
      'state',
      'status',
      'worker',
    ]);
  });

  test('docs/metrics.md names all metrics, and the Grafana dashboard only existing ones', async () => {
    const text = await metrics();
    const there = new Set([...text.matchAll(/^# TYPE (gateway_\w+) /gm)].map(([, name]) => name));
    const page = await readFile('docs/metrics.md', 'utf8');
    const described = new Set([...page.matchAll(/^\| `(gateway_\w+)`/gm)].map(([, name]) => name));
    expect([...described].sort()).toEqual([...there].sort());
    const dashboard = await readFile('docs/grafana/telegram-gateway.json', 'utf8');
    expect(() => JSON.parse(dashboard)).not.toThrow();
    for (const [name] of dashboard.matchAll(/gateway_\w+/g)) {
      if (name !== 'gateway_') expect(there).toContain(name.replace(/_bucket$/, ''));
    }
  });

  test('without Redis it still answers for the API, and says so', async () => {
    await stack.redis.stop();
    await expect.poll(() => sample('gateway_redis_up')).toBe(0);
    expect(await sample('gateway_sends_accepted_total')).toBe(3);
    await stack.redis.resume();
    await expect.poll(() => sample('gateway_redis_up'), { timeout: 15_000 }).toBe(1);
  });
});
