import type { SentMessage as SentPart } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import { fileIdOf } from '../shown/file-id.ts';
import { isoTime } from '../shown/iso-time.ts';
import { chatIdOf } from '../shown/shown-chat.ts';
import { shownMedia } from '../shown/shown-media.ts';

/** A sent message: Telegram's id in its chat, and the time in seconds since the epoch. */
export interface SentMessage {
  id: number;
  date: number;
  /** Whole, if Telegram returned it so. */
  message?: Api.Message | undefined;
}

/** @param ownId the id of the account, for the id of the message's file; `undefined`: it has none. */
export function toSendResult({ id, date, message }: SentMessage, ownId: string | undefined): SentPart {
  const sent = { message_id: id, date: isoTime(date) };
  if (ownId === undefined || message === undefined) return sent;
  const place = { ownId, chatId: chatIdOf(message.peerId), messageId: id };
  const media = shownMedia(message.media, () => fileIdOf(place));
  if (media === null) return sent;
  const { file_id, type, size, mime_type } = media;
  return { ...sent, media: { file_id, type, size, mime_type } };
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
  const message = messageIn(updates, id);
  return { id, date: message?.date ?? answer.date, message };
}

function isIdFor(update: Api.TypeUpdate, randomId: string): update is Api.UpdateMessageID {
  return update instanceof Api.UpdateMessageID && update.randomId?.toString() === randomId;
}

function messageIn(updates: readonly Api.TypeUpdate[], id: number): Api.Message | undefined {
  for (const update of updates) {
    if (!(update instanceof Api.UpdateNewMessage || update instanceof Api.UpdateNewChannelMessage)) continue;
    if (update.message instanceof Api.Message && update.message.id === id) return update.message;
  }
  return undefined;
}
