import type { TlObject } from '../../../types.ts';
import { signIn } from '../../authorizations.ts';
import { rpcError } from '../../errors.ts';
import { textField } from '../../fields.ts';
import type { Request } from '../../telegram.ts';
import { checkApiCredentials } from './api-credentials.ts';

/** Signs a bot in by its @BotFather token. @throws {RpcError} ACCESS_TOKEN_INVALID, USER_MIGRATE_X. */
export function importBotAuthorization(request: Request): TlObject {
  const { call, query, telegram } = request;
  checkApiCredentials(query);
  const token = textField(query, 'bot_auth_token');
  const bot = [...telegram.store.state.accounts.values()].find(({ botToken }) => botToken === token);
  if (token === '' || bot === undefined) throw rpcError('ACCESS_TOKEN_INVALID');
  if (bot.homeDc !== call.dcId) throw rpcError(`USER_MIGRATE_${bot.homeDc}`);
  return signIn(request, bot);
}
