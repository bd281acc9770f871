import { unwrapPasted } from './pasted.ts';

/** Whatever could be one: Telegram says which are. */
const HASH = String.raw`[\w-]{1,128}`;
const WEB = new RegExp(
  String.raw`^(?:https?://)?(?:www\.)?(?:t\.me|telegram\.(?:me|dog))/(?:\+|%2B|joinchat/)(${HASH})/?(?:[?#].*)?$`,
  'i',
);
const APP = new RegExp(String.raw`^tg:(?://)?join/?\?(?:.*&)?invite=(${HASH})(?:&.*)?$`, 'i');

/** The hash of an invite link; `undefined` for any other text. A link with digits alone names a phone number. */
export function inviteHash(text: string): string | undefined {
  const link = unwrapPasted(text);
  const hash = WEB.exec(link)?.[1] ?? APP.exec(link)?.[1];
  return hash === undefined || /^\d+$/.test(hash) ? undefined : hash;
}

/** The invite link with this hash, in one form. */
export function inviteLink(hash: string): string {
  return `https://t.me/+${hash}`;
}
