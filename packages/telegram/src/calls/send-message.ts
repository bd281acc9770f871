import type { Entity, Recipient, SentMessage as SentPart } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import type { Recipients, ResolvedRecipient } from '../peers/recipients.ts';
import { toTelegramEntities } from './entities.ts';
import { findByIds } from './history/bot-history.ts';
import { findInHistory, type Floor } from './history/history.ts';
import { sentBefore, sentJustNow, unseen } from './history/sent-before.ts';
import { hasAttachment, inputAttachment, type OutgoingAttachment } from './media/outgoing-attachment.ts';
import { asDocument, hasFile, inputMedia, type OutgoingMedia } from './media/outgoing-media.ts';
import { inputReplyTo, isInTopic, type Place } from './reply-to.ts';
import { sentMessageIn, toSendResult, type SentMessage } from './sent-message.ts';
import { withRecipient } from './with-recipient.ts';

export interface OutgoingMessage extends Place, OutgoingAttachment {
  recipient: Recipient;
  text: string;
  /** The formatting of `text`. */
  entities?: readonly Entity[] | undefined;
  /** The file to send, with `text` as its caption. */
  media?: OutgoingMedia | undefined;
  /** The id of the account. */
  ownId?: string | undefined;
  /** Telegram's idempotency key: signed 64-bit, never 0, the same for every attempt of one message. */
  randomId: bigint;
  silent?: boolean | undefined;
  linkPreview: boolean;
  /**
   * When a person or program requested the message, ms since the epoch. A recipient that was not found before this time
   * is looked up again.
   */
  askedAt?: number | undefined;
  /**
   * Telegram's id of the last message that this account is known to have sent to this chat before this one. 0 or
   * absent: none is known.
   * A search for the message in the chat considers only greater ids.
   */
  after?: number | undefined;
  /**
   * ms since the epoch. Set if an earlier attempt at or after this time has an unknown outcome, and is so old that
   * Telegram may have forgotten the random id.
   * The chat is searched first, and a message that matches is the result. The message is sent only if the chat could be
   * read and contains no match.
   */
  searchSince?: number | undefined;
}

/**
 * Sends one message under its random id. Repeated calls for the same message make only one message at Telegram.
 *
 * If Telegram already has the id (RANDOM_ID_DUPLICATE), the message is sent, and its Telegram id is searched for in the
 * chat, first among messages newer than `after`. If it is not there (deleted meanwhile, or not visible yet), this fails
 * with outcome `unknown`, which allows only the same call again. It is never sent a second time.
 *
 * With `searchSince` Telegram may have forgotten the id, so the chat is searched before sending. A failed search
 * fails the whole call: it sends only after it read the chat and did not find the message.
 */
export async function sendMessage(
  caller: Caller,
  recipients: Recipients,
  message: OutgoingMessage,
): Promise<SentPart> {
  return withRecipient(recipients, message, (resolved) => deliverTo(caller, recipients, resolved, message));
}

async function deliverTo(
  caller: Caller,
  recipients: Recipients,
  { input, peer }: ResolvedRecipient,
  message: OutgoingMessage,
): Promise<SentPart> {
  const { after = 0, searchSince: since } = message;
  const earlier =
    since === undefined ? undefined : await findEarlier(caller, recipients, input, message, { after, since });
  const sent = earlier ?? (await sendTo(caller, recipients, input, message));
  if (peer !== undefined) recipients.noteWrittenTo(peer);
  return toSendResult(sent, message.ownId);
}

/** @throws a failure that says nothing about the message, also if a bot has no id to search from. */
async function findEarlier(
  caller: Caller,
  { isBot }: Recipients,
  peer: Api.TypeInputPeer,
  { text, media, topicId, ...attachment }: OutgoingMessage,
  floor: Floor,
): Promise<SentMessage | undefined> {
  const isLike = (message: Api.Message) =>
    (media === undefined || hasFile(message, media)) &&
    hasAttachment(message, attachment) &&
    isInTopic(message, topicId);
  if (!isBot) return findInHistory(caller, peer, text, floor, isLike);
  if (floor.after === 0) throw unseen();
  return findByIds(caller, peer, text, floor.after, isLike);
}

async function sendTo(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  message: OutgoingMessage,
): Promise<SentMessage> {
  const randomId = message.randomId.toString();
  const search = {
    after: message.after ?? 0,
    isBot: recipients.isBot,
    find: (floor: Floor) => findEarlier(caller, recipients, peer, message, floor),
  };
  let answer: Api.TypeUpdates;
  try {
    answer = await caller.act(requestOf(recipients, peer, message));
  } catch (error) {
    const name = rpcNameOf(error);
    const document = message.media === undefined ? null : asDocument(message.media, name);
    if (document !== null) return sendTo(caller, recipients, peer, { ...message, media: document });
    if (name !== 'RANDOM_ID_DUPLICATE') throw error;
    return sentBefore(search);
  }
  if ('users' in answer) recipients.remember(answer);
  return sentMessageIn(answer, randomId) ?? sentJustNow(search);
}

function requestOf(
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  message: OutgoingMessage,
): Api.messages.SendMessage | Api.messages.SendMedia {
  const media = message.media === undefined ? inputAttachment(message) : inputMedia(message.media);
  const replyTo = inputReplyTo(message);
  const fields = {
    peer,
    message: message.text,
    ...(message.entities !== undefined &&
      message.entities.length > 0 && {
        entities: toTelegramEntities(message.entities, (id) => recipients.inputUser(id)),
      }),
    randomId: bigInt(message.randomId),
    silent: message.silent ?? false,
    ...(replyTo !== undefined && { replyTo }),
  };
  return media === undefined
    ? new Api.messages.SendMessage({ ...fields, noWebpage: !message.linkPreview })
    : new Api.messages.SendMedia({ ...fields, media });
}
