import { peerByUsername } from '../rpc/methods/contacts.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { Account, PeerId } from '../state/model.ts';
import { accountOfPhone, knownAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';

/**
 * A chat by its id (`-100…` for channels), `@username` or `+phone`.
 *
 * @param field of the request, for the error.
 * @throws {ControlError} 404 if the chat does not exist.
 */
export function knownPeer(telegram: Telegram, peer: number | string, field: string): PeerId {
  const { accounts, chats } = telegram.store.state;
  const id = /^-?\d+$/.test(String(peer)) ? Number(peer) : peerByName(telegram, String(peer));
  if (id === undefined || !(accounts.has(id) || chats.has(id)))
    throw new ControlError(404, `${field}: there is no chat ${peer}`);
  return id;
}

/** An account in any of these forms. @throws {ControlError} 404 if it does not exist, 400 if it is a chat. */
export function accountBy(telegram: Telegram, ref: number | string, field: string): Account {
  const id = knownPeer(telegram, ref, field);
  if (id < 0) throw new ControlError(400, `${field}: ${ref} is a chat, not an account`);
  return knownAccount(telegram, id);
}

function peerByName(telegram: Telegram, name: string): PeerId | undefined {
  if (name.startsWith('+')) return accountOfPhone(telegram, name)?.id;
  return peerByUsername(telegram, name.replace(/^@/, '').toLowerCase());
}
