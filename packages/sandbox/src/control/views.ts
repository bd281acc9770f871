import type { TypingNotice } from '../rpc/messages/typing.ts';
import type { Account, Chat, LoginAttempt } from '../state/model.ts';

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
  premium?: true;
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
  isPremium,
}: Account): AccountView {
  return {
    id,
    ...(botToken === undefined ? { phone: `+${phone}` } : { bot: true as const }),
    first_name: firstName,
    ...(lastName !== undefined && { last_name: lastName }),
    ...(username !== undefined && { username }),
    has_password: password !== undefined,
    ...(email !== undefined && { email }),
    ...(isPremium === true && { premium: isPremium }),
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

/** A new chat. */
export interface NewChatView {
  /** A string: `-100…` for supergroups and channels, `-…` for basic groups. */
  id: string;
  invite_link: string;
}

export interface CodeView {
  phone: string;
  code: string;
  delivery: LoginAttempt['delivery'];
}

export function codeView({ phone, code, delivery }: LoginAttempt): CodeView {
  return { phone: `+${phone}`, code, delivery };
}

export interface TypingView {
  from_id: number;
  to_id: number;
  /** `typing`, `upload_photo`, …; `cancel` ends it. */
  action: string;
  topic_id?: number;
  /** RFC 3339, precise to the millisecond. */
  at: string;
}

export function typingView({ from, to, action, topicId, at }: TypingNotice): TypingView {
  return {
    from_id: from,
    to_id: to,
    action: snakeCase(action.replace(/^sendMessage|Action$/g, '')),
    ...(topicId !== undefined && { topic_id: topicId }),
    at: new Date(at).toISOString(),
  };
}

function snakeCase(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase();
}
