import type { Account, Message, PeerId } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { buttonsOf } from '../chats/bots.ts';
import { checkMayWrite } from '../chats/chat-rights.ts';
import { checkSlowMode } from '../chats/slow-mode.ts';
import { rpcError } from '../errors.ts';
import { flagField, optionalObject } from '../fields.ts';
import type { Telegram } from '../telegram.ts';
import { messageByRandomId } from './random-ids.ts';
import { replyInputOf, replyOf } from './reply.ts';

/** These functions are the common part of the calls that send messages. */

/**
 * The messages that the account has sent with these random ids.
 *
 * @throws {RpcError} RANDOM_ID_EMPTY; RANDOM_ID_DUPLICATE if there are such messages and the sandbox is set so.
 */
export function sentEarlier(
  { store, settings }: Telegram,
  account: Account,
  randomIds: readonly bigint[],
): Message[] {
  if (randomIds.includes(0n)) throw rpcError('RANDOM_ID_EMPTY');
  const earlier = randomIds.flatMap((randomId) => messageByRandomId(store, account.id, randomId) ?? []);
  if (earlier.length > 0 && settings.repeated_random_id === 'error') throw rpcError('RANDOM_ID_DUPLICATE');
  return earlier;
}

/** @throws {RpcError} CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, PEER_ID_INVALID, SLOWMODE_WAIT_X. */
export function checkMaySend(telegram: Telegram, account: Account, to: PeerId, query: TlObject): void {
  checkMayWrite(telegram.store, account, to);
  checkSlowMode(telegram, account, to);
  // The sandbox does not implement scheduled messages.
  if (query['schedule_date'] !== undefined) throw rpcError('SCHEDULE_DATE_INVALID');
}

/** The fields of a message that every sending call can set. @throws {RpcError} as {@link replyOf}. */
export function sendOptions(
  store: Store,
  account: Account,
  to: PeerId,
  query: TlObject,
): Pick<Message, 'silent' | 'replyTo' | 'quote' | 'topicId' | 'buttons'> {
  return {
    ...(flagField(query, 'silent') && { silent: true }),
    ...replyOf(store, account, to, replyInputOf(query)),
    ...buttonsOf(account, optionalObject(query, 'reply_markup')),
  };
}
