import type { StreamedEvent } from '@gateway/client';
import type { Say } from '../language.ts';
import { contentOf, printable } from './reading.ts';

type MessageEvent = Extract<StreamedEvent, { message: unknown }>;

/** An event in one line for people: when, in which chat, who wrote what. Times are those of this machine. */
export function eventLine(say: Say, event: StreamedEvent): string {
  const time = localTime('message' in event ? event.message.date : event.occurred_at);
  const late = event.type !== 'chat.typing' && event.caught_up ? ` (${say('caught up')})` : '';
  if (event.type === 'message.new' || event.type === 'message.edited')
    return `${event.message.direction === 'in' ? '←' : '→'} ${time}  ${messageOf(say, event)}${late}`;
  const chat =
    'chat' in event && event.chat !== null ? `${printable(event.chat.title || event.chat.id)}: ` : '';
  return `· ${time}  ${chat}${detailsOf(say, event)}${late}`;
}

function messageOf(say: Say, { type, message }: MessageEvent): string {
  const { chat, direction, sender, message_id: id } = message;
  const author = sender?.name || sender?.id;
  const isOther = direction === 'in' && author !== undefined && sender?.id !== chat.id;
  const place = [chat.title || chat.id, ...(isOther ? [author] : [])].join(', ');
  const edited = type === 'message.edited' ? ` (${say('edited')})` : '';
  return `${printable(place)}${edited}: ${contentOf(say, message)}  #${id}`;
}

function detailsOf(say: Say, event: Exclude<StreamedEvent, MessageEvent>): string {
  switch (event.type) {
    case 'message.deleted':
      return say('deleted {ids}', { ids: event.message_ids.map((id) => `#${id}`).join(', ') });
    case 'message.read':
      return say('the other side has read up to {id}', { id: `#${event.up_to}` });
    case 'message.read_inbox':
      return say('read here up to {id}', { id: `#${event.up_to}` });
    case 'message.reaction':
      return say('reactions to {id}: {reactions}', {
        id: `#${event.message_id}`,
        reactions:
          event.reactions.map(({ emoji, count }) => `${emoji ?? '?'} ${count}`).join(', ') || say('none'),
      });
    case 'chat.member':
      return `${printable(event.user.name || event.user.id)} ${event.change}`;
    case 'account.state':
      return `${say('account')} ${event.previous} → ${event.state}${event.reason === null ? '' : `, ${event.reason}`}`;
    case 'updates.gap':
      return say('events are missing here: {reason}', { reason: event.reason });
    case 'chat.typing':
      return `${event.sender === null ? say('somebody') : printable(event.sender.name || event.sender.id)}: ${event.action}`;
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
