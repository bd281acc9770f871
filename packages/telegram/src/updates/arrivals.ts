import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Numbered } from './sequence.ts';

/** Users and chats that came with updates. */
export interface WithPeople {
  users: Api.TypeUser[];
  chats: Api.TypeChat[];
}

const NOBODY: WithPeople = { users: [], chats: [] };

/** One update, outside of its container. */
export interface Arrival extends Numbered {
  readonly update: Api.TypeUpdate;
  /** The channel whose updates it belongs to; `null`: the account's. */
  readonly channelId: string | null;
  readonly people: WithPeople;
  /** Ids of users without whom it cannot be shown, where its container may lack them. */
  readonly needs: readonly string[];
  /** The random id under which the account sent the message, if the container says it. */
  readonly randomId?: string | undefined;
  /** An edit that only tells of a reaction. */
  readonly isReaction?: boolean;
  /** It was fetched later, not pushed. */
  readonly isCaughtUp?: boolean;
}

/** A push, or an answer in its form. */
export interface Container {
  arrivals: Arrival[];
  /** Its numbers in the sequence of containers; `null`: it has none. */
  seq: { first: number; last: number } | null;
  /** Seconds since the epoch; `null`: not told. */
  date: number | null;
  /** Telegram does not push what happened: the difference has it. */
  isTooLong: boolean;
}

export function containerOf(updates: Api.TypeUpdates): Container {
  const one = (update: Api.TypeUpdate, date: number, needs: string[] = []): Container => ({
    arrivals: [arrivalOf(update, NOBODY, needs)],
    seq: null,
    date,
    isTooLong: false,
  });
  if (updates instanceof Api.UpdateShort) return one(updates.update, updates.date);
  if (updates instanceof Api.UpdateShortMessage) {
    const { userId } = updates;
    return one(newMessage(updates, new Api.PeerUser({ userId })), updates.date, [String(userId)]);
  }
  if (updates instanceof Api.UpdateShortChatMessage) {
    const { chatId, fromId: userId } = updates;
    const message = newMessage(updates, new Api.PeerChat({ chatId }), new Api.PeerUser({ userId }));
    return one(message, updates.date, [String(userId), `-${String(chatId)}`]);
  }
  if (updates instanceof Api.Updates || updates instanceof Api.UpdatesCombined) {
    const first = updates instanceof Api.UpdatesCombined ? updates.seqStart : updates.seq;
    return {
      arrivals: arrivalsOf(updates.updates, updates),
      seq: updates.seq === 0 ? null : { first, last: updates.seq },
      date: updates.date || null,
      isTooLong: false,
    };
  }
  // `updatesTooLong`. `updateShortSentMessage` answers a call, and is changed before.
  return { arrivals: [], seq: null, date: null, isTooLong: updates instanceof Api.UpdatesTooLong };
}

/** The short form of a new message, in the common form. */
function newMessage(
  short: Api.UpdateShortMessage | Api.UpdateShortChatMessage,
  peerId: Api.TypePeer,
  fromId?: Api.TypePeer,
): Api.UpdateNewMessage {
  const { pts, ptsCount, out, mentioned, silent, id, message, date, fwdFrom, replyTo, entities } = short;
  const whole = new Api.Message({
    id,
    peerId,
    message,
    date,
    ...(fromId !== undefined && { fromId }),
    ...(out === true && { out }),
    ...(mentioned === true && { mentioned }),
    ...(silent === true && { silent }),
    ...(fwdFrom && { fwdFrom }),
    ...(replyTo && { replyTo }),
    ...(entities && { entities }),
  });
  return new Api.UpdateNewMessage({ message: whole, pts, ptsCount });
}

/** The updates of one container. */
function arrivalsOf(updates: readonly Api.TypeUpdate[], people: WithPeople): Arrival[] {
  const randomIds = new Map(
    updates.flatMap((update) =>
      update instanceof Api.UpdateMessageID && update.randomId
        ? [[update.id, update.randomId.toString()] as const]
        : [],
    ),
  );
  return updates.flatMap((update, index) => {
    // It only says the random id of another one.
    if (update instanceof Api.UpdateMessageID) return [];
    const message = messageIn(update);
    const randomId = message?.out === true ? randomIds.get(message.id) : undefined;
    return [
      {
        ...arrivalOf(update, people, privateUser(update)),
        ...(randomId !== undefined && { randomId }),
        ...(isReactionOf(update, updates[index + 1]) && { isReaction: true }),
      },
    ];
  });
}

function arrivalOf(update: Api.TypeUpdate, people: WithPeople, needs: string[]): Arrival {
  const [pts, count] = 'pts' in update && 'ptsCount' in update ? [update.pts, update.ptsCount] : [null, 0];
  return { update, pts, count, channelId: channelIdOf(update), people, needs };
}

