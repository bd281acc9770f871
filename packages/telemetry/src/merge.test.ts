import { expect, test } from 'vitest';
import { createApiMetrics } from './api-metrics.ts';
import { mergeMetrics } from './merge.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

const GAUGES = {
  accounts: new Map([['ready', 3]]),
  connected: 2,
  waiting: 5,
  delayed: 1,
  active: 1,
  oldestSeconds: 7.5,
  shards: 4,
  receiving: {
    reading: 2,
    waiting: 1,
    storedBytes: 2_000,
    webhooks: { active: 1, paused: 0 },
    lag: { sum: 5, max: 3 },
  },
};

test("merges the API's metrics with each worker's under its number, and describes each name once", async () => {
  const api = createApiMetrics();
  api.accepted(3);
  const first = createWorkerMetrics();
  first.sent(0.2);
  first.failed('RECIPIENT_REFUSED');
  const second = createWorkerMetrics();
  second.sent(100);
  const text = await mergeMetrics(
    await api.snapshot(),
    // In the form that Redis stores.
    new Map([
      [0, JSON.parse(JSON.stringify(await first.snapshot(GAUGES)))],
      [2, JSON.parse(JSON.stringify(await second.snapshot({ ...GAUGES, accounts: new Map() })))],
    ]),
  );
  const lines = text.split('\n');
  for (const line of [
    'gateway_sends_accepted_total 3',
    'gateway_sends_sent_total{worker="0"} 1',
    'gateway_sends_sent_total{worker="2"} 1',
    'gateway_sends_failed_total{code="RECIPIENT_REFUSED",worker="0"} 1',
    'gateway_send_delivery_seconds_bucket{le="0.25",worker="0"} 1',
    'gateway_send_delivery_seconds_bucket{le="60",worker="2"} 0',
    'gateway_sends_pending{state="waiting",worker="2"} 5',
    'gateway_accounts{state="ready",worker="0"} 3',
  ])
    expect(lines).toContain(line);
  const described = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
  expect(new Set(described).size).toBe(described.length);
});

test('drops a state that no account is in any more', async () => {
  const worker = createWorkerMetrics();
  await worker.snapshot(GAUGES);
  const snapshot = await worker.snapshot({ ...GAUGES, accounts: new Map([['revoked', 1]]) });
  const text = await mergeMetrics([], new Map([[0, snapshot]]));
  expect(text).toContain('gateway_accounts{state="revoked",worker="0"} 1');
  expect(text).not.toContain('state="ready"');
});

test('has one label for all non-standard HTTP methods', async () => {
  const api = createApiMetrics();
  for (const method of ['BREW', 'GET', 'X1', 'X2'])
    api.http({ method, route: '/', status: 200, seconds: 0.01 });
  const text = await mergeMetrics(await api.snapshot(), new Map());
  expect(text).toContain('gateway_http_request_seconds_count{method="other",route="/",status="200"} 3');
});
