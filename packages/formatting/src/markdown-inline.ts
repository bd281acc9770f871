import { Delimiters } from './delimiters.ts';
import { FormatError } from './format-error.ts';
import { linkTo } from './link-target.ts';
import type { MarkedText } from './marked-text.ts';
import type { TextBuilder } from './text-builder.ts';

/** What a backslash takes the meaning from: ASCII punctuation. */
const ESCAPED = /[!-/:-@[-`{-~]/;

/** An address in the open: its `_` and `*` are its own. What ends a sentence, or is markup, does not belong to its end. */
const ADDRESS = /(?:https?|tg):\/\/[^\s<>\\`[\]]+/iy;
const NOT_AT_ITS_END = /[*_~|).,;:!?'"]+$/;

/** Links within brackets within brackets at most. */
const MAX_DEPTH = 16;

/**
 * Adds a paragraph's text to the builder, with its formatting.
 * @param source what places in errors are of.
 * @throws {FormatError}
 */
export function parseInline(paragraph: MarkedText, source: string, builder: TextBuilder): void {
  const { text } = paragraph;
  const fault = (at: number, what: string, hint: string) =>
    new FormatError(source, paragraph.sourceOffset(at), what, hint);
  const brackets = matchBrackets(text);
  readRange(0, text.length, 0);

  function readRange(from: number, to: number, depth: number): void {
    const delimiters = new Delimiters(text, builder, fault);
    let at = from;
    while (at < to) at = readAt(at, to, depth, delimiters);
    delimiters.end();
  }

  /** Reads what begins at `at`. @returns where the next begins. */
  function readAt(at: number, to: number, depth: number, delimiters: Delimiters): number {
    const char = text.charAt(at);
    switch (char) {
      case '\\': {
        const next = text.charAt(at + 1);
        if (at + 1 < to && ESCAPED.test(next)) {
          builder.add(next);
          return at + 2;
        }
        break;
      }
      case '`':
        return readCode(at, to);
      case '[': {
        const end = depth < MAX_DEPTH ? readLink(at, to, depth) : null;
        if (end !== null) return end;
        break;
      }
      case '*':
      case '_':
      case '~':
      case '|':
        return delimiters.read(at, to);
      case 'h':
      case 'H':
      case 't':
      case 'T': {
        const end = addressEnd(at, to);
        if (end === at) break;
        builder.add(text.slice(at, end));
        return end;
      }
      default:
    }
    builder.add(char);
    return at + 1;
  }

  function readCode(at: number, to: number): number {
    const fence = /`+/y;
    fence.lastIndex = at;
    const ticks = fence.exec(text)?.[0] ?? '`';
    const end = closingTicks(text, at + ticks.length, ticks.length, to);
    if (end < 0)
      throw fault(at, `\`${ticks}\``, `the code is never closed: close it, or write \\\` for the character`);
    const code = text.slice(at + ticks.length, end);
    const start = builder.length;
    // One space at both ends is there so that code may begin with a backtick.
    builder.add(/^ .*[^ ].* $/s.test(code) ? code.slice(1, -1) : code);
    builder.format(start, { type: 'code' });
    return end + ticks.length;
  }

  function readLink(at: number, to: number, depth: number): number | null {
    const close = brackets.get(at);
    if (close === undefined || close >= to || text.charAt(close + 1) !== '(' || close + 1 >= to) return null;
    const end = addressClose(text, close + 1, to);
    if (end < 0)
      throw fault(
        at,
        '`[`',
        "the link's address is never closed: close it with `)`, or write \\[ for the character",
      );
    const url = text
      .slice(close + 2, end)
      .replace(/^<(.*)>$/, '$1')
      .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');
    const format = linkTo(url);
    if (format === null)
      throw fault(
        close + 2,
        "the link's address",
        'it must begin with http://, https://, tg://, mailto: or tel:, without spaces',
      );
    const start = builder.length;
    readRange(at + 1, close, depth + 1);
    if (builder.since(start).trim() === '') throw fault(at, '`[`', 'the link has no text');
    builder.format(start, format);
    return end + 1;
  }

  function addressEnd(at: number, to: number): number {
    if (/[\p{L}\p{N}_]/u.test(text.charAt(at - 1))) return at;
    ADDRESS.lastIndex = at;
    const found = ADDRESS.exec(text)?.[0];
    return found === undefined ? at : Math.min(to, at + found.replace(NOT_AT_ITS_END, '').length);
  }
}

/** Where a run of exactly so many backticks begins, or -1. */
function closingTicks(text: string, from: number, count: number, to: number): number {
  const run = /`+/g;
  run.lastIndex = from;
  for (let match = run.exec(text); match !== null && match.index < to; match = run.exec(text))
    if (match[0].length === count) return match.index;
  return -1;
}

/** Where the parenthesis at `open` is closed, or -1. An address holds no line ends, and its own parentheses in pairs. */
function addressClose(text: string, open: number, to: number): number {
  let depth = 0;
  for (let at = open; at < to; at += 1) {
    const char = text.charAt(at);
    if (char === '\n') return -1;
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** Where each `[` is closed. Brackets in code and escaped ones are none. */
function matchBrackets(text: string): ReadonlyMap<number, number> {
  const closed = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '`') {
      const ticks = /^`+/.exec(text.slice(at, at + 100))?.[0].length ?? 1;
      const end = closingTicks(text, at + ticks, ticks, text.length);
      // Unclosed code is refused when it is read.
      if (end < 0) break;
      at = end + ticks - 1;
    } else if (char === '[') open.push(at);
    else if (char === ']') {
      const begin = open.pop();
      if (begin !== undefined) closed.set(begin, at);
    }
  }
  return closed;
}
