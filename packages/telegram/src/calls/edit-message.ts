import { GatewayError, sameTextAs, type Entity, type Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { changeMessage } from './change-message.ts';
import { toTelegramEntities } from './entities.ts';
import { messageById } from './messages-by-id.ts';
import { isoTime } from './sent-message.ts';
import { withRecipient } from './with-recipient.ts';

export interface MessageEdit {
  recipient: Recipient;
  messageId: number;
  text: string;
  /** The formatting of `text`. */
  entities?: readonly Entity[] | undefined;
  linkPreview: boolean;
  /** When the caller requested the edit, ms since the epoch. */
  askedAt?: number | undefined;
  /**
   * The message's `edit_date` before the first try, s since the epoch, 0 if it was never edited. `undefined` on the
   * first try.
   */
  before: number | undefined;
  /** Stores `before`. Called before the first try edits anything. */
  noteBefore: (before: number) => Promise<void>;
}

/** An edited message. `edit_date`: RFC 3339, `null` if it was never edited. */
export interface EditedMessage {
  message_id: number;
  edit_date: string | null;
}

/**
 * Gives one of the account's messages a new text. A message that already has it is a success.
 *
 * A repeated try compares the message with `before`: the message is edited again only if nobody has edited it since. If
 * it was edited and has the new text, an earlier try took effect. If it has another text, the outcome stays unknown.
 */
export async function editMessage(
  caller: Caller,
  recipients: Recipients,
  edit: MessageEdit,
): Promise<EditedMessage> {
  return withRecipient(recipients, edit, async ({ input }) => {
    const message = await messageById(caller, input, edit.messageId);
    const editDate = message.editDate ?? 0;
    if (edit.before === undefined) await edit.noteBefore(editDate);
    else if (editDate !== edit.before) {
      if (sameTextAs(edit.text)(message.message)) return edited(edit.messageId, editDate);
      throw editedMeanwhile();
    }
    return edited(edit.messageId, await change(caller, recipients, input, edit, editDate));
  });
}

/** @returns the message's new `edit_date`. */
async function change(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  { messageId, text, entities = [], linkPreview }: MessageEdit,
  editDate: number,
): Promise<number> {
  const request = new Api.messages.EditMessage({
    peer,
    id: messageId,
    message: text,
    noWebpage: !linkPreview,
    // An empty list removes the formatting of the old text.
    entities: toTelegramEntities(entities, (id) => recipients.inputUser(id)),
  });
  const answer = await changeMessage(caller.act(request), 'MESSAGE_NOT_MODIFIED');
  return (answer === null ? undefined : editDateIn(answer, messageId)) ?? editDate;
}

function editDateIn(answer: Api.TypeUpdates, messageId: number): number | undefined {
  if (!('updates' in answer)) return undefined;
  for (const update of answer.updates) {
    if (!(update instanceof Api.UpdateEditMessage || update instanceof Api.UpdateEditChannelMessage))
      continue;
    const { message } = update;
    if (message instanceof Api.Message && message.id === messageId) return message.editDate;
  }
  return undefined;
}

function edited(messageId: number, editDate: number): EditedMessage {
  return { message_id: messageId, edit_date: editDate === 0 ? null : isoTime(editDate) };
}

function editedMeanwhile(): TelegramFailure {
  const error = new GatewayError(
    'TELEGRAM_TIMEOUT',
    'The answer to the edit was lost, and the message was edited again meanwhile: look at the message.',
  );
  return new TelegramFailure({ outcome: 'fail' }, error);
}
