import type { Entity, FormattedText } from '@gateway/contracts';

/**
 * The text as Telegram would make it of this one: trimmed, entities without the spaces at their ends, none empty, equal ones that touch
 * made one, none within code, sorted by their beginning, outer ones first. What Telegram changes by itself would shift what we say of it.
 */
export function tidy({ text, entities }: FormattedText): FormattedText {
  const lead = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const within = entities
    .map((entity) => moved(entity, entity.offset - lead, entity.offset + entity.length - lead))
    .filter(({ offset, length }) => offset + length > 0 && offset < trimmed.length);
  const flat = withoutNestedCode(within).flatMap((entity) => tightened(trimmed, entity));
  return { text: trimmed, entities: sorted(merged(sorted(flat))) };
}

function moved<E extends Entity>(entity: E, start: number, end: number): E {
  return { ...entity, offset: start, length: end - start };
}

/** Without the spaces at its ends, within the text; nothing where nothing is left. */
function tightened(text: string, entity: Entity): Entity[] {
  const start = Math.max(0, entity.offset);
  const inner = text.slice(start, Math.max(start, entity.offset + entity.length));
  const solid = inner.trim();
  if (solid === '') return [];
  const offset = start + inner.length - inner.trimStart().length;
  return [moved(entity, offset, offset + solid.length)];
}

const CODE: ReadonlySet<Entity['type']> = new Set(['code', 'pre']);

/** A link's text that is code stays a link; else code is code and nothing more: what is around it stops in front of it and goes on after it. */
function withoutNestedCode(entities: readonly Entity[]): Entity[] {
  const links = entities.filter(({ type }) => type === 'text_link' || type === 'text_mention');
  const code = outermost(
    entities.filter((entity) => CODE.has(entity.type) && !links.some((link) => holds(link, entity))),
  );
  const others = entities.filter(({ type }) => !CODE.has(type));
  return [
    ...code,
    ...others.flatMap((entity) => (entity.type === 'blockquote' ? [entity] : around(entity, code))),
  ];
}

/** Without what stands within another; of two over the same text the block. */
function outermost(code: readonly Entity[]): Entity[] {
  const byBeginning = code.toSorted(
    (a, b) =>
      a.offset - b.offset || b.length - a.length || Number(b.type === 'pre') - Number(a.type === 'pre'),
  );
  let end = -1;
  return byBeginning.filter((entity) => {
    const isOuter = entity.offset >= end;
    if (isOuter) end = endOf(entity);
    return isOuter;
  });
}

function holds(outer: Entity, inner: Entity): boolean {
  return outer.offset <= inner.offset && endOf(inner) <= endOf(outer);
}

function endOf({ offset, length }: Entity): number {
  return offset + length;
}

/** What is left of an entity between stretches of code, which are sorted. */
function around(entity: Entity, code: readonly Entity[]): Entity[] {
  const rest: Entity[] = [];
  let start = entity.offset;
  const end = endOf(entity);
  for (const hole of code) {
    if (endOf(hole) <= start) continue;
    if (hole.offset >= end) break;
    if (hole.offset > start) rest.push(moved(entity, start, hole.offset));
    start = endOf(hole);
  }
  if (start < end) rest.push(moved(entity, start, end));
  return rest;
}

function sorted(entities: readonly Entity[]): Entity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
}

/** Equal ones that touch or overlap as one: bold within bold, or bold right behind bold. Quotes and code blocks that touch stay apart. */
function merged(entities: readonly Entity[]): Entity[] {
  const last = new Map<string, number>();
  const result: Entity[] = [];
  for (const entity of entities) {
    const { offset: _offset, length: _length, ...format } = entity;
    const key = JSON.stringify(format);
    const index = last.get(key);
    const before = index === undefined ? undefined : result[index];
    const apart = entity.type === 'pre' || entity.type === 'blockquote' || entity.type === 'custom_emoji';
    if (index !== undefined && before !== undefined && endOf(before) >= entity.offset + (apart ? 1 : 0)) {
      result[index] = moved(before, before.offset, Math.max(endOf(before), endOf(entity)));
    } else {
      last.set(key, result.length);
      result.push(entity);
    }
  }
  return result;
}
