import type { AccountSort, AccountSummary, SendSummary } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { errorLine, EXIT, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';
import { stateIn, whyHeld } from './jobs.ts';
import { nextStep } from './next-step.ts';
import { printable } from './reading.ts';
import { parseModeOf, textOf, type SendOptions } from './send.ts';

/** The options as commander parses them. */
export interface AccountsOptions {
  search?: string;
  state?: string;
  attention?: boolean;
  waiting?: boolean;
  sort?: string;
  limit?: string;
  after?: string;
}

/** Lists the accounts. With `--json` prints the gateway's answer. */
export async function listAccounts(
  { client, io, out, say }: CommandContext,
  { search, state, attention, waiting, sort, limit, after }: AccountsOptions,
): Promise<ExitCode> {
  const answer = await client.accounts.list({
    q: search,
    // The gateway refuses unknown states and orders, and a limit that is no number.
    state: state as AccountSummary['state'] | undefined,
    needs_attention: attention,
    has_waiting: waiting,
    sort: sort as AccountSort | undefined,
    limit: limit === undefined ? undefined : Number(limit),
    after,
    signal: io.signal,
  });
  const lines = answer.accounts.map((account) => accountLine(say, account));
  const more = answer.next === null ? [] : [say('(more: --after {place})', { place: answer.next })];
  out.result(answer, [...lines, ...more].join('\n') || say('(no accounts)'));
  return EXIT.ok;
}

function accountLine(say: Say, account: AccountSummary): string {
  const { user_id, user_info: user, state, reason, held, pending } = account;
  const name =
    user === null ? '' : `  ${printable([user.first_name, user.last_name].filter(Boolean).join(' '))}`;
  const why =
    held === undefined ? (reason === undefined ? '' : `, ${reason}`) : whyHeld(say, held.reason, held.until);
  const queue = say('{waiting} waiting, {delayed} delayed, {active} active', pending);
  const next = nextStep(say, user_id, account);
  return `${user_id}${name}  (${state}${why}; ${queue})${next === undefined ? '' : `\n  ${next}`}`;
}

/** Lists an account's messages. With `--json` prints the gateway's answer. */
export async function listJobs(
  { client, io, out, say }: CommandContext,
  userId: string,
  { limit }: { limit?: string },
): Promise<ExitCode> {
  const answer = await client.accounts.sends(userId, {
    ...(limit !== undefined && { limit: Number(limit) }),
    signal: io.signal,
  });
  const lines = [...answer.pending, ...answer.ended].map((job) => jobLine(say, job));
  out.result(answer, lines.join('\n') || say('(no messages)'));
  return EXIT.ok;
}

function jobLine(say: Say, job: SendSummary): string {
  const { job_id, type, recipient_id, preview, state, error, reason, retry_at } = job;
  const words =
    state === 'completed' || state === 'failed'
      ? say(state)
      : `${stateIn(say, state)}${whyHeld(say, reason, retry_at)}`;
  const failure = error === null ? '' : `, ${errorLine(error)}`;
  return `${job_id}  ${words}${failure}\n  ${type} → ${printable(`${recipient_id}: ${preview}`)}`;
}

/** Lists the failed messages of all accounts, the latest first. With `--json` prints the gateway's answer. */
export async function listFailures(
  { client, io, out, say }: CommandContext,
  { search, limit, before }: { search?: string; limit?: string; before?: string },
): Promise<ExitCode> {
  const answer = await client.accounts.failures({
    q: search,
    limit: limit === undefined ? undefined : Number(limit),
    before,
    signal: io.signal,
  });
  const lines = answer.failures.map(
    (job) => `${job.finished_at ?? ''}  ${job.user_id}  ${jobLine(say, job)}`,
  );
  const more = answer.next === null ? [] : [say('(more: --before {place})', { place: answer.next })];
  out.result(answer, [...lines, ...more].join('\n') || say('(nothing has failed)'));
  return EXIT.ok;
}

/** Retries a failed job under its own id. */
export async function retryJob({ client, io, out, say }: CommandContext, jobId: string): Promise<ExitCode> {
  const job = await client.retry(jobId, { signal: io.signal });
  out.result(job, `${out.good('✓')} ${say('{job} is queued again', { job: job.job_id })}`);
  return EXIT.ok;
}

/** Shows the messages that a text would go out as. Sends nothing. */
export async function preview(
  context: CommandContext,
  given: string | undefined,
  { file, parseMode, split }: Pick<SendOptions, 'file' | 'parseMode'> & { split?: boolean },
): Promise<ExitCode> {
  const { client, io, out, say } = context;
  const answer = await client.accounts.preview(
    {
      text: await textOf(context, given, file),
      parse_mode: parseModeOf(parseMode),
      ...(split === false && { split }),
    },
    { signal: io.signal },
  );
  const count = say('{count, plural, one {# message} other {# messages}}', { count: answer.parts.length });
  out.result(answer, [out.faint(count), ...answer.parts.map(({ text }) => text)].join('\n\n'));
  return EXIT.ok;
}
