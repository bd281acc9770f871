import { EXPORTED, type AccountView, type ControlPayload } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { requireSignedIn } from './require-signed-in.ts';

/**
 * Gives the account a proxy of its own (`null`: none), and connects through it. Call in turn. If that fails, the view
 * says so; the change stays.
 */
export async function setProxy(
  account: Account,
  { proxy }: ControlPayload<'account.proxy'>,
): Promise<AccountView> {
  requireSignedIn(account);
  await account.changeNetwork({ proxy });
  // The session was exported and may be in use elsewhere.
  if (account.status.reason === EXPORTED) return account.view;
  try {
    await account.client().connect();
  } catch (thrown) {
    if (!(thrown instanceof TelegramFailure)) throw thrown;
    if (thrown.failure.outcome === 'account') await account.setTrouble(thrown.failure.state, thrown.error);
  }
  return account.view;
}
