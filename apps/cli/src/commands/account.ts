import type { AccountStatus } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';
import { filterOf, type FilterOptions } from './event-filter.ts';
import { nextStep } from './next-step.ts';
import { whomOf } from './pace.ts';

export async function logout({ client, io, out, say }: CommandContext, userId: string): Promise<ExitCode> {
  const answer = await client.disconnect(userId, { signal: io.signal });
  out.result(
    answer,
    `${out.good('✓')} ${say('{user} is signed out; its queued messages have failed', { user: userId })}`,
  );
  return EXIT.ok;
}

export async function pause({ client, io, out, say }: CommandContext, userId: string): Promise<ExitCode> {
  const answer = await client.pause(userId, { signal: io.signal });
  out.result(
    answer,
    `${out.good('✓')} ${say('{user} is paused; to resume: telegram-gateway resume {user}', { user: userId })}`,
  );
  return EXIT.ok;
}

export async function resume({ client, io, out, say }: CommandContext, userId: string): Promise<ExitCode> {
  const answer = await client.resume(userId, { signal: io.signal });
  out.result(
    answer,
    `${out.good('✓')} ${say('{user} goes on ({state})', { user: userId, state: answer.state })}`,
  );
  return EXIT.ok;
}

export interface ReceiveOptions extends FilterOptions {
  off?: boolean;
  everything?: boolean;
}

/** Turns receiving on or off. Without options of a filter the filter stays. */
export async function receive(
  { client, io, out, say }: CommandContext,
  userId: string,
  { off, everything, ...options }: ReceiveOptions,
): Promise<ExitCode> {
  const enabled = off !== true;
  const given = filterOf(options);
  if (everything === true && given !== undefined)
    throw new UsageError('give --everything or a filter, not both');
  const filter = everything === true ? {} : given;
  const answer = await client.receive(
    userId,
    { enabled, ...(filter !== undefined && { filter }) },
    { signal: io.signal },
  );
  const now = enabled
    ? say('{user} receives, from event {number} on', {
        user: userId,
        number: answer.receiving.last_seq + 1,
      })
    : say('{user} receives no more', { user: userId });
  out.result(answer, `${out.good('✓')} ${now}`);
  return EXIT.ok;
}

export async function status(
  { client, io, out, say }: CommandContext,
  userId: string,
  { live = false }: { live?: boolean },
): Promise<ExitCode> {
  const answer = await client.status(userId, { live, signal: io.signal });
  out.result(answer, describe(say, userId, answer).join('\n'));
  return EXIT.ok;
}

function describe(say: Say, userId: string, status: AccountStatus): string[] {
  const { user_info: user, state, reason, held, pending, pace } = status;
  const name = [
    user?.first_name,
    user?.last_name,
    user?.username && `@${user.username}`,
    user && `(${user.id})`,
  ];
  const rows: [string, string | undefined][] = [
    [say('account'), userId],
    [
      say('signed in'),
      status.authorized ? say('yes, as {name}', { name: name.filter(Boolean).join(' ') }) : say('no'),
    ],
    [say('state'), reason === undefined ? state : `${state}, ${reason}`],
    [say('what to do'), nextStep(say, userId, status)],
    [say('held'), held && say('{reason} until {time}', { reason: held.reason, time: held.until })],
    [say('chats held'), status.chats_held === undefined ? undefined : String(status.chats_held)],
    [
      say('look-ups held'),
      status.look_ups_held_until && say('until {time}', { time: status.look_ups_held_until }),
    ],
    [say('queue'), say('{waiting} waiting, {delayed} delayed, {active} active', pending)],
    [say('receiving'), receivingLine(say, status)],
    [say('writes to'), status.replies_only ? whomOf(say, status.replies_only) : undefined],
    [say('pace'), pace && (pace.mode === 'off' ? 'off' : paceLine(say, pace))],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(14, ...shown.map(([label]) => label.length + 2));
  return shown.map(([label, value]) => `${`${label}:`.padEnd(width)}${value}`);
}

/** `undefined`: it does not receive, or the gateway is of an earlier version. */
function receivingLine(say: Say, { receiving }: Partial<AccountStatus>): string | undefined {
  if (receiving?.enabled !== true) return undefined;
  const { last_seq, gaps, filter } = receiving;
  return [
    say('last event {number}', { number: last_seq }),
    ...(gaps === 0 ? [] : [say('gaps: {gaps}', { gaps })]),
    ...(Object.keys(filter ?? {}).length === 0
      ? []
      : [say('only {filter}', { filter: JSON.stringify(filter) })]),
  ].join(', ');
}

function paceLine(say: Say, pace: Extract<AccountStatus['pace'], { mode: 'careful' }>): string {
  return say('{now} more at once, {strangers} strangers until {time}', {
    now: pace.remaining,
    strangers: pace.strangers_remaining,
    time: pace.strangers_reset_at ?? '',
  });
}
