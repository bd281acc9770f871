import { cleanPasted } from './pasted.ts';
import {
  fromChannelId,
  fromId,
  fromPhone,
  fromUserId,
  fromUsername,
  type Recipient,
} from './recipient-forms.ts';

const LINK =
  /^(?:(?:https?:)?\/\/)?((?:[\w-]+\.)*(?:t\.me|telegram\.(?:me|dog|org)))\.?(?::\d{1,5})?(?:([/?#].*))?$/is;
const APP_LINK = /^tg:(?:\/\/|\/)?([\w-]*)\/?(?:\?(.*))?$/is;
const ANY_LINK = /^[a-z][a-z0-9+.-]*:\/\/|^www\.|^[\w-]+(?:\.[\w-]+)+\//i;

/** Hosts of Telegram's web clients. The groups capture the version (a, k, z), unless the path names it. */
const WEB_CLIENTS = /^(?:web([akz]?)\.telegram\.org|(web|[akz])\.t\.me)$/;

/** Why an invite link names no chat that one can write to. */
export const INVITE = 'is an invite link: join the chat with this account first, then use its -100… id';
const NO_CHAT =
  'is a Telegram link that names no chat: use @username, +phone, a numeric id or a link to a person or chat';
const OTHER_SITE = 'is not a link to a Telegram chat: those begin with https://t.me/';
const UNMARKED =
  'is a link whose number may be that of a group or of a channel: use -100 followed by it for a supergroup or channel, ' +
  '- followed by it for a basic group';

/** First path segments of t.me that are not usernames, with the error text for each. */
const RESERVED: Readonly<Record<string, string>> = {
  joinchat: INVITE,
  addlist: 'is a link to a folder of chats: use the link or id of one of them',
  folder: 'is a link to a folder of chats: use the link or id of one of them',
  share: 'is a link that shares a text and names no chat: use @username, +phone or a numeric id',
  m: 'is a business link, which does not say whose it is: use the @username or +phone of the business',
  contact: 'is a temporary contact link, which does not say whose it is: use @username or +phone',
  ...Object.fromEntries(
    (
      'addemoji addstickers addtheme auction auth bg call confirmphone giftcode iv invoice login newbot nft ' +
      'oauth passport proxy setlanguage socks stargift'
    )
      .split(' ')
      .map((path) => [path, NO_CHAT]),
  ),
};

/**
 * Parses a Telegram link: the chat that it names, or a sentence on why it names none. `undefined` if the text is not a
 * link.
 */
export function fromLink(text: string): Recipient | string | undefined {
  const app = APP_LINK.exec(text);
  if (app !== null) return fromAppLink((app[1] ?? '').toLowerCase(), paramsOf(app[2] ?? ''));
  const link = LINK.exec(text);
  if (link !== null)
    return fromWebAddress((link[1] ?? '').toLowerCase().replace(/^www\./, ''), link[2] ?? '');
  return ANY_LINK.test(text) ? OTHER_SITE : undefined;
}

function fromWebAddress(host: string, rest: string): Recipient | string {
  const [beforeHash = '', ...hash] = rest.split('#');
  const [path, query] = splitAt(beforeHash, '?');
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const client = WEB_CLIENTS.exec(host);
  const isWebClient = client !== null && (host.endsWith('.org') || hash.length > 0);
  if (isWebClient) return fromWebClient(client[1] || client[2] || '', parts, hash.join('#'));
  if (host.endsWith('telegram.org')) return OTHER_SITE;
  const subdomain = client === null ? /^(.+)\.(?:t|telegram)\.\w+$/.exec(host)?.[1] : undefined;
  if (subdomain === undefined) return fromPath(parts, paramsOf(query));
  return RESERVED[subdomain] ?? fromUsername(subdomain);
}

/** Parses the path of `t.me/…`, see core.telegram.org/api/links. */
function fromPath(
  [first, second]: readonly (string | undefined)[],
  query: URLSearchParams,
): Recipient | string {
  if (first === undefined) return NO_CHAT;
  if (first.startsWith('+')) return /^[+\d\s().-]+$/.test(first) ? fromPhone(plus(first)) : INVITE;
  if (first.startsWith('$')) return NO_CHAT;
  const word = first.toLowerCase();
  if (word === 'c') return fromChannelId(second ?? '');
  if (word === 's' || word === 'boost') {
    const channel = query.get('c');
    if (second !== undefined) return fromUsername(second);
    return channel === null ? NO_CHAT : fromChannelId(channel);
  }
  return (Object.hasOwn(RESERVED, word) ? RESERVED[word] : undefined) ?? fromUsername(first);
}

/** Parses `tg://…` as Telegram's apps do. */
function fromAppLink(method: string, query: URLSearchParams): Recipient | string {
  const get = (name: string) => cleanPasted(query.get(name) ?? '') || undefined;
  switch (method) {
    case 'resolve':
    case 'boost': {
      const [domain, phone, channel] = [get('domain'), get('phone'), get('channel')];
      if (domain !== undefined) return fromUsername(domain);
      if (phone !== undefined) return fromPhone(plus(phone));
      return channel === undefined ? NO_CHAT : fromChannelId(channel);
    }
    case 'user':
      return fromUserId(get('id') ?? '');
    case 'openmessage':
      return get('user_id') === undefined
        ? fromUnmarkedId(get('chat_id') ?? '', true)
        : fromUserId(get('user_id') ?? '');
    case 'privatepost':
      return fromChannelId(get('channel') ?? '');
    case 'msg': {
      const to = get('to');
      return to === undefined ? (RESERVED['share'] ?? NO_CHAT) : fromPhone(plus(to));
    }
    case 'join':
      return INVITE;
    case 'msg_url':
      return RESERVED['share'] ?? NO_CHAT;
    case 'message':
      return RESERVED['m'] ?? NO_CHAT;
    default:
      return (Object.hasOwn(RESERVED, method) ? RESERVED[method] : undefined) ?? NO_CHAT;
  }
}

/** Parses addresses of the web clients: `web.telegram.org/a/#-100…`, `/k/#@name`, `/#/im?p=u123_…`. */
function fromWebClient(client: string, [path]: readonly string[], hash: string): Recipient | string {
  const version = /^[akz]$/i.test(path ?? '') ? (path ?? '').toLowerCase() : client;
  const fragment = decoded(hash);
  const opened = /^\/?\?(?:.*&)?tgaddr=([^&]+)/s.exec(hash)?.[1];
  if (opened !== undefined) return fromLink(decoded(opened)) ?? NO_CHAT;
  const peer = /^\/?im\?(?:.*&)?p=([^&]+)/s.exec(fragment)?.[1] ?? fragment;
  const name = /^@([^/?#&]*)/.exec(peer)?.[1];
  if (name !== undefined) return fromUsername(name);
  const [, kind = '', digits = ''] = /^([ugcs])(\d+)(?:_|$)/.exec(peer) ?? [];
  if (kind === 'u') return fromUserId(digits);
  if (kind === 'g') return fromId(`-${digits}`);
  if (kind !== '') return fromChannelId(digits);
  const id = /^-?\d+(?=[_/?&]|$)/.exec(peer)?.[0];
  if (id === undefined) return NO_CHAT;
  // Only clients A and Z mark a channel's id; K writes `-` for both groups and channels.
  return version === 'a' || version === 'z' || !id.startsWith('-') ? fromId(id) : fromUnmarkedId(id);
}

/** Parses an id that may lack the `-100` of a channel. */
function fromUnmarkedId(text: string, isChat = false): Recipient | string {
  const recipient = fromId(text);
  if (typeof recipient === 'string') return recipient;
  return recipient.kind === 'chat' || (isChat && recipient.kind === 'user') ? UNMARKED : recipient;
}

function plus(phone: string): string {
  return `+${phone.replace(/^[+\s]+/, '')}`;
}

function paramsOf(query: string): URLSearchParams {
  return new URLSearchParams(query.split('#')[0]);
}

function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/**
 * Decodes percent-encoding if it is valid, then cleans the text: the encoding can hide characters from earlier
 * cleaning.
 */
function decoded(text: string): string {
  try {
    return cleanPasted(decodeURIComponent(text));
  } catch {
    return text;
  }
}
