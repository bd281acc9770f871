import { MAIN_DATA_CENTER } from '../rpc/accounts.ts';
import { HOME_METHODS } from '../rpc/methods/index.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { Account } from '../state/model.ts';
import { RpcError, type TlValue } from '../types.ts';
import { ControlError } from './control-error.ts';

/**
 * Calls a method of Telegram as an account, as its official app would: every connection of the account gets the
 * updates.
 *
 * @throws {ControlError} 400 with Telegram's error name.
 */
export function actAs(
  telegram: Telegram,
  account: Account,
  method: string,
  params: Record<string, TlValue>,
): TlValue {
  const run = HOME_METHODS.get(method);
  if (run === undefined) throw new Error(`there is no method ${method}`);
  const query = { _: method, ...params };
  const call = {
    query,
    layer: 198,
    dcId: MAIN_DATA_CENTER,
    authKeyId: 'the control port',
    sessionId: 'the control port',
    client: undefined,
  };
  try {
    return run({ call, query, account, telegram });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new ControlError(400, `Telegram refuses it: ${error.message}`);
  }
}
