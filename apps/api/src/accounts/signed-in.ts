import { ERROR_CODES, GatewayError, isSignedIn, type AccountView } from '@gateway/contracts';
import type { Producer } from '@gateway/queue';

/**
 * Returns the view of an account that may send, now or after its hold.
 * @throws {GatewayError} `NOT_AUTHORIZED`, or the reason why it cannot sign in any more.
 */
export async function requireSignedIn(
  producer: Pick<Producer, 'accountView'>,
  userId: string,
): Promise<AccountView> {
  const view = await producer.accountView(userId);
  refuseSignedOut(view);
  return view;
}

/** @throws {GatewayError} as {@link requireSignedIn}. */
export function refuseSignedOut(view: AccountView): void {
  if (view.state === 'unreadable') throw unreadable(view);
  if (!isSignedIn(view.state)) throw notSignedIn(view);
}

function unreadable({ next_action }: Pick<AccountView, 'next_action'>): GatewayError {
  const { message, action } = ERROR_CODES.SESSION_UNREADABLE;
  return new GatewayError('SESSION_UNREADABLE', `${message} ${next_action ?? action}`);
}

function notSignedIn({ reason, next_action }: Pick<AccountView, 'reason' | 'next_action'>): GatewayError {
  if (reason === null) return new GatewayError('NOT_AUTHORIZED');
  return new GatewayError(
    'NOT_AUTHORIZED',
    ['This account is not signed in:', reason, next_action ?? ''].join(' ').trim(),
  );
}
