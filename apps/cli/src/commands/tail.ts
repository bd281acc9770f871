import { GatewayApiError } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { UsageError, type ExitCode } from '../failure.ts';
import { tailJob } from './jobs.ts';
import { tailAccount } from './updates.ts';

/** Of a job: 26 characters of Crockford's base32, then shard and account. */
const JOB_ID = /^[0-9A-HJKMNP-TV-Z]{26}\./;

/** Prints a line for each change of a job, until the job ends; or for each event, if `id` is that of an account. */
export async function tail(
  context: CommandContext,
  id: string,
  options: { after?: string },
): Promise<ExitCode> {
  const { client, io } = context;
  const job = await client.job(id, { signal: io.signal }).catch((error: unknown) => {
    if (error instanceof GatewayApiError && error.code === 'JOB_NOT_FOUND' && !JOB_ID.test(id)) return null;
    throw error;
  });
  if (job === null) return tailAccount(context, id, options);
  if (options.after !== undefined) throw new UsageError('--after is for events of an account, not for a job');
  return tailJob(context, job);
}
