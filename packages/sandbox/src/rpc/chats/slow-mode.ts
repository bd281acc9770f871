import type { Account, PeerId } from '../../state/model.ts';
import { rpcError } from '../errors.ts';
import { unixSeconds, type Telegram } from '../telegram.ts';
import { isAdmin } from './chat-rights.ts';

/** @throws {RpcError} SLOWMODE_WAIT_X if the account has written to a chat in slow mode too recently. */
export function checkSlowMode(telegram: Telegram, account: Account, peer: PeerId): void {
  const { store } = telegram;
  const seconds = store.state.chats.get(peer)?.slowMode;
  if (seconds === undefined || isAdmin(store, account, peer)) return;
  const since = unixSeconds(telegram) - seconds;
  const last = store.state.boxes
    .get(peer)
    ?.messages.findLast((message) => message?.from === account.id && message.action === undefined);
  if (last !== undefined && last.date > since) throw rpcError(`SLOWMODE_WAIT_${last.date - since}`);
}
