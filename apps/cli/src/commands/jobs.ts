import { hasEnded, type Job } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { errorLine, EXIT, UsageError, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';
import type { Output } from '../output.ts';

export async function getJob({ client, io, out, say }: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await client.job(jobId, { signal: io.signal });
  out.result(job, describeJob(out, say, job));
  return EXIT.ok;
}

export async function cancelJob({ client, io, out, say }: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await client.cancel(jobId, { signal: io.signal });
  out.result(job, `${out.good('✓')} ${say('{job} is cancelled', { job: job.job_id })}`);
  return EXIT.ok;
}

export async function waitForJob(
  { client, patientClient, io, out, say }: CommandContext,
  jobId: string,
  { timeout }: { timeout?: string },
): Promise<ExitCode> {
  const timeoutMs = timeout === undefined ? undefined : secondsOf('--timeout', timeout) * 1_000;
  const first = await client.job(jobId, { signal: io.signal });
  const job = hasEnded(first)
    ? first
    : await patientClient.waitForJob(jobId, { timeoutMs, signal: io.signal });
  out.result(job, describeJob(out, say, job));
  return exitOf(job);
}

/** Prints a line for each change of a job, until the job ends. */
export async function tailJob(
  { patientClient, io, out, say }: CommandContext,
  first: Job,
): Promise<ExitCode> {
  const jobId = first.job_id;
  let last = first;
  for await (const job of patientClient.jobEvents(jobId, { signal: io.signal })) {
    const time = out.faint(new Date().toISOString().slice(11, 19));
    out.result(job, `${time} ${stateLine(out, say, job)}`);
    last = job;
  }
  return exitOf(last);
}

/** @throws {UsageError} */
export function secondsOf(option: string, value: string): number {
  if (!/^\d{1,7}$/.test(value)) throw new UsageError(`${option} must be whole seconds, not ${value}`);
  return Number(value);
}

function exitOf({ state }: Job): ExitCode {
  return state === 'failed' || state === 'cancelled' ? EXIT.refused : EXIT.ok;
}

function describeJob(out: Output, say: Say, job: Job): string {
  const tries = say('{count, plural, one {# try} other {# tries}}', { count: job.attempts });
  const times = [
    say('created {time}', { time: job.created_at }),
    ...(job.finished_at ? [say('finished {time}', { time: job.finished_at })] : []),
    // Absent from the answers of earlier gateways.
    ...(job.read_at ? [say('read {time}', { time: job.read_at })] : []),
  ];
  return [
    say('{job} ({type} of {user})', { job: job.job_id, type: job.type, user: job.user_id }),
    `  ${stateLine(out, say, job)}, ${tries}`,
    out.faint(`  ${times.join(', ')}`),
  ].join('\n');
}

/** Describes the state of a job in one line. */
function stateLine(out: Output, say: Say, job: Job): string {
  const { state, result, error, reason, retry_at } = job;
  if (state === 'completed') {
    const done = out.good(say('completed'));
    return result !== null && 'message_id' in result
      ? say('{done} as message {ids}', { done, ids: String(result.message_id) })
      : done;
  }
  if (state === 'failed') return `${out.bad(say('failed'))}${error === null ? '' : `, ${errorLine(error)}`}`;
  return `${stateIn(say, state)}${whyHeld(say, reason, retry_at)}`;
}

/** `, FLOOD_WAIT until …`; empty if the job is not held. */
export function whyHeld(
  say: Say,
  reason: string | null | undefined,
  retryAt: string | null | undefined,
): string {
  if (!reason) return '';
  return `, ${retryAt ? say('{reason} until {time}', { reason, time: retryAt }) : reason}`;
}

/** What to do about a job that is not done within the wait. */
export function queuedLine(say: Say, { job_id, state }: { job_id: string; state: string }): string {
  return say('… queued ({state}); to watch it: telegram-gateway tail {job}', { state, job: job_id });
}

/** A state of a job that has not ended, or was cancelled, in words. */
export function stateIn(say: Say, state: Exclude<Job['state'], 'completed' | 'failed'>): string {
  return say(state);
}
