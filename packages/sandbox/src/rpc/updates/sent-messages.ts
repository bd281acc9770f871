import type { Account, Message, PeerId } from '../../state/model.ts';
import { idIn } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { boxOf } from '../peers.ts';
import type { Telegram } from '../telegram.ts';
import { newMessageEntry, updatesObject } from './box-updates.ts';

/** The answer to a call that has sent messages: the id of each random id, and the messages. */
export function sentMessages(
  telegram: Telegram,
  account: Account,
  to: PeerId,
  messages: readonly Message[],
): TlObject {
  const box = boxOf(to, account.id);
  const sent = messages.map((message) => ({
    _: 'updateMessageID',
    id: idIn(message, box) ?? 0,
    random_id: BigInt(message.randomId),
  }));
  const entries = messages.map((message) => newMessageEntry(telegram.store, box, message));
  return updatesObject(telegram, account, box, entries, sent);
}