/** Messages that were fetched. They are in order already. */
export function arrivalsOfMessages(messages: readonly Api.TypeMessage[], people: WithPeople): Arrival[] {
  return messages.map((message) => {
    const fields = { message, pts: 0, ptsCount: 0 };
    const isOfChannel = 'peerId' in message && message.peerId instanceof Api.PeerChannel;
    const update = isOfChannel ? new Api.UpdateNewChannelMessage(fields) : new Api.UpdateNewMessage(fields);
    const channelId = channelIdOf(update);
    return { update, pts: null, count: 0, channelId, people, needs: [], isCaughtUp: true };
  });
}

/** The answer to a call for a difference. */
interface Difference extends WithPeople {
  newMessages: Api.TypeMessage[];
  otherUpdates: Api.TypeUpdate[];
}

/**
 * What a difference contains, in order. Its own sequence is that of `channelId`; updates of other sequences keep their
 * numbers.
 */
export function arrivalsOfDifference(difference: Difference, channelId: string | null): Arrival[] {
  const others = arrivalsOf(difference.otherUpdates, difference).map((arrival) => ({
    ...arrival,
    ...(arrival.channelId === channelId && { pts: null, count: 0 }),
    isCaughtUp: true,
  }));
  return [...arrivalsOfMessages(difference.newMessages, difference), ...others];
}

/** The message that an update made or edited. */
export function messageIn(update: Api.TypeUpdate): Api.Message | Api.MessageService | undefined {
  if (
    !(update instanceof Api.UpdateNewMessage) &&
    !(update instanceof Api.UpdateNewChannelMessage) &&
    !(update instanceof Api.UpdateEditMessage) &&
    !(update instanceof Api.UpdateEditChannelMessage)
  )
    return undefined;
  const { message } = update;
  return message instanceof Api.MessageEmpty ? undefined : message;
}

function channelIdOf(update: Api.TypeUpdate): string | null {
  if ('channelId' in update) return update.channelId.toString();
  const message = messageIn(update);
  const peer = message?.peerId ?? ('peer' in update ? update.peer : undefined);
  return peer instanceof Api.PeerChannel ? peer.channelId.toString() : null;
}

/** The other person of a new private message. Updates may name people with less than their full data. */
function privateUser(update: Api.TypeUpdate): string[] {
  if (!(update instanceof Api.UpdateNewMessage)) return [];
  const peer = messageIn(update)?.peerId;
  return peer instanceof Api.PeerUser ? [peer.userId.toString()] : [];
}

/** Telegram tells a reaction as an edit of the message, too, followed by the reactions. */
function isReactionOf(update: Api.TypeUpdate, next: Api.TypeUpdate | undefined): boolean {
  if (!(next instanceof Api.UpdateMessageReactions)) return false;
  const isEdit = update instanceof Api.UpdateEditMessage || update instanceof Api.UpdateEditChannelMessage;
  return isEdit && messageIn(update)?.id === next.msgId;
}

/** The answer to a message that the account sent in its short form, in the common form. */
export function sentMessage(
  request: Api.messages.SendMessage | Api.messages.SendMedia,
  answer: Api.UpdateShortSentMessage,
  ownId: string,
): Api.Updates {
  const { id, date, media, entities, pts, ptsCount } = answer;
  const { message, replyTo, randomId, silent } = request;
  const whole = new Api.Message({
    out: true,
    id,
    fromId: new Api.PeerUser({ userId: bigInt(ownId) }),
    peerId: peerOfInput(request.peer, ownId),
    message,
    date,
    ...(silent === true && { silent }),
    ...(media && { media }),
    ...(entities && { entities }),
    ...(replyTo instanceof Api.InputReplyToMessage && {
      replyTo: new Api.MessageReplyHeader({ replyToMsgId: replyTo.replyToMsgId }),
    }),
  });
  return new Api.Updates({
    updates: [
      new Api.UpdateMessageID({ id, ...(randomId && { randomId }) }),
      new Api.UpdateNewMessage({ message: whole, pts, ptsCount }),
    ],
    users: [],
    chats: [],
    date,
    seq: 0,
  });
}

/** The peer that a request names, as messages name it. GramJS types requests with more than Telegram's peers. */
export function peerOfInput(peer: unknown, ownId: string): Api.TypePeer {
  if (peer instanceof Api.InputPeerChat) return new Api.PeerChat({ chatId: peer.chatId });
  if (peer instanceof Api.InputPeerChannel) return new Api.PeerChannel({ channelId: peer.channelId });
  const userId = peer instanceof Api.InputPeerUser ? peer.userId : bigInt(ownId);
  return new Api.PeerUser({ userId });
}
