import type { Account, Message, MessageEntity, PeerId } from '../state/model.ts';
import { chatOf, idIn } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { TlObject } from '../types.ts';
import { companions, peerObject } from './objects.ts';
import { boxOf, isChannel } from './peers.ts';

/** A message as one account sees it in its own box, or in a channel's. */
function messageObject(store: Store, viewer: Account, message: Message): TlObject {
  const box = boxOf(message.to, viewer.id);
  const id = idIn(message, box);
  if (id === undefined) throw new Error(`account ${viewer.id} has no copy of the message`);
  const chat = chatOf(message, box);
  // A note to oneself counts as incoming; what comes in in a private chat names no sender, for there is only one.
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
  return { _: 'message', ...common, message: message.text, entities: message.entities?.map(entityObject) };
}

function creation(store: Store, { to, text }: Message): TlObject {
  if (isChannel(to)) return { _: 'messageActionChannelCreate', title: text };
  const members = store.state.chats.get(to)?.members ?? [];
  return { _: 'messageActionChatCreate', title: text, users: members.map(BigInt) };
}

/** Each box has its own number for the message that is answered. */
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

/** Messages with everybody whom they name. */
export interface PeeredMessages {
  messages: TlObject[];
  users: TlObject[];
  chats: TlObject[];
  /** Forum topics, of which there are none. */
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

/** The update that tells of a new message. One message is one step of its box's pts. */
function newMessageUpdate(store: Store, viewer: Account, message: Message): TlObject {
  const id = idIn(message, boxOf(message.to, viewer.id)) ?? 0;
  const _ = isChannel(message.to) ? 'updateNewChannelMessage' : 'updateNewMessage';
  return { _, message: messageObject(store, viewer, message), pts: id + 1, pts_count: 1 };
}

/** `updates` about one message, for a push or an answer; `first` come before it. */
export function messageUpdates(
  store: Store,
  viewer: Account,
  message: Message,
  first: TlObject[] = [],
): TlObject {
  const { users, chats } = messagesWithPeers(store, viewer, [message]);
  return {
    _: 'updates',
    updates: [...first, newMessageUpdate(store, viewer, message)],
    users,
    chats,
    date: message.date,
    seq: 0,
  };
}
