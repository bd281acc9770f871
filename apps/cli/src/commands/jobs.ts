import { hasEnded, type Job } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { errorLine, EXIT, UsageError, type ExitCode } from '../failure.ts';
import type { Output } from '../output.ts';

export async function getJob({ client, io, out }: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await client.job(jobId, { signal: io.signal });
  out.result(job, describeJob(out, job));
  return EXIT.ok;
}

export async function cancelJob({ client, io, out }: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await client.cancel(jobId, { signal: io.signal });
  out.result(job, `${out.good('✓')} ${job.job_id} is cancelled`);
  return EXIT.ok;
}

export async function waitForJob(
  { client, patientClient, io, out }: CommandContext,
  jobId: string,
  { timeout }: { timeout?: string },
): Promise<ExitCode> {
  const timeoutMs = timeout === undefined ? undefined : secondsOf('--timeout', timeout) * 1_000;
  const first = await client.job(jobId, { signal: io.signal });
  const job = hasEnded(first)
    ? first
    : await patientClient.waitForJob(jobId, { timeoutMs, signal: io.signal });
  out.result(job, describeJob(out, job));
  return exitOf(job);
}

/** Prints a line for each change of a job, until the job ends. */
export async function tailJob({ patientClient, io, out }: CommandContext, first: Job): Promise<ExitCode> {
  const jobId = first.job_id;
  let last = first;
  for await (const job of patientClient.jobEvents(jobId, { signal: io.signal })) {
    const time = out.faint(new Date().toISOString().slice(11, 19));
    out.result(job, `${time} ${stateLine(out, job)}`);
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

function describeJob(out: Output, job: Job): string {
  const tries = job.attempts === 1 ? '1 try' : `${job.attempts} tries`;
  return [
    `${job.job_id} (${job.type} of ${job.user_id})`,
    `  ${stateLine(out, job)}, ${tries}`,
    out.faint(`  created ${job.created_at}${when('finished', job.finished_at)}${when('read', job.read_at)}`),
  ].join('\n');
}

/** @param at absent from the answers of earlier gateways. */
function when(what: string, at: string | null | undefined): string {
  return at ? `, ${what} ${at}` : '';
}

/** Describes the state of a job in one line. */
function stateLine(out: Output, job: Job): string {
  const { state, result, error, reason, retry_at } = job;
  if (state === 'completed') {
    const id = result !== null && 'message_id' in result ? ` as message ${String(result.message_id)}` : '';
    return `${out.good('completed')}${id}`;
  }
  if (state === 'failed') return `${out.bad('failed')}${error === null ? '' : `, ${errorLine(error)}`}`;
  return `${state}${whyHeld(reason, retry_at)}`;
}

/** `, FLOOD_WAIT until …`; empty if the job is not held. */
export function whyHeld(reason: string | null | undefined, retryAt: string | null | undefined): string {
  if (!reason) return '';
  return `, ${reason}${retryAt ? ` until ${retryAt}` : ''}`;
}
