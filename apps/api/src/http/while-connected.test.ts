import { getEventListeners, once } from 'node:events';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { ApiEnv } from '../context.ts';
import { overHttp } from '../testing/over-http.ts';
import { whileConnected } from './while-connected.ts';

/** Serves a route that waits for its signal. `begun` and `over` tell how far it is. */
function waiting(stopping: AbortSignal) {
  const steps = new EventTarget();
  const app = new Hono<ApiEnv>();
  app.get('/', (c) =>
    whileConnected(c, stopping, async (signal) => {
      steps.dispatchEvent(new Event('begun'));
      if (!signal.aborted) await once(signal, 'abort');
      steps.dispatchEvent(new Event('over'));
      return c.text('over');
    }),
  );
  return { begun: once(steps, 'begun'), over: once(steps, 'over'), ...overHttp(app) };
}

test('ends when the caller hangs up', async () => {
  const caller = new AbortController();
  const { begun, over, request } = waiting(new AbortController().signal);
  const answer = request('/', { signal: caller.signal });
  await begun;
  caller.abort();
  await expect(answer).rejects.toThrow('aborted');
  await over;
});

test('ends when the process stops, and leaves no listener behind', async () => {
  const stopping = new AbortController();
  const { begun, request } = waiting(stopping.signal);
  const answer = request('/');
  await begun;
  stopping.abort();
  expect(await (await answer).text()).toBe('over');
  expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
  expect(await (await request('/')).text()).toBe('over');
});
