import type { StreamedEvent } from '@gateway/client';
import { contentOf, printable } from './reading.ts';

type MessageEvent = Extract<StreamedEvent, { message: unknown }>;

/** An event in one line for people: when, in which chat, who wrote what. Times are those of this machine. */
export function eventLine(event: StreamedEvent): string {
  const time = localTime('message' in event ? event.message.date : event.occurred_at);
  const late = event.type !== 'chat.typing' && event.caught_up ? ' (caught up)' : '';
  if (event.type === 'message.new' || event.type === 'message.edited')
    return `${event.message.direction === 'in' ? '←' : '→'} ${time}  ${messageOf(event)}${late}`;
  const chat =
    'chat' in event && event.chat !== null ? `${printable(event.chat.title || event.chat.id)}: ` : '';
  return `· ${time}  ${chat}${detailsOf(event)}${late}`;
}

function messageOf({ type, message }: MessageEvent): string {
  const { chat, direction, sender, message_id: id } = message;
  const author = sender?.name || sender?.id;
  const isOther = direction === 'in' && author !== undefined && sender?.id !== chat.id;
  const place = [chat.title || chat.id, ...(isOther ? [author] : [])].join(', ');
  const edited = type === 'message.edited' ? ' (edited)' : '';
  return `${printable(place)}${edited}: ${contentOf(message)}  #${id}`;
}

function detailsOf(event: Exclude<StreamedEvent, MessageEvent>): string {
  switch (event.type) {
    case 'message.deleted':
      return `deleted ${event.message_ids.map((id) => `#${id}`).join(', ')}`;
    case 'message.read':
      return `the other side has read up to #${event.up_to}`;
    case 'message.read_inbox':
      return `read here up to #${event.up_to}`;
    case 'message.reaction':
      return `reactions to #${event.message_id}: ${event.reactions.map(({ emoji, count }) => `${emoji ?? '?'} ${count}`).join(', ') || 'none'}`;
    case 'chat.member':
      return `${printable(event.user.name || event.user.id)} ${event.change}`;
    case 'account.state':
      return `account ${event.previous} → ${event.state}${event.reason === null ? '' : `, ${event.reason}`}`;
    case 'updates.gap':
      return `events are missing here: ${event.reason}`;
    case 'chat.typing':
      return `${event.sender === null ? 'somebody' : printable(event.sender.name || event.sender.id)}: ${event.action}`;
  }
}

/** `2026-11-28 12:00:00`, in the time zone of this machine. What is no time stays as it is. */
function localTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
