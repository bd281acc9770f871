import type { SendResult } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';

/** A sent message: Telegram's id in its chat, and the time in seconds since the epoch. */
export interface SentMessage {
  id: number;
  date: number;
}

export function toSendResult({ id, date }: SentMessage): SendResult {
  return { message_id: id, date: isoTime(date) };
}

/** RFC 3339, UTC. @param seconds since the epoch. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}

/**
 * Finds the message that `messages.sendMessage` made in any form of Telegram's answer. `randomId` (decimal)
 * distinguishes it from others in the answer. `undefined`: not found.
 */
export function sentMessageIn(answer: Api.TypeUpdates, randomId: string): SentMessage | undefined {
  if (answer instanceof Api.UpdateShortSentMessage) return { id: answer.id, date: answer.date };
  if (answer instanceof Api.UpdatesTooLong) return undefined;
  if (answer instanceof Api.UpdateShortMessage || answer instanceof Api.UpdateShortChatMessage) {
    return answer.out ? { id: answer.id, date: answer.date } : undefined;
  }
  const updates = answer instanceof Api.UpdateShort ? [answer.update] : answer.updates;
  const id = updates.find((update) => isIdFor(update, randomId))?.id;
  if (id === undefined) return undefined;
  return { id, date: dateOf(updates, id) ?? answer.date };
}

function isIdFor(update: Api.TypeUpdate, randomId: string): update is Api.UpdateMessageID {
  return update instanceof Api.UpdateMessageID && update.randomId?.toString() === randomId;
}

function dateOf(updates: readonly Api.TypeUpdate[], id: number): number | undefined {
  for (const update of updates) {
    if (!(update instanceof Api.UpdateNewMessage || update instanceof Api.UpdateNewChannelMessage)) continue;
    if (update.message instanceof Api.Message && update.message.id === id) return update.message.date;
  }
  return undefined;
}
