import type { MessageEntity } from '../../state/model.ts';

/*
 * Entities that Telegram adds to a text by itself: links, mentions, hashtags, cashtags, e-mail addresses, bot commands
 * (core.telegram.org/api/entities). The patterns are simpler than Telegram's own (TDLib: MessageEntity.cpp).
 */

const DOMAIN = String.raw`(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+`;
/** Without a scheme, only names below well-known domains are links. */
const KNOWN_DOMAINS = 'com|org|net|edu|gov|info|io|me|dev|app|ai|co|ru|de|uk|fr|eu|tv|xyz|рф';
const AFTER_HOST = String.raw`(?::\d{1,5})?(?:[/?#][^\s<>"]*)?`;

/** In order of precedence: a match that overlaps an earlier one does not count. */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['Email', new RegExp(String.raw`(?<![\p{L}\p{N}._%+-])[\w.%+-]+@${DOMAIN}\p{L}{2,}`, 'gu')],
  ['Url', new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:https?|ftp|tg|ton)://[^\s<>"]+`, 'giu')],
  [
    'Url',
    new RegExp(
      String.raw`(?<![\p{L}\p{N}_@.-])${DOMAIN}(?:${KNOWN_DOMAINS})(?![\p{L}\p{N}_.-]*[\p{L}\p{N}_@])${AFTER_HOST}`,
      'giu',
    ),
  ],
  ['Mention', /(?<![\p{L}\p{N}_@/])@[a-z]\w{2,31}(?![\p{L}\p{N}_])/giu],
  ['Hashtag', /(?<![\p{L}\p{N}_#])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}/gu],
  ['Cashtag', /(?<![\p{L}\p{N}_$])\$[A-Z]{1,8}(?![\p{L}\p{N}_])/gu],
  ['BotCommand', /(?<![\p{L}\p{N}_/<>])\/[a-z]\w{0,63}(?:@[a-z]\w{2,31})?(?![\p{L}\p{N}_/])/giu],
];

/** Entities of these kinds may contain a detected one, e.g. a bold link. */
const FORMATTING = new Set(
  ['Bold', 'Italic', 'Underline', 'Strike', 'Spoiler', 'Blockquote'].map((kind) => `messageEntity${kind}`),
);

/** A text has at most so many entities besides its formatting. */
const MAX_ENTITIES = 100;

/** Punctuation at the end of a link is part of the sentence. */
const TRAILING = /[.,:;!?'"»)\]]+$/u;

/** The given entities and those that Telegram adds, in the order of the text. */
export function withDetectedEntities(text: string, given: readonly MessageEntity[]): MessageEntity[] {
  const taken: Span[] = given.filter(({ kind }) => !FORMATTING.has(kind));
  const detected: MessageEntity[] = [];
  for (const [name, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const found = name === 'Url' ? match[0].replace(TRAILING, '') : match[0];
      const entity = { kind: `messageEntity${name}`, offset: match.index, length: found.length };
      if (taken.some((other) => overlap(entity, other))) continue;
      if (taken.length >= MAX_ENTITIES) break;
      taken.push(entity);
      detected.push({ ...entity, detected: true });
    }
  }
  return [...given, ...detected].sort((a, b) => a.offset - b.offset);
}

interface Span {
  offset: number;
  length: number;
}

function overlap(a: Span, b: Span): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
