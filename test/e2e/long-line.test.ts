import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const BOB = '+9996625002';
/** Number of waiting messages. Raise it manually to check that the time grows linearly. */
const COUNT = Number(process.env['LONG_LINE'] ?? 4_000);

describe('an account with a long queue', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({
      SEND_MAX_PENDING: '1000000',
      LOG_LEVEL: 'info',
      WEBHOOK_ALLOW_PRIVATE: 'true',
    });
    await stack.signIn('long', '+9996625001');
    await stack.signIn('bob', BOB);
    await stack.api.post('/telegram/user/pause', { user_id: 'long' });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  test(
    '`disconnect` with `forget` ends every message with ACCOUNT_DISCONNECTED, tells webhooks, and others go on',
    async () => {
      const jobs: string[] = [];
      for (let from = 0; from < COUNT; from += 1_000) {
        const messages = Array.from({ length: 1_000 }, (_, at) => ({
          user_id: 'long',
          recipient_id: BOB,
          text: `${from + at}`,
          ...(at === 500 && { callback_url: 'http://127.0.0.1:9/hook' }),
          ...(at === 999 && { send_at: new Date(Date.now() + 86_400_000).toISOString() }),
        }));
        const { body } = await stack.api.post('/telegram/user/send/batch', { messages });
        expect(body.jobs).toEqual(
          messages.map(() => expect.objectContaining({ job_id: expect.any(String) })),
        );
        jobs.push(...body.jobs.map(({ job_id: jobId }: { job_id: string }) => jobId));
      }
      const listed = performance.now();
      const { body: lists } = await stack.api.get('/telegram/accounts/long/sends?limit=100');
      const listMs = performance.now() - listed;
      expect(lists.pending.map(({ preview }: { preview: string }) => preview)).toEqual(
        Array.from({ length: 100 }, (_, at) => String(at)),
      );
      const begun = performance.now();
      const forgotten = await stack.api.post('/telegram/user/disconnect', {
        user_id: 'long',
        logout: false,
        forget: true,
      });
      expect(forgotten.status).toBe(200);
      const answerMs = performance.now() - begun;
      const others: number[] = [];
      await expect
        .poll(
          async () => {
            const asked = performance.now();
            expect((await stack.api.send('bob', 'me', 'meanwhile', { Prefer: 'wait=30' })).status).toBe(200);
            others.push(performance.now() - asked);
            const { pending } = (await stack.api.status('long')).body;
            return pending.waiting + pending.delayed + pending.active;
          },
          { timeout: COUNT * 2 + 10_000, interval: 5 },
        )
        .toBe(0);
      const endMs = performance.now() - begun;
      if (COUNT > 4_000)
        process.stdout.write(
          `${JSON.stringify({ COUNT, listMs, answerMs, endMs, slowestOther: Math.max(...others) })}\n`,
        );
      // Each step ends many messages, and writes one log line.
      expect(stack.worker.output.match(/ACCOUNT_DISCONNECTED/g)?.length).toBeLessThan(COUNT / 50);
      for (const jobId of [jobs[0], jobs[500], jobs[999], jobs.at(-2)])
        expect((await stack.api.get(`/jobs/${jobId}`)).body).toMatchObject({
          state: 'failed',
          error: { code: 'ACCOUNT_DISCONNECTED', job_id: jobId },
        });
      const { body } = await stack.api.get('/webhooks/deliveries?user_id=long&limit=100');
      expect(body.deliveries.map(({ job_id: jobId }: { job_id: string }) => jobId)).toContain(jobs.at(-500));
    },
    COUNT * 5 + 60_000,
  );
});
