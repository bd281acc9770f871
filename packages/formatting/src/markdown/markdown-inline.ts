import { isOneEmoji } from '../emoji.ts';
import { FormatError } from '../format-error.ts';
import type { MarkedText } from '../marked-text.ts';
import { quoted } from '../quoted.ts';
import type { Format, TextBuilder } from '../text-builder.ts';
import { bareAddressEnd } from './bare-address.ts';
import { matchBrackets } from './brackets.ts';
import { CodeSpans, backtickCount } from './code-spans.ts';
import { Delimiters } from './delimiters.ts';
import { readLinkTail, type LinkTail, type TailFault } from './link-syntax.ts';
import {
  addressFault,
  customEmoji,
  customEmojiIdOf,
  EMOJI_ID_HINT,
  EMOJI_TEXT_HINT,
  linkTo,
} from './link-target.ts';

/** A backslash escapes ASCII punctuation. */
const ESCAPED = /^[!-/:-@[-`{-~]/;

/** Text without any of these characters is plain. */
const MARKUP = /[\\`[*_~|<]/;

const NO_BRACKETS: ReadonlyMap<number, number> = new Map();

/** Text up to the next character that may be markup. */
const PLAIN = /[^\\`[\]!*_~|<hHtT]+/y;

/** An address in angle brackets, as in CommonMark. Other tags are plain text. */
const AUTOLINK =
  /<(?:((?:https?|tg|mailto|tel):[^\s<>]+)|([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*))>/iy;

const TAIL_HINTS: Readonly<Record<TailFault['fault'], string>> = {
  bracket: 'its `<` is never closed: close it with `>` on the same line',
  unclosed: "the link's address is never closed: close it with `)`, or write \\[ for the character",
  space:
    'the address ends here, and only a title in quotes may follow: write %20 for a space in the address, or \\[ for plain text',
  title: 'the title is not closed: write it as "…", \'…\' or (…) before the `)`',
  parentheses: 'the address has too many nested parentheses: put it between < and >',
};

/**
 * Parses a paragraph and adds its text and formatting to the builder.
 * @param source the whole text, for the positions in errors.
 * @throws {FormatError}
 */
export function parseInline(paragraph: MarkedText, source: string, builder: TextBuilder): void {
  if (MARKUP.test(paragraph.text)) new InlineParser(paragraph, source, builder).parse();
  else builder.add(paragraph.text);
}

class InlineParser {
  readonly #text: string;
  readonly #builder: TextBuilder;
  readonly #fault: (at: number, what: string, hint: string) => FormatError;
  readonly #code: CodeSpans;
  readonly #brackets: ReadonlyMap<number, number>;

  constructor(paragraph: MarkedText, source: string, builder: TextBuilder) {
    const { text } = paragraph;
    this.#text = text;
    this.#builder = builder;
    this.#fault = (at, what, hint) => new FormatError(source, paragraph.sourceOffset(at), what, hint);
    this.#code = new CodeSpans(text);
    this.#brackets = text.includes('[') ? matchBrackets(text, this.#code) : NO_BRACKETS;
  }

  parse(): void {
    this.#readRange(0, this.#text.length, false);
  }

  #readRange(from: number, to: number, inLink: boolean): void {
    const delimiters = new Delimiters(this.#text, this.#builder, this.#fault);
    let at = from;
    while (at < to) at = this.#readAt(at, to, inLink, delimiters);
    delimiters.end();
  }

  /** Parses the element at `at`. @returns the position of the next one. */
  #readAt(at: number, to: number, inLink: boolean, delimiters: Delimiters): number {
    const char = this.#text.charAt(at);
    switch (char) {
      case '\\':
        return this.#readEscape(at, to);
      case '`':
        return this.#readCode(at, to);
      case '!': {
        const end = this.#text.charAt(at + 1) === '[' ? this.#readImage(at, to, inLink) : null;
        if (end !== null) return end;
        break;
      }
      case '[': {
        const end = this.#readLink(at, to, inLink);
        if (end !== null) return end;
        break;
      }
      case '<': {
        const end = this.#readAutolink(at, inLink);
        if (end !== null) return end;
        break;
      }
      case '*':
      case '_':
      case '~':
      case '|':
        return delimiters.read(at, to);
      default: {
        const end = bareAddressEnd(this.#text, at, to);
        if (end > at) return this.#addTo(at, end);
      }
    }
    PLAIN.lastIndex = at + 1;
    PLAIN.exec(this.#text);
    return this.#addTo(at, Math.min(to, Math.max(at + 1, PLAIN.lastIndex)));
  }

  #addTo(at: number, end: number): number {
    this.#builder.add(this.#text.slice(at, end));
    return end;
  }

  #readEscape(at: number, to: number): number {
    const next = this.#text.charAt(at + 1);
    // A backslash before a line end is a line end.
    if (at + 1 >= to || (next !== '\n' && !ESCAPED.test(next))) return this.#addTo(at, at + 1);
    this.#builder.add(next);
    return at + 2;
  }

  #readCode(at: number, to: number): number {
    const ticks = backtickCount(this.#text, at);
    const end = this.#code.closing(at + ticks, ticks);
    if (end < 0 || end >= to)
      throw this.#fault(
        at,
        quoted('`'.repeat(ticks)),
        `the code is never closed: close it, or write \\\` for the character`,
      );
    const content = this.#text.slice(at + ticks, end);
    const start = this.#builder.length;
    // CommonMark: one space at both ends is dropped, so that code may start with a backtick.
    const isPadded = content.startsWith(' ') && content.endsWith(' ') && content.trim() !== '';
    this.#builder.add(isPadded ? content.slice(1, -1) : content);
    this.#builder.format(start, { type: 'code' });
    return end + ticks;
  }

  #readLink(at: number, to: number, inLink: boolean): number | null {
    const close = this.#linkTextEnd(at, to);
    if (close === null) return null;
    const tail = this.#readTail(at, close, to);
    if (inLink)
      throw this.#fault(
        at,
        quoted('['),
        'a link must not be inside another link: write \\[ for the character',
      );
    const format = this.#formatOf(tail);
    const start = this.#builder.length;
    this.#readRange(at + 1, close, true);
    if (this.#builder.isBlankSince(start)) throw this.#fault(at, quoted('['), 'the link has no text');
    this.#builder.format(start, format);
    return tail.end;
  }

  /** `![👍](tg://emoji?id=…)` is a custom emoji. Any other image becomes a link with its text. */
  #readImage(at: number, to: number, inLink: boolean): number | null {
    const close = this.#linkTextEnd(at + 1, to);
    if (close === null) return null;
    const tail = this.#readTail(at, close, to);
    const id = customEmojiIdOf(tail.address);
    if (id === undefined) {
      if (inLink) throw this.#fault(at, quoted('!['), 'an image must not be inside a link: remove it');
      return this.#readLink(at + 1, to, inLink);
    }
    const format = customEmoji(id);
    if (format === null) throw this.#fault(tail.addressAt, 'the custom emoji', EMOJI_ID_HINT);
    const emoji = this.#text.slice(at + 2, close);
    if (!isOneEmoji(emoji)) throw this.#fault(at, 'the custom emoji', EMOJI_TEXT_HINT);
    const start = this.#builder.length;
    this.#builder.add(emoji);
    this.#builder.format(start, format);
    return tail.end;
  }

  /** The closing position of the bracket at `at`, if an address follows; otherwise `null`. */
  #linkTextEnd(at: number, to: number): number | null {
    const close = this.#brackets.get(at);
    return close !== undefined && close + 1 < to && this.#text.charAt(close + 1) === '(' ? close : null;
  }

  #readTail(at: number, close: number, to: number): LinkTail {
    const tail = readLinkTail(this.#text, close + 1, to);
    if ('end' in tail) return tail;
    if (tail.fault === 'unclosed') throw this.#fault(at, quoted('['), TAIL_HINTS.unclosed);
    throw this.#fault(tail.at, "the link's address", TAIL_HINTS[tail.fault]);
  }

  #formatOf({ address, addressAt }: LinkTail): Format {
    const format = linkTo(address);
    if (format === null) throw this.#fault(addressAt, "the link's address", addressFault(address));
    return format;
  }

  #readAutolink(at: number, inLink: boolean): number | null {
    AUTOLINK.lastIndex = at;
    const [all = '', uri, mail = ''] = AUTOLINK.exec(this.#text) ?? [];
    const address = uri ?? mail;
    const format = inLink || address === '' ? null : linkTo(uri ?? `mailto:${mail}`);
    if (format === null) return null;
    const start = this.#builder.length;
    this.#builder.add(address);
    this.#builder.format(start, format);
    return at + all.length;
  }
}
