import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996626701';
const OUT_OF_MEMORY = {
  status: 503,
  body: {
    code: 'QUEUE_UNAVAILABLE',
    kind: 'retryable',
    message: 'The queue (Redis) accepts no writes: it is out of memory (maxmemory). Nothing was queued.',
  },
};

describe('a Redis that is out of memory', () => {
  let stack: Stack;
  let redis: Redis;
  beforeAll(async () => {
    stack = await Stack.start({ SESSION_STORE: 'redis' });
    redis = new Redis(stack.redis.url);
    await stack.signIn('alice', ALICE);
  }, 60_000);
  afterAll(async () => {
    redis.disconnect();
    await stack[Symbol.asyncDispose]();
  });

  test('is named as the reason; nothing is sent later, and the account stays signed in', async () => {
    const session = await redis.get('{acct-alice}:account');
    await redis.config('SET', 'maxmemory', '1');
    const calls: (() => Promise<ApiAnswer>)[] = [
      () => stack.api.send('alice', 'me', 'refused'),
      () => stack.api.startSignIn('bob', '+9996626702'),
      () => stack.api.post('/telegram/user/disconnect', { user_id: 'alice' }),
    ];
    for (const call of calls) expect(await call()).toMatchObject(OUT_OF_MEMORY);
    const batch = {
      messages: [1, 2].map((n) => ({ user_id: 'alice', recipient_id: 'me', text: `refused ${n}` })),
    };
    const answer = await stack.api.post('/telegram/user/send/batch', batch);
    expect(answer.body).toMatchObject(OUT_OF_MEMORY.body);
    await redis.config('SET', 'maxmemory', '0');
    expect(await redis.get('{acct-alice}:account')).toBe(session);
    expect((await stack.api.send('alice', 'me', 'taken')).status).toBe(200);
    const { id } = (await stack.api.status('alice', '?live=true')).body.user_info;
    const messages = await stack.control.messages({ from: id, to: id });
    expect(messages.map(({ text }) => text)).toEqual(['taken']);
  });
});
