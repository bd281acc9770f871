import { isOneEmoji } from './emoji.ts';
import { FormatError } from './format-error.ts';
import { addressFault, customEmoji, EMOJI_ID_HINT, EMOJI_TEXT_HINT, linkTo } from './markdown/link-target.ts';
import { quoted } from './quoted.ts';
import { TextBuilder, type Format, type MarkedUp } from './text-builder.ts';

const TEXT = /[^<&]+/y;

/** A tag with its attributes, which {@link ATTRIBUTE} parses. */
const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*(\/?)>/iy;
const ATTRIBUTE = /([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gi;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/iy;
const LOOKS_LIKE_REFERENCE = /&#?[a-z0-9]+;/iy;

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

const SIMPLE: Readonly<Record<string, Format>> = {
  b: { type: 'bold' },
  strong: { type: 'bold' },
  i: { type: 'italic' },
  em: { type: 'italic' },
  u: { type: 'underline' },
  ins: { type: 'underline' },
  s: { type: 'strikethrough' },
  strike: { type: 'strikethrough' },
  del: { type: 'strikethrough' },
  'tg-spoiler': { type: 'spoiler' },
  code: { type: 'code' },
};

const TAGS = 'b, i, u, s, code, pre, a, blockquote, tg-spoiler, tg-emoji';

/** Maximum depth of open tags. More are a mistake or an attack. */
const MAX_DEPTH = 64;

/** Maximum length of a text that may be an address. One unit above Telegram's limit, to see that it is exceeded. */
const MAX_ADDRESS = 2_049;

interface OpenTag {
  name: string;
  /** The tag's position in the source, and the position of its content in the builder. */
  offset: number;
  start: number;
  /** `null` for a link whose text is also its address. */
  format: Format | null;
}

/**
 * Parses the tags of Telegram's Bot API, and `<br>`. Not an HTML parser, because those repair faults; this one reports
 * them with their position.
 * @throws {FormatError}
 */
export function parseHtml(source: string): MarkedUp {
  const builder = new TextBuilder();
  const open: OpenTag[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source.charAt(at);
    if (char === '<') at = readTag(at);
    else if (char === '&') at = readReference(at);
    else {
      TEXT.lastIndex = at;
      builder.add(TEXT.exec(source)?.[0] ?? '');
      at = TEXT.lastIndex;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    throw fault(unclosed.offset, `<${unclosed.name}>`, `it is never closed: write </${unclosed.name}>`);
  return builder.build();

  function fault(offset: number, what: string, hint: string): FormatError {
    return new FormatError(source, offset, what, hint);
  }

  function readTag(offset: number): number {
    TAG.lastIndex = offset;
    const match = TAG.exec(source);
    if (match === null) throw fault(offset, '`<`', 'it does not start a tag: write &lt; for the character');
    const [all, slash, written = '', attributes = ''] = match;
    const name = written.toLowerCase();
    if (name === 'br' && slash === '') builder.add('\n');
    else if (slash === '/') closeTag(offset, name);
    else openTag(offset, name, readAttributes(offset, name, attributes));
    return offset + all.length;
  }

  function readAttributes(offset: number, name: string, text: string): Map<string, string> {
    const attributes = new Map<string, string>();
    for (const [, key = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
      const value = double ?? single ?? bare ?? '';
      if (attributes.has(key.toLowerCase()))
        throw fault(offset, `<${name}>`, `it has the attribute ${key} twice`);
      attributes.set(key.toLowerCase(), decoded(value));
    }
    return attributes;
  }

  function openTag(offset: number, name: string, attributes: Map<string, string>): void {
    if (open.length >= MAX_DEPTH)
      throw fault(offset, `<${name}>`, `at most ${MAX_DEPTH} tags may be open at once`);
    if (name === 'blockquote' && open.some((tag) => tag.name === 'blockquote'))
      throw fault(offset, '<blockquote>', 'a quote must not be inside another quote');
    const format = formatOf(offset, name, attributes);
    for (const key of attributes.keys())
      throw fault(offset, `<${name}>`, `it may not have the attribute ${key}`);
    open.push({ name, offset, start: builder.length, format });
  }

  /** Removes the attributes that it uses from the map. */
  function formatOf(offset: number, name: string, attributes: Map<string, string>): Format | null {
    const take = (key: string) => {
      const value = attributes.get(key);
      attributes.delete(key);
      return value;
    };
    switch (name) {
      case 'span':
        if (take('class') !== 'tg-spoiler')
          throw fault(offset, '<span>', 'only <span class="tg-spoiler"> is supported');
        return { type: 'spoiler' };
      case 'pre':
        return { type: 'pre', language: '' };
      case 'blockquote':
        return { type: 'blockquote', expandable: take('expandable') !== undefined };
      case 'a': {
        const href = take('href');
        return href === undefined ? null : linkOrFault(offset, href);
      }
      case 'tg-emoji': {
        const id = take('emoji-id');
        if (id === undefined || !/^\d+$/.test(id))
          throw fault(offset, '<tg-emoji>', 'it needs emoji-id="…", a number');
        const format = customEmoji(id);
        if (format === null) throw fault(offset, '<tg-emoji>', EMOJI_ID_HINT);
        return format;
      }
      case 'code': {
        const language = /^language-(\S+)$/.exec(take('class') ?? '')?.[1];
        const around = open.at(-1);
        if (language !== undefined && around?.format?.type === 'pre' && around.start === builder.length)
          around.format = { type: 'pre', language };
        return { type: 'code' };
      }
      default: {
        const simple = SIMPLE[name];
        if (simple === undefined || !Object.hasOwn(SIMPLE, name))
          throw fault(
            offset,
            `<${name}>`,
            `it is not supported (supported: ${TAGS}): write &lt; for the character`,
          );
        return simple;
      }
    }
  }

  function linkOrFault(offset: number, url: string): Format {
    const format = linkTo(url);
    if (format === null) throw fault(offset, "<a>'s address", addressFault(url));
    return format;
  }

  function closeTag(offset: number, name: string): void {
    const tag = open.pop();
    if (tag === undefined) throw fault(offset, `</${name}>`, 'no such tag is open');
    if (tag.name !== name)
      throw fault(offset, `</${name}>`, `the open tag is <${tag.name}>: close that first`);
    const textStart = () =>
      builder.length - tag.start > MAX_ADDRESS ? 'x'.repeat(MAX_ADDRESS) : builder.since(tag.start);
    if (tag.format?.type === 'custom_emoji' && !isOneEmoji(textStart()))
      throw fault(tag.offset, '<tg-emoji>', EMOJI_TEXT_HINT);
    builder.format(tag.start, tag.format ?? linkOrFault(tag.offset, textStart()));
  }

  function readReference(offset: number): number {
    REFERENCE.lastIndex = offset;
    const match = REFERENCE.exec(source);
    const text = match === null ? null : characterOf(match);
    if (match !== null && text !== null) {
      builder.add(text);
      return offset + match[0].length;
    }
    LOOKS_LIKE_REFERENCE.lastIndex = offset;
    const unknown = LOOKS_LIKE_REFERENCE.exec(source)?.[0];
    if (unknown !== undefined)
      throw fault(offset, quoted(unknown), 'it is not supported: write &amp; for the character &');
    builder.add('&');
    return offset + 1;
  }
}

function decoded(value: string): string {
  return value.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
    (all, decimal?: string, hex?: string, name?: string) => characterOf([all, decimal, hex, name]) ?? all,
  );
}

function characterOf([, decimal, hex, name]: readonly (string | undefined)[]): string | null {
  if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? null) : null;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : null;
}
