import { boxOf, isChannel } from '../rpc/peers.ts';
import type { Message, MessageEntity, Quote } from '../state/model.ts';
import { idIn } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { mediaView, type MediaView } from './media-view.ts';

export interface EntityView {
  /** The Bot API's name, e.g. `bold` or `text_link`. */
  type: string;
  /** UTF-16 units. */
  offset: number;
  /** UTF-16 units. */
  length: number;
  url?: string;
  language?: string;
  user_id?: number;
  custom_emoji_id?: string;
}

export interface MessageView {
  /** The sender's id of the message. */
  id: number;
  /** Only on request: each account's id of the message, by account id. Supergroups and channels have one for all. */
  ids?: Record<string, number>;
  from_id: number;
  to_id: number;
  text: string;
  /** RFC 3339, precise to the second. */
  date: string;
  /** RFC 3339, precise to the millisecond. */
  accepted_at: string;
  /** A signed 64-bit number in decimal, which a JSON number cannot hold. */
  random_id: string;
  /** The entities that the client sent. */
  entities?: EntityView[];
  /** The entities that Telegram added, such as links. */
  detected_entities?: EntityView[];
  silent?: true;
  /** Link previews are off. */
  no_webpage?: true;
  /** The sender's id of the message that this one replies to. */
  reply_to?: number;
  /** RFC 3339; absent if the message was never edited. */
  edit_date?: string;
  /** Nobody has the message any more. */
  deleted?: true;
  /** The accounts that have deleted the message only for themselves. */
  deleted_for?: number[];
  reactions?: { by: number; emoji: string[] }[];
  /** The forum topic: the id of its first message. */
  topic_id?: number;
  quote?: Quote;
  /** The accounts that see the message as pinned; `true` in a supergroup or channel. */
  pinned?: true | number[];
  forwarded_from?: number;
  media?: MediaView;
  /** The album: a signed 64-bit number in decimal. */
  grouped_id?: string;
}

/** @param options.ids also the ids of other accounts. */
export function messageView(store: Store, message: Message, { ids = false } = {}): MessageView {
  const {
    from,
    to,
    text,
    date,
    acceptedAt = date * 1_000,
    randomId,
    entities,
    silent,
    noWebpage,
    replyTo,
    media,
    groupedId,
  } = message;
  return {
    id: idIn(message, boxOf(to, from)) ?? message.copies[0]?.id ?? 0,
    ...(ids && !isChannel(to) && { ids: Object.fromEntries(message.copies.map(({ box, id }) => [box, id])) }),
    from_id: from,
    to_id: to,
    text,
    date: rfc3339(date),
    accepted_at: new Date(acceptedAt).toISOString(),
    random_id: randomId,
    ...entityLists(entities),
    ...(silent === true && { silent }),
    ...(noWebpage === true && { no_webpage: noWebpage }),
    ...(replyTo !== undefined && { reply_to: replyTo }),
    ...(media !== undefined && { media: mediaView(store, media) }),
    ...(groupedId !== undefined && { grouped_id: groupedId }),
    ...laterFields(message),
  };
}

/** What happened to a message, and where it belongs. */
function laterFields({
  editDate,
  copies,
  deletedIn = [],
  reactions = [],
  topicId,
  quote,
  pinnedIn = [],
  forwardedFrom,
}: Message): Partial<MessageView> {
  const isDeleted = deletedIn.length === copies.length;
  return {
    ...(editDate !== undefined && { edit_date: rfc3339(editDate) }),
    ...(isDeleted && { deleted: true }),
    ...(!isDeleted && deletedIn.length > 0 && { deleted_for: deletedIn }),
    ...(reactions.length > 0 && {
      reactions: reactions.map(({ accountId, emoji }) => ({ by: accountId, emoji })),
    }),
    ...(topicId !== undefined && { topic_id: topicId }),
    ...(quote !== undefined && { quote }),
    ...(pinnedIn.length > 0 && { pinned: pinnedIn.some(isChannel) ? (true as const) : pinnedIn }),
    ...(forwardedFrom !== undefined && { forwarded_from: forwardedFrom.from }),
  };
}

function rfc3339(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString().replace('.000Z', 'Z');
}

const BOT_API_NAMES: Readonly<Record<string, string>> = {
  messageEntityBold: 'bold',
  messageEntityItalic: 'italic',
  messageEntityUnderline: 'underline',
  messageEntityStrike: 'strikethrough',
  messageEntitySpoiler: 'spoiler',
  messageEntityCode: 'code',
  messageEntityPre: 'pre',
  messageEntityTextUrl: 'text_link',
  messageEntityMentionName: 'text_mention',
  messageEntityBlockquote: 'blockquote',
  messageEntityCustomEmoji: 'custom_emoji',
  messageEntityMention: 'mention',
  messageEntityHashtag: 'hashtag',
  messageEntityCashtag: 'cashtag',
  messageEntityBotCommand: 'bot_command',
  messageEntityUrl: 'url',
  messageEntityEmail: 'email',
};

function entityLists(entities: readonly MessageEntity[] = []): Partial<MessageView> {
  const [sent, detected] = [false, true].map((isDetected) =>
    entities.filter((entity) => (entity.detected === true) === isDetected).map(entityView),
  );
  return {
    ...(sent !== undefined && sent.length > 0 && { entities: sent }),
    ...(detected !== undefined && detected.length > 0 && { detected_entities: detected }),
  };
}

function entityView({ kind, offset, length, url, language, userId, documentId }: MessageEntity): EntityView {
  return {
    type: BOT_API_NAMES[kind] ?? kind,
    offset,
    length,
    ...(url !== undefined && { url }),
    ...(language !== undefined && { language }),
    ...(userId !== undefined && { user_id: userId }),
    ...(documentId !== undefined && { custom_emoji_id: documentId }),
  };
}
