import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OpenStream } from '../env/event-source.ts';
import { Stack } from '../env/stack.ts';

const KEY = { Authorization: 'Bearer a-key' };

describe('`/metrics`', () => {
  let stack: Stack;
  let alice: number;
  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: 'a-key', WEBHOOK_ALLOW_PRIVATE: 'true' });
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
    // The worker may have published before it failed and held the others.
    await expect
      .poll(() => sample('gateway_hold_seconds_total{reason="FLOOD_WAIT",worker="0"}'), within)
      .toBeGreaterThanOrEqual(7);
    expect(await sample('gateway_sends_failed_total{code="RECIPIENT_NOT_FOUND",worker="0"}')).toBe(1);
    expect(await sample('gateway_shards_served{worker="0"}')).toBe(4);
    expect(await sample('gateway_accounts_connected{worker="0"}')).toBe(1);
    expect(await sample('gateway_accounts{state="flood_wait",worker="0"}')).toBe(1);
    expect(await sample('gateway_redis_up')).toBe(1);
    await expect.poll(() => sample('gateway_sends_sent_total{worker="0"}'), within).toBe(2);
    expect(await sample('gateway_send_delivery_seconds_count{worker="0"}')).toBe(2);
  });

  test('counts events, gaps and differences, and how far webhooks are behind', async () => {
    const bob = await stack.signIn('bob', '+9996627502');
    await using receiver = await Receiver.start();
    let held: ServerResponse | undefined;
    receiver.answers.push((response) => (held = response));
    await stack.control.differenceFault({ difference: 'too_long', user_id: alice });
    await stack.api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
    const hook = { url: receiver.url, events: ['message.new'] };
    await stack.api.post('/webhooks', hook);
    const { body: paused } = await stack.api.post('/webhooks', hook);
    await stack.api.post(`/webhooks/${paused.webhook_id}/pause`, {});
    const within = { timeout: 20_000, interval: 500 };
    await expect.poll(() => sample('gateway_event_gaps_total{reason="too_long",worker="0"}'), within).toBe(1);
    expect(await sample('gateway_differences_total{of="account",outcome="too_long",worker="0"}')).toBe(1);
    const stream = await OpenStream.open(`${stack.api.url}/telegram/accounts/alice/updates`, {
      ...KEY,
      Accept: 'text/event-stream',
    });
    for (const text of ['one', 'two', 'three']) await stack.control.write({ from: bob, to: alice, text });
    // The receiver has not answered the first event.
    await expect.poll(() => sample('gateway_webhook_lag_events{worker="0"}'), within).toBe(3);
    expect(await sample('gateway_webhook_lag_events_max{worker="0"}')).toBe(3);
    expect(await sample('gateway_events_stored_total{type="message.new",worker="0"}')).toBe(3);
    expect(await sample('gateway_event_delay_seconds_count{worker="0"}')).toBe(3);
    expect(await sample('gateway_event_bytes{worker="0"}')).toBeGreaterThan(3 * 500);
    expect(await sample('gateway_accounts_receiving{state="reading",worker="0"}')).toBe(1);
    expect(await sample('gateway_accounts_receiving{state="waiting",worker="0"}')).toBe(0);
    expect(await sample('gateway_webhooks{state="paused",worker="0"}')).toBe(1);
    expect(await sample('gateway_event_readers{way="stream"}')).toBe(1);
    held?.writeHead(500).end();
    await expect
      .poll(() => sample('gateway_event_deliveries_total{outcome="delivered",worker="0"}'), within)
      .toBe(3);
    expect(await sample('gateway_event_deliveries_total{outcome="failed",worker="0"}')).toBe(1);
    expect(await sample('gateway_webhook_lag_events{worker="0"}')).toBe(0);
    stream.close();
    await expect.poll(() => sample('gateway_event_readers{way="stream"}')).toBe(0);
  }, 60_000);

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
      'of',
      'outcome',
      'reason',
      'route',
      'state',
      'status',
      'type',
      'way',
      'worker',
    ]);
  });

  test('docs/metrics.md names all metrics, the dashboard and the alert rules only existing ones', async () => {
    const text = await metrics();
    const there = new Set([...text.matchAll(/^# TYPE (gateway_\w+) /gm)].map(([, name]) => name));
    const page = await readFile('docs/metrics.md', 'utf8');
    const described = new Set([...page.matchAll(/^\| `(gateway_\w+)`/gm)].map(([, name]) => name));
    expect([...described].sort()).toEqual([...there].sort());
    const dashboard = await readFile('docs/grafana/telegram-gateway.json', 'utf8');
    expect(() => JSON.parse(dashboard)).not.toThrow();
    const rules = await readFile('docs/prometheus/alerts.yml', 'utf8');
    for (const [name] of (dashboard + rules).matchAll(/gateway_\w+/g)) {
      if (name !== 'gateway_') expect(there).toContain(name.replace(/_(bucket|count)$/, ''));
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
