import type { Account, Message, MessageEntity, PeerId } from '../../state/model.ts';
import { chatOf, idIn } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { mediaObject } from '../media/media-objects.ts';
import { companions, peerObject } from '../objects.ts';
import { boxOf, isChannel } from '../peers.ts';
import {
  actionObject,
  buttonsObject,
  forwardHeader,
  mentions,
  reactionsObject,
  replyHeader,
} from './message-parts.ts';

/** A message as one account sees it, with its id in the account's own box or in the channel's box. */
export function messageObject(store: Store, viewer: Account, message: Message): TlObject {
  const box = boxOf(message.to, viewer.id);
  const id = idIn(message, box);
  if (id === undefined) throw new Error(`account ${viewer.id} has no copy of the message`);
  const chat = chatOf(message, box);
  // A note to oneself counts as incoming. An incoming message of a private chat has no sender: only one is possible.
  const out = message.from === viewer.id && message.to !== viewer.id;
  const isPost = isChannel(chat) && store.state.chats.get(chat)?.kind === 'channel';
  const common = {
    out,
    mentioned: mentions(store, viewer, message),
    silent: message.silent,
    post: isPost,
    id,
    from_id: isPost || (chat >= 0 && !out) ? undefined : peerObject(message.from),
    peer_id: peerObject(chat),
    reply_to: replyHeader(store, message, box),
    date: message.date,
    pinned: message.pinnedIn?.includes(box),
  };
  const action = actionObject(store, message);
  if (action !== undefined) return { _: 'messageService', ...common, action };
  return {
    _: 'message',
    ...common,
    message: message.text,
    media: message.media && mediaObject(store, viewer.id, message.media),
    grouped_id: message.groupedId === undefined ? undefined : BigInt(message.groupedId),
    entities: message.entities?.map(entityObject),
    ...editFields(message),
    fwd_from: message.forwardedFrom && forwardHeader(message.forwardedFrom),
    reactions: reactionsObject(viewer, message),
    reply_markup: message.buttons && buttonsObject(message.buttons),
  };
}

/** As at Telegram, a reaction counts as an edit too, which clients do not show. */
function editFields({ editDate, reactedAt }: Message): Record<string, number | boolean | undefined> {
  if (reactedAt === undefined) return { edit_date: editDate };
  return { edit_date: Math.max(editDate ?? 0, reactedAt), edit_hide: editDate === undefined };
}

export function entityObject({ kind, offset, length, ...rest }: MessageEntity): TlObject {
  return {
    _: kind,
    offset,
    length,
    url: rest.url,
    language: rest.language,
    user_id: rest.userId === undefined ? undefined : BigInt(rest.userId),
    document_id: rest.documentId === undefined ? undefined : BigInt(rest.documentId),
    collapsed: rest.collapsed,
  };
}

/** Messages with all users and chats that they mention. */
export interface PeeredMessages {
  messages: TlObject[];
  users: TlObject[];
  chats: TlObject[];
  /** Forum topics; always empty. */
  topics: TlObject[];
}

export function messagesWithPeers(
  store: Store,
  viewer: Account,
  messages: readonly Message[],
): PeeredMessages {
  return {
    messages: messages.map((message) => messageObject(store, viewer, message)),
    ...companions(store, viewer, messages.flatMap(mentionedPeers)),
    topics: [],
  };
}

/** Every peer that a message's TL object names. */
export function mentionedPeers(message: Message): PeerId[] {
  const { from, to, entities = [], reactions = [], forwardedFrom, actionUser, actionUsers = [] } = message;
  return [
    from,
    to,
    ...entities.flatMap(({ userId }) => userId ?? []),
    ...reactions.map(({ accountId }) => accountId),
    ...(forwardedFrom === undefined ? [] : [forwardedFrom.from]),
    ...(actionUser === undefined ? [] : [actionUser]),
    ...actionUsers,
  ];
}
