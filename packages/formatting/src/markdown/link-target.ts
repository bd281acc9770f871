import type { Format } from '../text-builder.ts';

const MENTION = /^tg:\/\/user\/?\?id=([^&#]*)$/i;
const CUSTOM_EMOJI = /^tg:\/\/emoji\/?\?id=([^&#]*)$/i;
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'tg:', 'mailto:', 'tel:']);

/** Telegram's maximum length of an address, in bytes. */
const MAX_URL = 2_048;

/** Telegram's user ids have 40 bits (TDLib, `UserId::MAX_USER_ID`). */
const MAX_USER_ID = 2 ** 40 - 1;

/** Telegram's document ids, which include custom emoji, are signed 64-bit numbers. */
const MAX_EMOJI_ID = 2n ** 63n - 1n;

export const EMOJI_ID_HINT = 'its id must be a number from 1 to 9223372036854775807';
export const EMOJI_TEXT_HINT =
  'it must cover exactly one emoji, which is shown where the custom emoji cannot be';

/** Telegram's format for a link to this address; `null` if Telegram would not open it. */
export function linkTo(address: string): Format | null {
  const id = MENTION.exec(address)?.[1];
  if (id !== undefined) {
    const userId = /^\d{1,20}$/.test(id) ? Number(id) : 0;
    return userId > 0 && userId <= MAX_USER_ID ? { type: 'text_mention', user_id: userId } : null;
  }
  const url = address.replaceAll(' ', '%20');
  if (url.length > MAX_URL || Buffer.byteLength(url) > MAX_URL || !URL.canParse(url)) return null;
  return SCHEMES.has(new URL(url).protocol) ? { type: 'text_link', url } : null;
}

/** Why {@link linkTo} refuses an address. */
export function addressFault(address: string): string {
  if (MENTION.test(address)) return `its id must be a number from 1 to ${MAX_USER_ID}`;
  if (Buffer.byteLength(address.replaceAll(' ', '%20')) > MAX_URL)
    return `it may have at most ${MAX_URL} bytes`;
  const scheme = /^([a-z][a-z0-9+.-]*:)/i.exec(address)?.[1]?.toLowerCase();
  return scheme !== undefined && SCHEMES.has(scheme)
    ? 'it is not a valid address'
    : 'it must begin with http://, https://, tg://, mailto: or tel:';
}

/** The id in an address `tg://emoji?id=…`, valid or not; `undefined` for any other address. */
export function customEmojiIdOf(address: string): string | undefined {
  return CUSTOM_EMOJI.exec(address)?.[1];
}

/** `null` if the id is not valid at Telegram. */
export function customEmoji(id: string): Format | null {
  if (!/^\d{1,20}$/.test(id)) return null;
  const value = BigInt(id);
  return value > 0n && value <= MAX_EMOJI_ID
    ? { type: 'custom_emoji', custom_emoji_id: String(value) }
    : null;
}
