import type { Entity } from '@gateway/contracts';

/** An entity of any kind. Kinds that are no format, such as hashtags, stay text. */
type AnyEntity = Entity | { type: string; offset: number; length: number };

/** Entities inside one another close in the other order. */
interface OpenTag {
  entity: AnyEntity;
  open: string;
  close: string;
}

/**
 * Writes a text with its entities as HTML that the parser of `html` accepts. Entities that overlap without containing
 * one another are cut.
 */
export function toHtml(text: string, entities: readonly AnyEntity[]): string {
  const tags = entities
    .flatMap((entity) => {
      const pair = tagsOf(entity);
      return pair === undefined ? [] : [{ entity, open: pair[0], close: pair[1] }];
    })
    .toSorted((a, b) => a.entity.offset - b.entity.offset || b.entity.length - a.entity.length);
  const bounds = new Set(tags.flatMap(({ entity }) => [entity.offset, endOf(entity)]));
  let html = '';
  let at = 0;
  let open: OpenTag[] = [];
  let next = 0;
  for (const bound of [...bounds].filter((each) => each <= text.length).toSorted((a, b) => a - b)) {
    html += escaped(text.slice(at, bound));
    at = bound;
    const firstEnded = open.findIndex(({ entity }) => endOf(entity) <= bound);
    if (firstEnded >= 0) {
      const closed = open.slice(firstEnded);
      html += closed
        .toReversed()
        .map(({ close }) => close)
        .join('');
      const cut = closed.filter(({ entity }) => endOf(entity) > bound);
      html += cut.map((tag) => tag.open).join('');
      open = [...open.slice(0, firstEnded), ...cut];
    }
    for (let tag = tags[next]; tag !== undefined && tag.entity.offset <= bound; tag = tags[++next]) {
      html += tag.open;
      open.push(tag);
    }
  }
  html += escaped(text.slice(at));
  return (
    html +
    open
      .toReversed()
      .map(({ close }) => close)
      .join('')
  );
}

function endOf({ offset, length }: AnyEntity): number {
  return offset + length;
}

const SIMPLE: Readonly<Record<string, string>> = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  spoiler: 'tg-spoiler',
  code: 'code',
};

/** `undefined` for an entity that is no format. */
function tagsOf(entity: AnyEntity): [open: string, close: string] | undefined {
  const simple = Object.hasOwn(SIMPLE, entity.type) ? SIMPLE[entity.type] : undefined;
  if (simple !== undefined) return [`<${simple}>`, `</${simple}>`];
  if ('language' in entity)
    return entity.language === ''
      ? ['<pre>', '</pre>']
      : [`<pre><code class="language-${inAttribute(entity.language)}">`, '</code></pre>'];
  if ('url' in entity) return [`<a href="${inAttribute(entity.url)}">`, '</a>'];
  if ('expandable' in entity)
    return [entity.expandable ? '<blockquote expandable>' : '<blockquote>', '</blockquote>'];
  if ('user_id' in entity) return [`<a href="tg://user?id=${entity.user_id}">`, '</a>'];
  if ('custom_emoji_id' in entity)
    return [`<tg-emoji emoji-id="${inAttribute(entity.custom_emoji_id)}">`, '</tg-emoji>'];
  return undefined;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function inAttribute(text: string): string {
  return escaped(text).replaceAll('"', '&quot;');
}
