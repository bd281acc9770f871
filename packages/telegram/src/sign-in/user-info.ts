import type { UserInfo } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';

/** Converts a Telegram user to the API's form. `undefined` for Telegram's empty user, which stands for nobody. */
export function toUserInfo(user: Api.TypeUser | undefined): UserInfo | undefined {
  if (!(user instanceof Api.User)) return undefined;
  return {
    id: user.id.toJSNumber(),
    first_name: user.firstName ?? '',
    last_name: user.lastName || null,
    username: currentUsername(user),
    phone_number: plusPhone(user.phone),
  };
}

/**
 * The username to show and to find by, with its owner's capitals. Accounts with several usernames have them only in the
 * list.
 */
export function currentUsername(of: Api.User | Api.Channel): string | null {
  const active = of.usernames?.find((username) => username.active);
  return of.username || active?.username || null;
}

/** Telegram writes phone numbers without the plus. */
export function plusPhone(phone: string | undefined): string | null {
  return phone ? `+${phone.replace(/^\+/, '')}` : null;
}
