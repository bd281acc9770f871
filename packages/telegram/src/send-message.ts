import type { SendResult } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { RpcError } from './call-errors.ts';
import type { Caller } from './caller.ts';
import { rpcNameOf, toFailure } from './errors.ts';
import { findInHistory } from './history.ts';
import { recipientNotFound } from './recipient-not-found.ts';
import type { Recipients } from './recipients.ts';
import { sentMessageIn, toSendResult } from './sent-message.ts';
import type { OutgoingMessage } from './types.ts';

/** Telegram's ways to say that an access hash is not (or no longer) good. */
const STALE_PEER = new Set(['PEER_ID_INVALID', 'USER_ID_INVALID', 'CHANNEL_INVALID', 'CHAT_ID_INVALID']);

/**
 * Sends one message under its own random id, so that however often this is called for it, Telegram makes one
 * message of it.
 *
 * Telegram may answer that it has the id already (RANDOM_ID_DUPLICATE): then the message is out, and its
 * Telegram id is looked up in the chat. Where it is not there (deleted meanwhile, or not visible yet), this
 * fails with outcome `unknown`, which allows nothing but the same call again; it is never sent a second time.
 */
export async function sendMessage(
  caller: Caller,
  recipients: Recipients,
  message: OutgoingMessage,
): Promise<SendResult> {
  const { input, fromBook } = await recipients.resolve(message.recipient);
  try {
    return await sendTo(caller, recipients, input, message);
  } catch (error) {
    const rpcName = rpcNameOf(error);
    if (rpcName === undefined || !STALE_PEER.has(rpcName)) throw error;
    const fresh = fromBook ? await recipients.resolveAfresh(message.recipient) : undefined;
    if (fresh === undefined) throw recipientNotFound(message.recipient, rpcName);
    return sendTo(caller, recipients, fresh.input, message);
  }
}

async function sendTo(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  message: OutgoingMessage,
): Promise<SendResult> {
  const randomId = message.randomId.toString();
  const request = new Api.messages.SendMessage({
    peer,
    message: message.text,
    randomId: bigInt(randomId),
    noWebpage: !message.linkPreview,
    silent: message.silent ?? false,
    ...(message.replyTo !== undefined && {
      replyTo: new Api.InputReplyToMessage({ replyToMsgId: message.replyTo }),
    }),
  });
  try {
    const updates = await caller.act(request);
    if ('users' in updates) recipients.remember(updates);
    const sent = sentMessageIn(updates, randomId);
    if (sent !== undefined) return toSendResult(sent);
  } catch (error) {
    if (rpcNameOf(error) !== 'RANDOM_ID_DUPLICATE') throw error;
  }
  return alreadySent(caller, peer, message.text);
}

/**
 * The message is out, whatever happens here: a failure to find it must not be taken for "nothing was sent".
 */
async function alreadySent(caller: Caller, peer: Api.TypeInputPeer, text: string): Promise<SendResult> {
  const unseen = toFailure(new RpcError(500, 'RANDOM_ID_DUPLICATE'), true);
  try {
    const sent = await findInHistory(caller, peer, text);
    if (sent !== undefined) return toSendResult(sent);
  } catch (error) {
    const { outcome } = toFailure(error, true).failure;
    if (outcome === 'wait' || outcome === 'account') throw error;
  }
  throw unseen;
}
