import { describe, expect, test, vi } from 'vitest';
import { BoundedThreads } from './bounded-thread.ts';

/** A thread starts slowly on a busy machine. */
const PATIENCE = { timeout: 15_000 };

const threads = (timeoutMs = 10_000, atOnce = 2, maxWaiting = 10, keepMs = 0) =>
  new BoundedThreads<{ kind: string; bytes?: Uint8Array<ArrayBuffer> }, unknown>({
    entry: new URL('testing/misbehaving-thread.mjs', import.meta.url),
    timeoutMs,
    heapMb: 32,
    atOnce,
    maxWaiting,
    keepMs,
  });

describe('a task in a bounded thread', () => {
  test('returns its output, and can receive buffers by transfer', async () => {
    const bytes = new Uint8Array(1_000);
    const answer = await threads().run({ kind: 'count', bytes }, [bytes.buffer]);
    expect(answer).toEqual({ kind: 'count', length: 1_000 });
    expect(bytes.length).toBe(0);
  });

  test('has no access to the environment and options of the process', async () => {
    expect(await threads().run({ kind: 'argv' })).toEqual({ argv: [], env: [] });
  });

  test('that never ends is stopped at its time limit', async () => {
    await expect(threads(300).run({ kind: 'endless' })).rejects.toMatchObject({ failure: 'timeout' });
  });

  test('that fills its heap is stopped', async () => {
    await expect(threads().run({ kind: 'hoard' })).rejects.toMatchObject({ failure: 'memory' });
  });

  test.each(['throw', 'exit'])('that ends by %s fails', async (kind) => {
    await expect(threads().run({ kind })).rejects.toMatchObject({ failure: 'failed' });
  });

  test('waits for a free thread, and is refused if too many wait', async () => {
    const one = threads(200, 1, 1);
    const endless = one.run({ kind: 'endless' });
    const waiting = one.run({ kind: 'next' });
    await expect(one.run({ kind: 'too many' })).rejects.toMatchObject({ failure: 'busy' });
    await expect(endless).rejects.toMatchObject({ failure: 'timeout' });
    expect(await waiting).toEqual({ kind: 'next', length: 0 });
  });

  test('has a thread of its own, unless threads are kept', async () => {
    const fresh = threads();
    expect(await fresh.run({ kind: 'calls' })).toEqual({ calls: 1 });
    expect(await fresh.run({ kind: 'calls' })).toEqual({ calls: 1 });
    const kept = threads(10_000, 1, 10, 60_000);
    expect(await kept.run({ kind: 'calls' })).toEqual({ calls: 1 });
    expect(await kept.run({ kind: 'calls' })).toEqual({ calls: 2 });
  });

  test('that fails does not take a thread from the next tasks', async () => {
    const kept = threads(300, 1, 10, 60_000);
    expect(await kept.run({ kind: 'calls' })).toEqual({ calls: 1 });
    await expect(kept.run({ kind: 'endless' })).rejects.toMatchObject({ failure: 'timeout' });
    await expect(kept.run({ kind: 'throw' })).rejects.toMatchObject({ failure: 'failed' });
    expect(await kept.run({ kind: 'calls' })).toEqual({ calls: 1 });
  });

  test('gets a new thread if the kept one has ended', async () => {
    const kept = threads(10_000, 1, 10, 60_000);
    await kept.run({ kind: 'exit soon' });
    await vi.waitFor(async () => expect(await kept.run({ kind: 'calls' })).toEqual({ calls: 1 }), PATIENCE);
    const shortly = threads(10_000, 1, 10, 1);
    await shortly.run({ kind: 'calls' });
    await vi.waitFor(
      async () => expect(await shortly.run({ kind: 'calls' })).toEqual({ calls: 1 }),
      PATIENCE,
    );
  });
});
