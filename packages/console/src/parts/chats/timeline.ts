import type { SendSummary, TelegramMessage } from '@gateway/client';
import { messageIdsOf, type ChatSends } from '../../lib/messages/chat-sends.ts';

/** ms for which a send that has ended is shown until Telegram lists its message. */
const ARRIVES_WITHIN_MS = 30_000;

export type TimelineItem =
  | { key: string; message: TelegramMessage; send: SendSummary | null }
  | { key: string; message: null; send: SendSummary };

/**
 * The messages of a chat with the gateway's sends: failed ones at their time, those that wait at the end.
 * @param messages the oldest first. @param now ms since the epoch.
 */
export function timelineOf(
  messages: readonly TelegramMessage[],
  { pending, ended }: Pick<ChatSends, 'pending' | 'ended'>,
  now: number,
): TimelineItem[] {
  const sendOf = new Map(ended.flatMap((send) => messageIdsOf(send).map((id) => [id, send] as const)));
  const listed = new Set(messages.map(({ message_id: id }) => id));
  const begin = Date.parse(messages[0]?.date ?? '') || 0;
  const alone = ended.toReversed().filter((send) => {
    const at = Date.parse(send.finished_at ?? send.created_at);
    if (send.state === 'failed') return at >= begin;
    const isArriving = now - at < ARRIVES_WITHIN_MS && !messageIdsOf(send).some((id) => listed.has(id));
    return send.state === 'completed' && isArriving;
  });
  const items: (TimelineItem & { at: number })[] = [
    ...messages.map((message) => ({
      key: String(message.message_id),
      message,
      send: sendOf.get(message.message_id) ?? null,
      at: Date.parse(message.date),
    })),
    ...alone.map((send) => ({ ...itemOf(send), at: Date.parse(send.finished_at ?? send.created_at) })),
  ];
  return [...items.toSorted((one, other) => one.at - other.at), ...pending.map(itemOf)];
}

function itemOf(send: SendSummary): Extract<TimelineItem, { message: null }> {
  return { key: send.job_id, message: null, send };
}
