import type { Entity } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';

/**
 * Converts entities to Telegram's form.
 * @param userOf finds a user by numeric id among those that the account knows. A mention of an unknown user stays plain
 * text.
 */
export function toTelegramEntities(
  entities: readonly Entity[],
  userOf: (id: string) => Api.InputUser | undefined,
): Api.TypeMessageEntity[] {
  return entities.flatMap((entity) => toTelegram(entity, userOf) ?? []);
}

function toTelegram(
  entity: Entity,
  userOf: (id: string) => Api.InputUser | undefined,
): Api.TypeMessageEntity | undefined {
  const { offset, length } = entity;
  switch (entity.type) {
    case 'bold':
      return new Api.MessageEntityBold({ offset, length });
    case 'italic':
      return new Api.MessageEntityItalic({ offset, length });
    case 'underline':
      return new Api.MessageEntityUnderline({ offset, length });
    case 'strikethrough':
      return new Api.MessageEntityStrike({ offset, length });
    case 'spoiler':
      return new Api.MessageEntitySpoiler({ offset, length });
    case 'code':
      return new Api.MessageEntityCode({ offset, length });
    case 'pre':
      return new Api.MessageEntityPre({ offset, length, language: entity.language });
    case 'text_link':
      return new Api.MessageEntityTextUrl({ offset, length, url: entity.url });
    case 'blockquote':
      return new Api.MessageEntityBlockquote({ offset, length, collapsed: entity.expandable });
    case 'custom_emoji':
      return new Api.MessageEntityCustomEmoji({ offset, length, documentId: bigInt(entity.custom_emoji_id) });
    case 'text_mention': {
      const userId = userOf(String(entity.user_id));
      return userId && new Api.InputMessageEntityMentionName({ offset, length, userId });
    }
  }
}
