import type { AccountStatus } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { filterOf, type FilterOptions } from './event-filter.ts';
import { whomOf } from './pace.ts';

export async function logout({ client, io, out }: CommandContext, userId: string): Promise<ExitCode> {
  const answer = await client.disconnect(userId, { signal: io.signal });
  out.result(answer, `${out.good('✓')} ${userId} is signed out; its queued messages have failed`);
  return EXIT.ok;
}

export async function pause({ client, io, out }: CommandContext, userId: string): Promise<ExitCode> {
  const answer = await client.pause(userId, { signal: io.signal });
  out.result(answer, `${out.good('✓')} ${userId} is paused; to resume: telegram-gateway resume ${userId}`);
  return EXIT.ok;
}

export async function resume({ client, io, out }: CommandContext, userId: string): Promise<ExitCode> {
  const answer = await client.resume(userId, { signal: io.signal });
  out.result(answer, `${out.good('✓')} ${userId} goes on (${answer.state})`);
  return EXIT.ok;
}

export interface ReceiveOptions extends FilterOptions {
  off?: boolean;
  everything?: boolean;
}

/** Turns receiving on or off. Without options of a filter the filter stays. */
export async function receive(
  { client, io, out }: CommandContext,
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
  const now = enabled ? `receives, from event ${answer.receiving.last_seq + 1} on` : 'receives no more';
  out.result(answer, `${out.good('✓')} ${userId} ${now}`);
  return EXIT.ok;
}

export async function status(
  { client, io, out }: CommandContext,
  userId: string,
  { live = false }: { live?: boolean },
): Promise<ExitCode> {
  const answer = await client.status(userId, { live, signal: io.signal });
  out.result(answer, describe(userId, answer).join('\n'));
  return EXIT.ok;
}

function describe(userId: string, status: AccountStatus): string[] {
  const { user_info: user, state, reason, next_action, held, pending, pace } = status;
  const name = [
    user?.first_name,
    user?.last_name,
    user?.username && `@${user.username}`,
    user && `(${user.id})`,
  ];
  const rows: [string, string | undefined][] = [
    ['account', userId],
    ['signed in', status.authorized ? `yes, as ${name.filter(Boolean).join(' ')}` : 'no'],
    ['state', reason === undefined ? state : `${state}, ${reason}`],
    ['what to do', next_action],
    ['held', held && `${held.reason} until ${held.until}`],
    ['chats held', status.chats_held === undefined ? undefined : String(status.chats_held)],
    ['look-ups held', status.look_ups_held_until && `until ${status.look_ups_held_until}`],
    ['queue', `${pending.waiting} waiting, ${pending.delayed} delayed, ${pending.active} active`],
    ['receiving', receivingLine(status)],
    ['writes to', status.replies_only ? whomOf(status.replies_only) : undefined],
    ['pace', pace && (pace.mode === 'off' ? 'off' : paceLine(pace))],
  ];
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [`${`${label}:`.padEnd(14)}${value}`]));
}

/** `undefined`: it does not receive, or the gateway is of an earlier version. */
function receivingLine({ receiving }: Partial<AccountStatus>): string | undefined {
  if (receiving?.enabled !== true) return undefined;
  const { last_seq, gaps, filter } = receiving;
  const only = Object.keys(filter ?? {}).length === 0 ? '' : `, only ${JSON.stringify(filter)}`;
  return `last event ${last_seq}${gaps === 0 ? '' : `, gaps: ${gaps}`}${only}`;
}

function paceLine(pace: Extract<AccountStatus['pace'], { mode: 'careful' }>): string {
  return `${pace.remaining} more at once, ${pace.strangers_remaining} strangers until ${pace.strangers_reset_at}`;
}
