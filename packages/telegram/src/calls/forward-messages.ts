import type { Recipient } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { RpcError } from '../errors/call-errors.ts';
import { rpcNameOf, toFailure } from '../errors/errors.ts';
import type { Recipients } from '../peers/recipients.ts';
import { isOfServiceAccount } from '../shown/service-account.ts';
import { findForwarded } from './history/find-forwarded.ts';
import { messageNotFound, messagesById } from './history/messages-by-id.ts';
import { topMsgId } from './reply-to.ts';
import { withRecipient } from './with-recipient.ts';

export interface Forward {
  /** The chat that has the messages. */
  recipient: Recipient;
  toRecipient: Recipient;
  messageIds: readonly number[];
  /** One for each of `messageIds`: Telegram's idempotency keys, the same for every attempt. */
  randomIds: readonly bigint[];
  dropAuthor: boolean;
  dropCaptions: boolean;
  topicId?: number | undefined;
  silent?: boolean | undefined;
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
  /** The ids that an earlier try forwarded, or may have; `undefined` on the first try. */
  forwarded: readonly number[] | undefined;
  /** Stores `forwarded`. Called before the first try forwards anything. */
  noteForwarded: (ids: number[]) => Promise<void>;
  /** As for a sent message. */
  after?: number | undefined;
  searchSince?: number | undefined;
}

/** The new ids, one for each id that was asked for; `null` for a message that was gone. */
export interface ForwardedMessages {
  message_ids: (number | null)[];
}

/**
 * Forwards messages under their random ids. Repeated calls make them only once, as for a sent message: the target chat
 * is searched if Telegram knows the random ids (RANDOM_ID_DUPLICATE), or may have forgotten them (`searchSince`).
 */
export async function forwardMessages(
  caller: Caller,
  recipients: Recipients,
  forward: Forward,
): Promise<ForwardedMessages> {
  const { toRecipient, askedAt } = forward;
  return withRecipient(recipients, forward, (from) =>
    withRecipient(recipients, { recipient: toRecipient, askedAt }, async (to) => {
      const ids = await forwardTo(caller, recipients, { from: from.input, to: to.input, forward });
      if (to.peer !== undefined) recipients.noteWrittenTo(to.peer);
      return { message_ids: ids };
    }),
  );
}

interface Route {
  from: Api.TypeInputPeer;
  to: Api.TypeInputPeer;
  forward: Forward;
}

async function forwardTo(
  caller: Caller,
  recipients: Recipients,
  { from, to, forward }: Route,
): Promise<(number | null)[]> {
  const { messageIds, dropAuthor, after = 0, searchSince: since } = forward;
  const texts = await textsOf(caller, from, messageIds);
  const present = forward.forwarded ?? messageIds.filter((id) => texts.has(id));
  if (present.length === 0) throw messageNotFound();
  if (forward.forwarded === undefined) await forward.noteForwarded([...present]);
  const chosen = messageIds.flatMap((id, index) => (present.includes(id) ? [index] : []));
  const find = async (floor: { after: number; since?: number }) => {
    const wanted = chosen.map((index) => texts.get(messageIds[index] ?? 0));
    // A bot cannot read the chat, and a message that is gone meanwhile cannot be compared.
    if (recipients.isBot || !wanted.every((text) => text !== undefined)) return undefined;
    const found = await findForwarded(caller, to, { texts: wanted, withAuthor: !dropAuthor }, floor);
    return found && messageIds.map((_id, index) => found[chosen.indexOf(index)] ?? null);
  };
  if (since !== undefined) {
    if (recipients.isBot) throw unseen();
    const earlier = await find({ after, since });
    if (earlier !== undefined) return earlier;
  }
  try {
    const answer = await caller.act(requestOf({ from, to, forward }, chosen));
    if ('users' in answer) recipients.remember(answer);
    const sent = forward.randomIds.map((randomId) => idFor(answer, randomId.toString()));
    if (sent.some((id) => id !== null)) return sent;
  } catch (error) {
    const name = rpcNameOf(error);
    if (name === 'MESSAGE_ID_INVALID' && forward.forwarded === undefined) throw messageNotFound(name);
    // On a repeated try the messages may be gone, and forwarded before.
    if (name !== 'RANDOM_ID_DUPLICATE' && name !== 'MESSAGE_ID_INVALID') throw error;
  }
  const found = await find({ after }).catch(() => undefined);
  if (found === undefined) throw unseen();
  return found;
}

function requestOf({ from, to, forward }: Route, chosen: readonly number[]) {
  const topic = topMsgId(forward.topicId);
  return new Api.messages.ForwardMessages({
    fromPeer: from,
    toPeer: to,
    id: chosen.map((index) => forward.messageIds[index] ?? 0),
    randomId: chosen.map((index) => bigInt((forward.randomIds[index] ?? 0n).toString())),
    silent: forward.silent ?? false,
    dropAuthor: forward.dropAuthor,
    dropMediaCaptions: forward.dropCaptions,
    ...(topic !== undefined && { topMsgId: topic }),
  });
}

/** The texts of the messages that can be forwarded, by id. Those with Telegram's login codes cannot. */
async function textsOf(
  caller: Caller,
  from: Api.TypeInputPeer,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const found = await messagesById(caller, from, [...new Set(ids)]);
  return new Map(
    found.flatMap(({ message, isInChat }) =>
      isInChat && message instanceof Api.Message && !isOfServiceAccount(message)
        ? [[message.id, message.message] as const]
        : [],
    ),
  );
}

function idFor(answer: Api.TypeUpdates, randomId: string): number | null {
  if (!('updates' in answer)) return null;
  const update = answer.updates.find(
    (each) => each instanceof Api.UpdateMessageID && each.randomId?.toString() === randomId,
  );
  return update instanceof Api.UpdateMessageID ? update.id : null;
}

function unseen(): Error {
  return toFailure(new RpcError(500, 'RANDOM_ID_DUPLICATE'), true);
}
