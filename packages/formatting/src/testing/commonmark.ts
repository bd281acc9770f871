import spec from 'commonmark-spec';
import { linkTo } from '../markdown/link-target.ts';
import { TextBuilder, type Format } from '../text-builder.ts';
import { tidy } from '../tidy.ts';
import { shown } from './shown.ts';

export interface Example {
  number: number;
  section: string;
  markdown: string;
  html: string;
}

/** The examples of CommonMark's specification with absolute addresses, since Telegram has no others. */
export const EXAMPLES: readonly Example[] = spec.tests.map(({ number, section, markdown, html }) => ({
  number,
  section,
  markdown: withAbsolute(markdown),
  html: withAbsolute(html).replaceAll(/((?:href|src)=")\/(?=\w)/g, '$1https://x.org/'),
}));

function withAbsolute(text: string): string {
  return text.replaceAll('→', '\t').replaceAll(/(\]\(\s*<?)\/(?=\w)/g, '$1https://x.org/');
}

const INLINE: Readonly<Record<string, Format>> = {
  em: { type: 'italic' },
  strong: { type: 'bold' },
  code: { type: 'code' },
  blockquote: { type: 'blockquote', expandable: false },
};

/** The message for this HTML in the notation of {@link shown}; `null` if messages lack some of its elements. */
export function messageOf(html: string): string | null {
  const builder = new TextBuilder();
  const open: { name: string; at: number; format: Format | null }[] = [];
  for (const { 0: piece, groups } of html.matchAll(/<(?<end>\/?)(?<name>\w+)(?<rest>[^>]*)>|[^<]+|</g)) {
    const { name, end, rest = '' } = groups ?? {};
    const address = decoded(/(?:href|src)="([^"]*)"/.exec(rest)?.[1] ?? '');
    if (name === undefined) builder.add(decoded(open.length === 0 && piece.trim() === '' ? '' : piece));
    else if (end === '/') {
      const tag = open.pop();
      if (tag === undefined || tag.name !== name) return null;
      if (tag.format !== null) builder.format(tag.at, tag.format);
      if (name === 'p' || name === 'pre' || name === 'blockquote') builder.add('\n');
    } else if (name === 'br') builder.add('');
    else if (name === 'img') {
      const at = builder.length;
      builder.add(decoded(/alt="([^"]*)"/.exec(rest)?.[1] ?? ''));
      const format = linkTo(address);
      if (format === null) return null;
      builder.format(at, format);
    } else {
      const format = formatOf(name, rest, address, open.at(-1)?.name === 'pre');
      if (format === undefined) return null;
      open.push({ name, at: builder.length, format });
    }
  }
  return open.length > 0 ? null : shown(tidy(builder.build()));
}

/** `null`: plain text. `undefined`: messages have no such element. */
function formatOf(name: string, rest: string, address: string, isInPre: boolean): Format | null | undefined {
  if (name === 'p' || name === 'pre') return null;
  if (name === 'a') return linkTo(address) ?? undefined;
  if (name === 'code' && isInPre)
    return { type: 'pre', language: /"language-([^"]*)"/.exec(rest)?.[1] ?? '' };
  return rest === '' ? INLINE[name] : undefined;
}

function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** Removes layout that messages keep and pages drop: indentation, trailing spaces, the number of blank lines. */
export function withoutLayout(text: string): string {
  return text.replaceAll(/[ \t]*\n\s*/g, '\n').trim();
}
