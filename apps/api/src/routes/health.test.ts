import { GatewayError } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { testApi } from '../testing/test-api.ts';

test('healthz is ok whatever else is not', async () => {
  const { producer, call } = testApi();
  producer.away = { from: 'liveWorkers', error: new GatewayError('QUEUE_UNAVAILABLE') };
  const { status, body } = await call('/healthz');
  expect([status, body]).toEqual([200, { status: 'ok' }]);
});

test('readyz is ok where Redis answers and a worker lives', async () => {
  const { status, body } = await testApi().call('/readyz');
  expect([status, body]).toEqual([200, { status: 'ok' }]);
});

test('readyz names redis where it is away', async () => {
  const { producer, call } = testApi();
  producer.away = { from: 'liveWorkers', error: new GatewayError('QUEUE_UNAVAILABLE') };
  const { status, body } = await call('/readyz');
  expect(status).toBe(503);
  expect(body).toMatchObject({ status: 'error', code: 'QUEUE_UNAVAILABLE', part: 'redis' });
});

test('readyz names workers where none lives', async () => {
  const { producer, call } = testApi();
  producer.workers = 0;
  const { status, body } = await call('/readyz');
  expect(status).toBe(503);
  expect(body).toMatchObject({ status: 'error', code: 'WORKER_UNAVAILABLE', part: 'workers' });
});
