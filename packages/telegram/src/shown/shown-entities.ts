import type { ShownEntity } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';

/** Converts Telegram's entities to the API's form. Leaves out kinds that the API does not know. */
export function shownEntities(entities: readonly Api.TypeMessageEntity[] | undefined): ShownEntity[] {
  return (entities ?? []).flatMap((entity) => shownEntity(entity) ?? []);
}

/** Entities that consist of their place alone. */
const PLAIN = new Map<unknown, Extract<ShownEntity['type'], string>>([
  [Api.MessageEntityBold, 'bold'],
  [Api.MessageEntityItalic, 'italic'],
  [Api.MessageEntityUnderline, 'underline'],
  [Api.MessageEntityStrike, 'strikethrough'],
  [Api.MessageEntitySpoiler, 'spoiler'],
  [Api.MessageEntityCode, 'code'],
  [Api.MessageEntityUrl, 'url'],
  [Api.MessageEntityMention, 'mention'],
  [Api.MessageEntityHashtag, 'hashtag'],
  [Api.MessageEntityCashtag, 'cashtag'],
  [Api.MessageEntityBotCommand, 'bot_command'],
  [Api.MessageEntityEmail, 'email'],
  [Api.MessageEntityPhone, 'phone_number'],
  [Api.MessageEntityBankCard, 'bank_card'],
]);

function shownEntity(entity: Api.TypeMessageEntity): ShownEntity | undefined {
  const { offset, length } = entity;
  const plain = PLAIN.get(entity.constructor);
  if (plain !== undefined) return { type: plain, offset, length } as ShownEntity;
  if (entity instanceof Api.MessageEntityPre)
    return { type: 'pre', offset, length, language: entity.language };
  if (entity instanceof Api.MessageEntityTextUrl)
    return { type: 'text_link', offset, length, url: entity.url };
  if (entity instanceof Api.MessageEntityBlockquote)
    return { type: 'blockquote', offset, length, expandable: entity.collapsed === true };
  if (entity instanceof Api.MessageEntityCustomEmoji)
    return { type: 'custom_emoji', offset, length, custom_emoji_id: entity.documentId.toString() };
  if (entity instanceof Api.MessageEntityMentionName)
    return { type: 'text_mention', offset, length, user_id: entity.userId.toJSNumber() };
  return undefined;
}
