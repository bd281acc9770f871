import type { UserInfo } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';

/**
 * A Telegram user as the product shows one. `undefined` for the empty user that Telegram gives where there is
 * none.
 */
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
 * The name to show and to find by; accounts with several have it in the list only. As written by its owner.
 */
export function currentUsername(of: Api.User | Api.Channel): string | null {
  const active = of.usernames?.find((username) => username.active);
  return of.username || active?.username || null;
}

/** Telegram writes phone numbers without the plus. */
export function plusPhone(phone: string | undefined): string | null {
  return phone ? `+${phone.replace(/^\+/, '')}` : null;
}
