import { GatewayError, sameTextAs, type Entity, type Recipient, type SentMessage } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { isoTime } from '../shown/iso-time.ts';
import { changeMessage } from './change-message.ts';
import { toTelegramEntities } from './entities.ts';
import { messageById } from './history/messages-by-id.ts';
import { asDocument, hasFile, inputMedia, type OutgoingMedia } from './media/outgoing-media.ts';
import { toSendResult } from './sent-message.ts';
import { withRecipient } from './with-recipient.ts';

/** A message before it is edited. */
interface Before {
  /** Its `edit_date`, s since the epoch; 0: it was never edited. */
  date: number;
  /** The id of its file. */
  file?: string | undefined;
}

export interface MessageEdit {
  recipient: Recipient;
  messageId: number;
  /** `undefined`: the message keeps its text. */
  text: string | undefined;
  /** The formatting of `text`. */
  entities?: readonly Entity[] | undefined;
  /** The file that takes the place of the message's own. */
  media?: OutgoingMedia | undefined;
  linkPreview: boolean;
  /** The id of the account. */
  ownId?: string | undefined;
  /** When the caller requested the edit, ms since the epoch. */
  askedAt?: number | undefined;
  /** The message before the first try; `undefined` on the first try. */
  before: Before | undefined;
  /** Stores `before`. Called before the first try edits anything. */
  noteBefore: (before: Before) => Promise<void>;
}

/** An edited message. `edit_date`: RFC 3339, `null` if it was never edited. */
export interface EditedMessage {
  message_id: number;
  edit_date: string | null;
  media?: NonNullable<SentMessage['media']>[] | undefined;
}

/**
 * Gives one of the account's messages a new text, a new file, or both. A message that already has them is a success.
 *
 * A repeated try compares the message with `before`: the message is edited again only if nobody has edited it since. If
 * it was edited and is as asked, an earlier try took effect. If it is otherwise, the outcome stays unknown.
 */
export async function editMessage(
  caller: Caller,
  recipients: Recipients,
  edit: MessageEdit,
): Promise<EditedMessage> {
  return withRecipient(recipients, edit, async ({ input }) => {
    const message = await messageById(caller, input, edit.messageId);
    const date = message.editDate ?? 0;
    if (edit.before === undefined) await edit.noteBefore({ date, file: fileIdIn(message) });
    else if (date !== edit.before.date) {
      if (isEdited(message, edit, edit.before)) return edited(message, edit);
      throw editedMeanwhile();
    }
    return edited((await change(caller, recipients, input, edit)) ?? message, edit);
  });
}

/** Whether an edit since `before` made the message as asked. */
function isEdited(message: Api.Message, { text, media }: MessageEdit, before: Before): boolean {
  const hasText = text === undefined || sameTextAs(text)(message.message);
  return hasText && (media === undefined || (hasFile(message, media) && fileIdIn(message) !== before.file));
}

/** The id that Telegram gives the message's file. */
function fileIdIn({ media }: Api.Message): string | undefined {
  if (media instanceof Api.MessageMediaPhoto) return media.photo?.id.toString();
  return media instanceof Api.MessageMediaDocument ? media.document?.id.toString() : undefined;
}

/** @returns the message as it is now; `undefined` if Telegram does not tell. */
async function change(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  edit: MessageEdit,
): Promise<Api.Message | undefined> {
  const { messageId, text, entities = [], media, linkPreview } = edit;
  const request = new Api.messages.EditMessage({
    peer,
    id: messageId,
    noWebpage: !linkPreview,
    ...(text !== undefined && {
      message: text,
      // An empty list removes the formatting of the old text.
      entities: toTelegramEntities(entities, (id) => recipients.inputUser(id)),
    }),
    ...(media !== undefined && { media: inputMedia(media) }),
  });
  try {
    const answer = await changeMessage(caller.act(request), 'MESSAGE_NOT_MODIFIED');
    return answer === null ? undefined : messageIn(answer, messageId);
  } catch (error) {
    const document = media === undefined ? null : asDocument(media, rpcNameOf(error));
    if (document === null) throw error;
    return change(caller, recipients, peer, { ...edit, media: document });
  }
}

function messageIn(answer: Api.TypeUpdates, messageId: number): Api.Message | undefined {
  if (!('updates' in answer)) return undefined;
  for (const update of answer.updates) {
    if (!(update instanceof Api.UpdateEditMessage || update instanceof Api.UpdateEditChannelMessage))
      continue;
    const { message } = update;
    if (message instanceof Api.Message && message.id === messageId) return message;
  }
  return undefined;
}

function edited(message: Api.Message, { media, ownId }: MessageEdit): EditedMessage {
  const { id, date, editDate = 0 } = message;
  const file = media === undefined ? undefined : toSendResult({ id, date, message }, ownId).media;
  return {
    message_id: id,
    // GramJS reads an absent field as null.
    edit_date: editDate ? isoTime(editDate) : null,
    ...(file !== undefined && { media: [file] }),
  };
}

function editedMeanwhile(): TelegramFailure {
  const error = new GatewayError(
    'TELEGRAM_TIMEOUT',
    'The answer to the edit was lost, and the message was edited again meanwhile: look at the message.',
  );
  return new TelegramFailure({ outcome: 'fail' }, error);
}
