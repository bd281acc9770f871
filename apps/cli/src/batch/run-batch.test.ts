import { GatewayClient } from '@gateway/client';
import { expect, test } from 'vitest';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { newTally, runBatch, type LineEnd } from './run-batch.ts';

test('a line that the full queue refuses is kept and sent later, in its place', async () => {
  const gateway = await FakeGateway.start();
  let isFull = true;
  gateway.answers({
    'POST /telegram/user/send': ({ body: { text } }) => {
      if (text === 'b' && isFull) {
        isFull = false;
        return refusal(429, 'QUEUE_FULL', { retry_after: 1 });
      }
      return { status: 202, body: { status: 'queued', job_id: text, state: 'waiting' } };
    },
  });
  const ends: LineEnd[] = [];
  const reasons = new Set<string | null>();
  const tally = newTally(3);
  await runBatch(
    {
      // Its own retries would hide the answer.
      client: new GatewayClient({ baseUrl: gateway.url, retries: 0 }),
      lines: ['a', 'b', 'c'].map((text, index) => ({
        line: index + 1,
        message: { user_id: 'alice', recipient_id: 'me', text },
      })),
      name: 'x',
      untilSent: false,
      signal: new AbortController().signal,
      onLine: (end) => ends.push(end),
      onProgress: ({ reason }) => reasons.add(reason),
    },
    tally,
  );
  expect(gateway.heard.map(({ body }) => body.text)).toEqual(['a', 'b', 'b', 'c']);
  expect(ends.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(reasons).toContain('QUEUE_FULL');
  expect(tally).toMatchObject({ accepted: 3, failed: 0 });
  await gateway[Symbol.asyncDispose]();
});
