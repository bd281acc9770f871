import type { Entity, TelegramMessage } from '@gateway/client';
import type { ComponentChildren } from 'preact';

/** An entity of a text to send, or one of a message that Telegram has. */
type ShownEntity = Entity | TelegramMessage['entities'][number];

/** A text as Telegram shows it. Its parts become text nodes, so nothing in it is interpreted as markup. */
export function Formatted({ text, entities }: { text: string; entities: readonly ShownEntity[] }) {
  return <span class="formatted">{spans(text, 0, text.length, entities)}</span>;
}

/** @param entities sorted by offset, outer ones before inner ones. */
function spans(
  text: string,
  from: number,
  to: number,
  entities: readonly ShownEntity[],
): ComponentChildren[] {
  const nodes: ComponentChildren[] = [];
  let at = from;
  for (let index = 0; index < entities.length;) {
    const entity = entities[index];
    if (entity === undefined) break;
    const start = Math.max(at, entity.offset);
    const end = Math.min(to, entity.offset + entity.length);
    const within = entities.slice(index + 1).filter(({ offset }) => offset < end);
    if (start > at) nodes.push(text.slice(at, start));
    if (end > start) nodes.push(<Span entity={entity}>{spans(text, start, end, within)}</Span>);
    at = Math.max(at, end);
    index += 1 + within.length;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function Span({ entity, children }: { entity: ShownEntity; children: ComponentChildren }) {
  switch (entity.type) {
    case 'bold':
      return <b>{children}</b>;
    case 'italic':
      return <i>{children}</i>;
    case 'underline':
      return <u>{children}</u>;
    case 'strikethrough':
      return <s>{children}</s>;
    case 'spoiler':
      return <span class="spoiler">{children}</span>;
    case 'code':
      return <code>{children}</code>;
    case 'pre':
      return <code class="pre">{children}</code>;
    case 'blockquote':
      return <span class="quote">{children}</span>;
    case 'text_link':
      return isLink(entity.url) ? (
        <a href={entity.url} target="_blank" rel="noreferrer noopener">
          {children}
        </a>
      ) : (
        <u>{children}</u>
      );
    default:
      return <span class="mention">{children}</span>;
  }
}

function isLink(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:', 'tg:', 'mailto:'].includes(new URL(url).protocol);
}
