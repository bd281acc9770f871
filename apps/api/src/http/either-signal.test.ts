import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { withEitherSignal } from './either-signal.ts';

test.each([0, 1])('the signal is aborted with number %d of the two', async (index) => {
  const controllers = [new AbortController(), new AbortController()] as const;
  const [one, other] = controllers;
  await withEitherSignal(one.signal, other.signal, async (signal) => {
    expect(signal.aborted).toBe(false);
    controllers[index]?.abort();
    expect(signal.aborted).toBe(true);
  });
});

test('it is aborted from the start where one was aborted before', async () => {
  expect(
    await withEitherSignal(
      AbortSignal.abort(),
      new AbortController().signal,
      async (signal) => signal.aborted,
    ),
  ).toBe(true);
});

test('it leaves no listener behind, also when the work fails', async () => {
  const one = new AbortController();
  const other = new AbortController();
  const work = withEitherSignal(one.signal, other.signal, () => Promise.reject(new Error('no')));
  await expect(work).rejects.toThrow('no');
  expect(getEventListeners(one.signal, 'abort')).toHaveLength(0);
  expect(getEventListeners(other.signal, 'abort')).toHaveLength(0);
});
