import type { Format } from './text-builder.ts';

const MENTION = /^tg:\/\/user\?id=(\d{1,15})$/;
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'tg:', 'mailto:', 'tel:']);

/** Bytes that Telegram takes at most. */
const MAX_URL = 2_048;

/** What a link to this address is at Telegram; `null`: it links to nothing that Telegram would open. */
export function linkTo(url: string): Format | null {
  const id = MENTION.exec(url)?.[1];
  if (id !== undefined && Number(id) > 0) return { type: 'text_mention', user_id: Number(id) };
  if (url.length > MAX_URL || !URL.canParse(url) || !SCHEMES.has(new URL(url).protocol)) return null;
  return { type: 'text_link', url };
}
