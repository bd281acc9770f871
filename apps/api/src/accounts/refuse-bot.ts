import { botUserId } from '@gateway/runtime';
import type { ApiContext } from '../context.ts';
import { validationError } from '../http/validation.ts';

/** @throws {GatewayError} `VALIDATION` if the account is the bot's, which signs in by its token only. */
export function refuseBot({ settings }: Pick<ApiContext, 'settings'>, userId: string): void {
  if (userId !== botUserId(settings)) return;
  throw validationError([{ path: 'user_id', message: 'is the bot: it signs in by TELEGRAM_BOT_TOKEN' }]);
}
