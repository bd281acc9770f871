import type { Account, Message, PeerId } from '../../state/model.ts';
import { chatOf, messageIn } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import { rpcError } from '../errors.ts';
import { boxOf } from '../peers.ts';

/**
 * A message of a chat by the account's id for it. Service messages do not count.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID.
 */
export function writtenMessage(store: Store, account: Account, peer: PeerId, id: number): Message {
  const box = boxOf(peer, account.id);
  const message = messageIn(store.state, box, id);
  if (message === undefined || chatOf(message, box) !== peer || message.action !== undefined)
    throw rpcError('MESSAGE_ID_INVALID');
  return message;
}

/** The boxes with a copy of the message. */
export function boxesOf(message: Message): PeerId[] {
  return message.copies.map(({ box }) => box);
}
