import type { WaitEnd } from '@gateway/queue';
import { expect, test } from 'vitest';
import { runInteractive, type InteractiveContext } from './interactive.ts';

const JOB_ID = 'the job';

/** A job that a worker has begun, or not. It stands in for a real one that runs for a minute, or never begins. */
class Job {
  hasBegun = false;
  hasEnded = false;
  isWithdrawn = false;
  /** How long its caller has waited for it, wait by wait, in ms. */
  readonly waits: number[] = [];
  openWaits = 0;
  onWait: (signal: AbortSignal | undefined) => void = () => {};

  readonly control: InteractiveContext['producer']['control'] = {
    enqueue: async () => {
      this.openWaits += 1;
      return { jobId: JOB_ID, wait: { until: (ms, signal) => this.#wait(ms, signal), cancel: this.#cancel } };
    },
    result: async () => (this.hasEnded ? ({} as never) : null),
    withdraw: async () => (this.isWithdrawn = !this.hasBegun),
    outage: (_userId, signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
  };

  readonly #cancel = () => {
    this.openWaits -= 1;
  };

  async #wait(ms: number, signal: AbortSignal | undefined): Promise<WaitEnd> {
    this.waits.push(ms);
    this.onWait(signal);
    return { end: 'timeout' };
  }

  run(signal = new AbortController().signal) {
    const call = { name: 'auth.cancel', userId: 'user1', payload: {}, requestId: 'r1', signal } as const;
    return runInteractive({ producer: { control: this.control }, settings: { AUTH_WAIT_MS: 5_000 } }, call);
  }
}

test('a job that nobody begins is withdrawn', async () => {
  const job = new Job();
  await expect(job.run()).rejects.toMatchObject({
    code: 'WORKER_UNAVAILABLE',
    details: { jobId: JOB_ID },
  });
  expect([job.waits, job.isWithdrawn, job.openWaits]).toEqual([[5_000], true, 0]);
});

test('a job that was begun is waited for, 60 s in all', async () => {
  const job = new Job();
  job.hasBegun = true;
  job.onWait = () => (job.hasEnded = job.waits.length === 2);
  expect(await job.run()).toEqual({ jobId: JOB_ID, result: {} });
  expect(job.waits[1]).toBeGreaterThan(58_000);
  expect(job.waits[1]).toBeLessThanOrEqual(60_000);
});

test('a job that does not end in 60 s has an unknown outcome, to be read by its id', async () => {
  const job = new Job();
  job.hasBegun = true;
  await expect(job.run()).rejects.toMatchObject({ code: 'TELEGRAM_TIMEOUT', details: { jobId: JOB_ID } });
  expect([job.isWithdrawn, job.openWaits]).toEqual([false, 0]);
});

test('a caller that has hung up is not waited for, and the job is withdrawn', async () => {
  const job = new Job();
  await expect(job.run(AbortSignal.abort())).rejects.toMatchObject({ code: 'WORKER_UNAVAILABLE' });
  expect([job.waits, job.isWithdrawn]).toEqual([[], true]);
});

test('a caller that hangs up after it was begun withdraws nothing', async () => {
  const caller = new AbortController();
  const job = new Job();
  job.hasBegun = true;
  job.onWait = (signal) => {
    caller.abort();
    expect(signal?.aborted).toBe(true);
  };
  await expect(job.run(caller.signal)).rejects.toMatchObject({ code: 'TELEGRAM_TIMEOUT' });
  expect([job.waits.length, job.isWithdrawn]).toEqual([1, false]);
});
