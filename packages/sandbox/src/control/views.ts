import { boxOf } from '../rpc/peers.ts';
import type { Account, Chat, LoginAttempt, Message, MessageEntity } from '../state/model.ts';
import { idIn } from '../state/state.ts';

/** The JSON forms of the control API. */

export interface AccountView {
  id: number;
  /** Absent for bots. */
  phone?: string;
  bot?: true;
  first_name: string;
  last_name?: string;
  username?: string;
  has_password: boolean;
  /** Address that login codes go to. */
  email?: string;
  dc: number;
}

export function accountView({
  id,
  phone,
  firstName,
  lastName,
  username,
  password,
  homeDc,
  botToken,
  email,
}: Account): AccountView {
  return {
    id,
    ...(botToken === undefined ? { phone: `+${phone}` } : { bot: true as const }),
    first_name: firstName,
    ...(lastName !== undefined && { last_name: lastName }),
    ...(username !== undefined && { username }),
    has_password: password !== undefined,
    ...(email !== undefined && { email }),
    dc: homeDc,
  };
}

export interface ChatView {
  /** `-100…` for supergroups and channels, `-…` for basic groups. */
  id: number;
  title: string;
  kind: Chat['kind'];
  members: number[];
  username?: string;
}

export function chatView({ peer, title, kind, members, username }: Chat): ChatView {
  return { id: peer, title, kind, members, ...(username !== undefined && { username }) };
}

export interface CodeView {
  phone: string;
  code: string;
  delivery: LoginAttempt['delivery'];
}

export function codeView({ phone, code, delivery }: LoginAttempt): CodeView {
  return { phone: `+${phone}`, code, delivery };
}

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
  from_id: number;
  to_id: number;
  text: string;
  /** RFC 3339, precise to the second. */
  date: string;
  /** RFC 3339, precise to the millisecond. */
  accepted_at: string;
  /** A signed 64-bit number in decimal, which a JSON number cannot hold. */
  random_id: string;
  entities?: EntityView[];
  silent?: true;
  /** Link previews are off. */
  no_webpage?: true;
  /** The sender's id of the message that this one replies to. */
  reply_to?: number;
  /** RFC 3339; absent if the message was never edited. */
  edit_date?: string;
}

export function messageView(message: Message): MessageView {
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
    editDate,
  } = message;
  return {
    id: idIn(message, boxOf(to, from)) ?? message.copies[0]?.id ?? 0,
    from_id: from,
    to_id: to,
    text,
    date: rfc3339(date),
    accepted_at: new Date(acceptedAt).toISOString(),
    random_id: randomId,
    ...(entities !== undefined && { entities: entities.map(entityView) }),
    ...(silent === true && { silent }),
    ...(noWebpage === true && { no_webpage: noWebpage }),
    ...(replyTo !== undefined && { reply_to: replyTo }),
    ...(editDate !== undefined && { edit_date: rfc3339(editDate) }),
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
};

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
