import type { ReadMessage, ShownButton } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { fileIdOf } from './file-id.ts';
import { isoTime } from './iso-time.ts';
import { isOfServiceAccount } from './service-account.ts';
import { chatIdOf, type Companions } from './shown-chat.ts';
import { shownEntities } from './shown-entities.ts';
import { shownMedia } from './shown-media.ts';

/** A message that is there: service messages count. */
export type Shown = Api.Message | Api.MessageService;

export function isShown(message: Api.TypeMessage): message is Shown {
  return message instanceof Api.Message || message instanceof Api.MessageService;
}

/**
 * Converts a message to the API's form. Of Telegram's own account it shows only that there is one. GramJS reads absent
 * fields as null, whatever their types say.
 * @param ownId the id of the account.
 */
export function shownMessage(message: Shown, companions: Companions, ownId: string): ReadMessage {
  const isSelf = chatIdOf(message.peerId) === ownId;
  // Telegram does not mark messages as outgoing in the chat with oneself.
  const isOut = message.out === true || isSelf;
  const isSecret = isOfServiceAccount(message);
  const sender = senderOf(message, isOut, ownId);
  const head = {
    message_id: message.id,
    date: isoTime(message.date),
    edit_date: null,
    direction: isOut ? ('out' as const) : ('in' as const),
    chat: { ...companions.chat(message.peerId), topic_id: topicOf(message) },
    sender: sender === undefined ? null : companions.sender(sender),
    text: '',
    entities: [],
    reply_to: isSecret ? null : replyOf(message),
    forward_from: null,
    mentions_me: message.mentioned === true,
    grouped_id: null,
    buttons: [],
    service: null,
    media: null,
    job_id: null,
  };
  if (isSecret) return { ...head, redacted: true };
  if (message instanceof Api.MessageService) return { ...head, service: serviceOf(message.action) };
  const place = { ownId, chatId: head.chat.id, messageId: message.id };
  return {
    ...head,
    edit_date: message.editDate && message.editHide !== true ? isoTime(message.editDate) : null,
    text: message.message,
    entities: shownEntities(message.entities),
    forward_from: message.fwdFrom ? originOf(message.fwdFrom, companions) : null,
    grouped_id: message.groupedId?.toString() ?? null,
    buttons: buttonsOf(message.replyMarkup),
    media: shownMedia(message.media, () => fileIdOf(place)),
  };
}

/** In a private chat Telegram leaves the sender out. A post of a channel is by the channel. */
function senderOf({ fromId, peerId, post }: Shown, isOut: boolean, ownId: string): Api.TypePeer | undefined {
  if (fromId) return fromId;
  if (peerId instanceof Api.PeerUser) return isOut ? new Api.PeerUser({ userId: bigInt(ownId) }) : peerId;
  return post === true ? peerId : undefined;
}

/** The forum topic of a message: the id of its first message; `null` without one, and in "General". */
export function topicOf({ replyTo }: Shown): number | null {
  if (!(replyTo instanceof Api.MessageReplyHeader) || replyTo.forumTopic !== true) return null;
  return replyTo.replyToTopId ?? replyTo.replyToMsgId ?? null;
}

function replyOf({ replyTo }: Shown): ReadMessage['reply_to'] {
  if (!(replyTo instanceof Api.MessageReplyHeader) || !replyTo.replyToMsgId) return null;
  // Every message of a topic refers to the topic's first one.
  if (replyTo.forumTopic === true && !replyTo.replyToTopId) return null;
  return {
    message_id: replyTo.replyToMsgId,
    chat_id: replyTo.replyToPeerId ? chatIdOf(replyTo.replyToPeerId) : null,
    quote: replyTo.quoteText ?? null,
  };
}

function originOf(origin: Api.MessageFwdHeader, companions: Companions): ReadMessage['forward_from'] {
  const { fromId, fromName, date, channelPost } = origin;
  return {
    id: fromId ? chatIdOf(fromId) : null,
    name: fromId ? companions.name(fromId) : (fromName ?? null),
    date: isoTime(date),
    message_id: channelPost ?? null,
  };
}

function buttonsOf(markup: Api.TypeReplyMarkup | undefined): ShownButton[][] {
  if (!(markup instanceof Api.ReplyInlineMarkup)) return [];
  return markup.rows.map(({ buttons }) =>
    buttons.map((button) => ({
      text: button.text,
      data: button instanceof Api.KeyboardButtonCallback ? textOf(button.data) : null,
      url: button instanceof Api.KeyboardButtonUrl ? button.url : null,
    })),
  );
}

/** `null`: the data is no text. Such a button is pressed by its row and column. */
function textOf(data: Buffer): string | null {
  const text = data.toString('utf8');
  return Buffer.from(text, 'utf8').equals(data) ? text : null;
}

/** `MessageActionChatAddUser` → `{"type":"chat_add_user","user_ids":[…]}`. */
function serviceOf(action: Api.TypeMessageAction): NonNullable<ReadMessage['service']> {
  const type = action.className
    .replace(/^MessageAction/, '')
    .replace(/(?!^)[A-Z]/g, '_$&')
    .toLowerCase();
  return {
    type,
    ...('title' in action && { title: action.title }),
    ...('users' in action && { user_ids: action.users.map(String) }),
    ...('userId' in action && { user_ids: [String(action.userId)] }),
  };
}
