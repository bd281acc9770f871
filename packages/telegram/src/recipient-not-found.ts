import { GatewayError, type Recipient } from '@gateway/contracts';
import { TelegramFailure } from './types.ts';

/**
 * What the caller is told when nobody is found. `rpcError`: Telegram's own word for it, where it has spoken.
 */
export function recipientNotFound(recipient: Recipient, rpcError?: string): TelegramFailure {
  const error = new GatewayError('RECIPIENT_NOT_FOUND', reasonFor(recipient), { rpcError });
  return new TelegramFailure({ outcome: 'fail' }, error);
}

function reasonFor(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'self':
      return 'Telegram does not let this account write to itself.';
    case 'username':
      return `Nobody has the username @${recipient.username}.`;
    case 'phone':
      return 'No Telegram account is reachable by this phone number: check it, or add it to the contacts of this account.';
    case 'user':
      return (
        'This account has never met a user with this id. Write to them once by @username or +phone, ' +
        'add them to the contacts, or open a chat with them in an app; then the id works too.'
      );
    case 'chat':
      return 'This account is in no group with this id: join it first. A supergroup or channel has an id that begins with -100.';
    case 'channel':
      return 'This account knows no channel or supergroup with this id: join it first, or write to it once by @username.';
  }
}
