import { ACTIONS } from '@gateway/actions';
import { expect, test } from 'vitest';
import { LaneJob } from './lane-job.ts';
import { LaneJobs } from './lane-jobs.ts';

const laneJobs = () =>
  new LaneJobs({ showHeldJobs: async () => {}, removeHeldJob: async () => {}, now: Date.now });

/** Adds a job as fetched, for the first time or again. */
function take(into: LaneJobs, jobId: string): LaneJob {
  const data = {
    userId: 'u',
    recipient: 'me',
    text: jobId,
    linkPreview: true,
    requestId: 'r',
    digest: '',
  };
  const job = new LaneJob({
    jobId,
    action: ACTIONS.send,
    data,
    acceptedAt: 0,
    dueAt: 0,
    askedAt: 0,
    attempts: 0,
    trace: undefined,
    progress: { sent: [] },
    saveProgress: async () => {},
    dependency: undefined,
    released: () => 0,
    complete: async () => null,
    fail: async () => {},
    putBack: async () => {},
  });
  into.add(job);
  return job;
}

/** Fetches a job, fails this many attempts, and puts it back in the queue. */
function leaveAfter(from: LaneJobs, jobId: string, failures: number): void {
  const job = take(from, jobId);
  job.failures = failures;
  from.drop(job);
}

test('a job that is fetched again keeps its failed attempts, once', () => {
  const own = laneJobs();
  leaveAfter(own, 'a', 3);
  expect(take(own, 'a').failures).toBe(3);
  expect(take(own, 'a').failures).toBe(0);
});

test('the failed attempts of an ended job are forgotten', () => {
  const own = laneJobs();
  const job = take(own, 'a');
  Object.assign(job, { failures: 3, ended: 'failed' });
  own.drop(job);
  expect(take(own, 'a').failures).toBe(0);
});

test('beyond a thousand remembered jobs, the oldest is forgotten', () => {
  const own = laneJobs();
  for (let index = 0; index < 1_000; index += 1) leaveAfter(own, `cancelled-${index}`, 1);
  leaveAfter(own, 'a', 7);
  expect(take(own, 'a').failures).toBe(7);
  expect(take(own, 'cancelled-0').failures).toBe(0);
  expect(take(own, 'cancelled-1').failures).toBe(1);
});
