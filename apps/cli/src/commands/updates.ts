import type { StreamedEvent } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { printable, messageLine } from './reading.ts';

/** Prints a line for each event of an account, until the person stops it. */
export async function tailAccount(
  { patientClient, io, out }: CommandContext,
  userId: string,
  { after }: { after?: string },
): Promise<ExitCode> {
  if (after !== undefined && !/^\d{1,16}$/.test(after))
    throw new UsageError(`--after must be the number of an event, not ${after}`);
  const place = after === undefined ? undefined : Number(after);
  out.note(`Waiting for the events of ${userId}; Ctrl-C ends this.`);
  for await (const event of patientClient.updates(userId, { after: place, signal: io.signal })) {
    const number = event.seq === null ? 'live' : String(event.seq);
    out.result(event, `${out.faint(number.padStart(6))} ${describe(event)}`);
  }
  return EXIT.ok;
}

function describe(event: StreamedEvent): string {
  if (event.type === 'message.new' || event.type === 'message.edited') {
    const { chat, direction } = event.message;
    const arrow = direction === 'in' ? '←' : '→';
    const edited = event.type === 'message.edited' ? ' (edited)' : '';
    return `${arrow} ${printable(chat.title || chat.id)}${edited}: ${messageLine(event.message)}`;
  }
  const chat =
    'chat' in event && event.chat !== null ? ` ${printable(event.chat.title || event.chat.id)}` : '';
  return `${event.type}${chat}${detailsOf(event)}`;
}

function detailsOf(event: StreamedEvent): string {
  switch (event.type) {
    case 'message.deleted':
      return `: ${event.message_ids.join(', ')}`;
    case 'message.read':
    case 'message.read_inbox':
      return ` up to ${event.up_to}`;
    case 'message.reaction':
      return ` to ${event.message_id}: ${event.reactions.map(({ emoji, count }) => `${emoji ?? '?'} ${count}`).join(', ')}`;
    case 'chat.member':
      return `: ${printable(event.user.name || event.user.id)} ${event.change}`;
    case 'account.state':
      return ` ${event.previous} → ${event.state}${event.reason === null ? '' : `, ${event.reason}`}`;
    case 'updates.gap':
      return `: ${event.reason}`;
    case 'chat.typing':
      return `: ${event.action}`;
    default:
      return '';
  }
}
