import type { Account, Message, MessageEntity, PeerId } from '../state/model.ts';
import { chatOf, idIn } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { TlObject } from '../types.ts';
import { companions, peerObject } from './objects.ts';
import { boxOf, isChannel } from './peers.ts';

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
    silent: message.silent,
    post: isPost,
    id,
    from_id: isPost || (chat >= 0 && !out) ? undefined : peerObject(message.from),
    peer_id: peerObject(chat),
    reply_to: replyHeader(store, message, box),
    date: message.date,
  };
  if (message.action === 'created')
    return { _: 'messageService', ...common, action: creation(store, message) };
  return {
    _: 'message',
    ...common,
    message: message.text,
    entities: message.entities?.map(entityObject),
    edit_date: message.editDate,
  };
}

function creation(store: Store, { to, text }: Message): TlObject {
  if (isChannel(to)) return { _: 'messageActionChannelCreate', title: text };
  const members = store.state.chats.get(to)?.members ?? [];
  return { _: 'messageActionChatCreate', title: text, users: members.map(BigInt) };
}

/** The id of the original message differs from box to box. */
function replyHeader(store: Store, message: Message, box: PeerId): TlObject | undefined {
  if (message.replyTo === undefined) return undefined;
  const original = store.state.boxes.get(boxOf(message.to, message.from))?.messages[message.replyTo - 1];
  const id = original === undefined ? undefined : idIn(original, box);
  return id === undefined ? undefined : { _: 'messageReplyHeader', reply_to_msg_id: id };
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
  const peers = messages.flatMap((message) => [message.from, message.to, ...mentions(message)]);
  return {
    messages: messages.map((message) => messageObject(store, viewer, message)),
    ...companions(store, viewer, peers),
    topics: [],
  };
}

function mentions({ entities = [] }: Message): number[] {
  return entities.flatMap(({ userId }) => userId ?? []);
}
