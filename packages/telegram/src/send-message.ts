import type { SendResult } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { findByIds } from './bot-history.ts';
import { RpcError } from './call-errors.ts';
import type { Caller } from './caller.ts';
import { toTelegramEntities } from './entities.ts';
import { rpcNameOf, toFailure } from './errors.ts';
import { findInHistory } from './history.ts';
import { isUnreachable, recipientUnreachable } from './recipient-not-found.ts';
import type { Recipients, ResolvedRecipient } from './recipients.ts';
import { sentMessageIn, toSendResult, type SentMessage } from './sent-message.ts';
import type { OutgoingMessage, TelegramFailure } from './types.ts';

/**
 * Sends one message under its own random id, so that however often this is called for it, Telegram makes one
 * message of it.
 *
 * Telegram may answer that it has the id already (RANDOM_ID_DUPLICATE): then the message is out, and its
 * Telegram id is looked up in the chat, first among what is newer than `after`. Where it is not there (deleted meanwhile, or not visible yet), this
 * fails with outcome `unknown`, which allows nothing but the same call again; it is never sent a second time.
 *
 * With `lookFirstSince` Telegram may have forgotten the id, and the chat is asked before it. A look that fails is
 * the failure of the whole: only a chat that was read and does not have the message allows a send.
 */
export async function sendMessage(
  caller: Caller,
  recipients: Recipients,
  message: OutgoingMessage,
): Promise<SendResult> {
  const { recipient, askedAt } = message;
  const resolved = await recipients.resolve(recipient, askedAt);
  try {
    try {
      return await deliverTo(caller, recipients, resolved, message);
    } catch (error) {
      if (!isUnreachable(rpcNameOf(error)) || !resolved.fromBook) throw error;
      // The access hash in the book may be one of before.
      const fresh = await recipients.resolveAfresh(recipient, askedAt);
      if (fresh === undefined) throw error;
      return await deliverTo(caller, recipients, fresh, message);
    }
  } catch (error) {
    const rpcName = rpcNameOf(error);
    throw isUnreachable(rpcName) ? recipientUnreachable(recipient, recipients.isBot, rpcName) : error;
  }
}

async function deliverTo(
  caller: Caller,
  recipients: Recipients,
  { input, peer }: ResolvedRecipient,
  message: OutgoingMessage,
): Promise<SendResult> {
  const { text, after = 0, lookFirstSince: since } = message;
  const earlier =
    since === undefined ? undefined : await findEarlier(caller, recipients, input, text, { after, since });
  const sent = earlier ?? (await sendTo(caller, recipients, input, message));
  if (peer !== undefined) recipients.noteWrittenTo(peer);
  return toSendResult(sent);
}

/** @throws what says nothing about the message, also where a bot has nothing to look by. */
async function findEarlier(
  caller: Caller,
  { isBot }: Recipients,
  peer: Api.TypeInputPeer,
  text: string,
  floor: { after: number; since?: number },
): Promise<SentMessage | undefined> {
  if (!isBot) return findInHistory(caller, peer, text, floor);
  if (floor.after === 0) throw unseen();
  return findByIds(caller, peer, text, floor.after);
}

async function sendTo(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  message: OutgoingMessage,
): Promise<SentMessage> {
  const randomId = message.randomId.toString();
  const request = new Api.messages.SendMessage({
    peer,
    message: message.text,
    ...(message.entities !== undefined &&
      message.entities.length > 0 && {
        entities: toTelegramEntities(message.entities, (id) => recipients.inputUser(id)),
      }),
    randomId: bigInt(randomId),
    noWebpage: !message.linkPreview,
    silent: message.silent ?? false,
    ...(message.replyTo !== undefined && {
      replyTo: new Api.InputReplyToMessage({ replyToMsgId: message.replyTo }),
    }),
  });
  let answer: Api.TypeUpdates;
  try {
    answer = await caller.act(request);
  } catch (error) {
    if (rpcNameOf(error) !== 'RANDOM_ID_DUPLICATE') throw error;
    return sentBefore(caller, recipients, peer, message);
  }
  if ('users' in answer) recipients.remember(answer);
  return sentMessageIn(answer, randomId) ?? sentJustNow(caller, recipients, peer, message);
}

/** This very call has sent it: no failure to find it may say that it has sent nothing, a pause neither. */
async function sentJustNow(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  message: OutgoingMessage,
): Promise<SentMessage> {
  return sentBefore(caller, recipients, peer, message).catch(() => {
    throw unseen();
  });
}

/**
 * The message is out, whatever happens here: a failure to find it must not be taken for "it is not out". A
 * pause may be told: this call has sent nothing, and its caller knows of the one that has.
 */
async function sentBefore(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  { text, after = 0 }: OutgoingMessage,
): Promise<SentMessage> {
  try {
    const sent = await findEarlier(caller, recipients, peer, text, { after });
    if (sent !== undefined) return sent;
    // Its job may have been forgotten and posted again: then it lies before messages that went out since.
    const older =
      after === 0 || recipients.isBot ? undefined : await findInHistory(caller, peer, text, { after: 0 });
    if (older !== undefined) return older;
  } catch (error) {
    const { outcome } = toFailure(error, true).failure;
    if (outcome === 'wait' || outcome === 'account') throw error;
  }
  throw unseen();
}

function unseen(): TelegramFailure {
  return toFailure(new RpcError(500, 'RANDOM_ID_DUPLICATE'), true);
}
