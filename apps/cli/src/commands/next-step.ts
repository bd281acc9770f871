import type { AccountSummary } from '@gateway/client';
import type { Say } from '../language.ts';

/**
 * What a person has to do before the account sends, by this program's commands where it has one; `undefined`: nothing.
 * The gateway's own sentence names calls of its API.
 */
export function nextStep(
  say: Say,
  user: string,
  { state, reason, next_action: given }: Pick<AccountSummary, 'state' | 'reason' | 'next_action'>,
): string | undefined {
  if (given === undefined) return undefined;
  if (reason === 'PAUSED') return say('To resume it: telegram-gateway resume {user}', { user });
  switch (state) {
    case 'revoked':
    case 'duplicated':
      return say('To sign it in again: telegram-gateway login {user}', { user });
    case 'proxy_unreachable':
      return say('Check its proxy, or give it another: telegram-gateway proxy {user} <address>', { user });
    default:
      return given;
  }
}
