import type { Entity, FormattedText } from '@gateway/contracts';

/** Formats a text for comparison: `[bold:text]`, with other fields of the entity in parentheses. */
export function shown({ text, entities }: FormattedText): string {
  const marks = Array.from({ length: text.length + 1 }, () => ({ open: '', close: '' }));
  for (const entity of entities) {
    const at = marks[entity.offset];
    const end = marks[entity.offset + entity.length];
    if (at === undefined || end === undefined)
      throw new Error(`${JSON.stringify(entity)} is not inside the text`);
    at.open += `[${nameOf(entity)}:`;
    end.close += ']';
  }
  return marks.map(({ open, close }, index) => close + open + text.charAt(index)).join('');
}

function nameOf(entity: Entity): string {
  switch (entity.type) {
    case 'pre':
      return `pre(${entity.language})`;
    case 'text_link':
      return `text_link(${entity.url})`;
    case 'text_mention':
      return `text_mention(${entity.user_id})`;
    case 'custom_emoji':
      return `custom_emoji(${entity.custom_emoji_id})`;
    case 'blockquote':
      return entity.expandable ? 'blockquote(expandable)' : 'blockquote';
    default:
      return entity.type;
  }
}
