import type { Account, MessageEntity } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject, TlValue } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { flagField, intField, objectField } from '../fields.ts';
import { maxCaption } from '../limits.ts';
import { userOfInput } from '../peers.ts';
import { withDetectedEntities } from './detect-entities.ts';
import { normalizeText, showsNothing, type NormalizedText } from './normalize-text.ts';

/** In UTF-16 units. */
const MAX_LENGTH = 4_096;

/** Further entities are ignored. */
const MAX_ENTITIES = 100;

/** Entity kinds that a client may send. Others, e.g. of newer layers, are dropped, as Telegram does. */
const KINDS = new Set(
  ['Bold', 'Italic', 'Underline', 'Strike', 'Spoiler', 'Code', 'Pre', 'TextUrl', 'Blockquote', 'CustomEmoji']
    .concat(['Mention', 'Hashtag', 'Cashtag', 'BotCommand', 'Url', 'Email', 'Phone', 'BankCard'])
    .map((kind) => `messageEntity${kind}`),
);

export interface MessageText {
  text: string;
  entities: MessageEntity[];
}

/**
 * Normalizes a text ({@link normalizeText}), adjusts the offsets of its entities, and adds those that Telegram adds.
 *
 * @throws {RpcError} MESSAGE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID.
 */
export function acceptText(
  store: Store,
  viewer: Account,
  raw: string,
  entities: readonly TlObject[],
): MessageText {
  const normalized = normalizeText(raw);
  if (showsNothing(normalized.text)) throw rpcError('MESSAGE_EMPTY');
  if (normalized.text.length > MAX_LENGTH) throw rpcError('MESSAGE_TOO_LONG');
  return withEntities(store, viewer, raw, normalized, entities);
}

/** Like {@link acceptText}, for the text of media, which may be empty. @throws {RpcError} MEDIA_CAPTION_TOO_LONG. */
export function acceptCaption(
  store: Store,
  viewer: Account,
  raw: string,
  entities: readonly TlObject[],
): MessageText {
  const normalized = normalizeText(raw);
  if (showsNothing(normalized.text)) return { text: '', entities: [] };
  if (normalized.text.length > maxCaption(viewer)) throw rpcError('MEDIA_CAPTION_TOO_LONG');
  return withEntities(store, viewer, raw, normalized, entities);
}

function withEntities(
  store: Store,
  viewer: Account,
  raw: string,
  { text, placeOf }: NormalizedText,
  entities: readonly TlObject[],
): MessageText {
  const accepted = entities.slice(0, MAX_ENTITIES).flatMap((entity) => {
    const [offset, length] = [intField(entity, 'offset'), intField(entity, 'length')];
    if (offset < 0 || length <= 0 || offset + length > raw.length) throw rpcError('ENTITY_BOUNDS_INVALID');
    const [start, end] = [placeOf(offset), placeOf(offset + length)];
    return start >= end ? [] : entityOf(store, viewer, entity, start, end - start);
  });
  return { text, entities: withDetectedEntities(text, accepted) };
}

function entityOf(
  store: Store,
  viewer: Account,
  entity: TlObject,
  offset: number,
  length: number,
): MessageEntity[] {
  if (entity._ === 'inputMessageEntityMentionName') {
    const userId = userOfInput(store, viewer, objectField(entity, 'user_id'));
    return userId === undefined ? [] : [{ kind: 'messageEntityMentionName', offset, length, userId }];
  }
  if (!KINDS.has(entity._)) return [];
  const { url, language, document_id: documentId } = entity;
  return [
    {
      kind: entity._,
      offset,
      length,
      ...(isText(url) && { url }),
      ...(isText(language) && { language }),
      ...(typeof documentId === 'bigint' && { documentId: String(documentId) }),
      ...(flagField(entity, 'collapsed') && { collapsed: true }),
    },
  ];
}

function isText(value: TlValue): value is string {
  return typeof value === 'string';
}
