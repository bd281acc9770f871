import { GatewayError, type Miss, type Recipient } from '@gateway/contracts';
import { TelegramFailure } from '../errors/telegram-failure.ts';

/**
 * Telegram's errors for a chat that exists but that this account cannot use: its access hash is not, or never was,
 * valid.
 */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'PEER_ID_INVALID',
  'PEER_ID_NOT_SUPPORTED',
  'USER_ID_INVALID',
  'CHANNEL_INVALID',
  'CHAT_ID_INVALID',
]);

export function isUnreachable(rpcName: string | undefined): rpcName is string {
  return rpcName !== undefined && UNREACHABLE.has(rpcName);
}

const START_BOT =
  'A bot can write only to people who have written to it first: have them open the bot and press Start.';

/**
 * The failure for a recipient that was not found.
 * @param miss given if Telegram was not asked, because an earlier look-up failed.
 */
export function recipientNotFound(recipient: Recipient, isBot: boolean, miss?: Miss): TelegramFailure {
  const reason = isBot ? noneForBot(recipient) : noneForUser(recipient);
  if (miss !== undefined) return failure(`${reason} ${described(miss)}`, undefined, false);
  return failure(reason, undefined, !(isBot && recipient.kind === 'phone'));
}

/**
 * The failure for a recipient that exists but that Telegram refuses to this account.
 * @param rpcError Telegram's name of the refusal.
 */
export function recipientUnreachable(
  recipient: Recipient,
  isBot: boolean,
  rpcError: string,
): TelegramFailure {
  return failure(isBot ? refusedToBot(recipient) : refusedToUser(recipient), rpcError);
}

function failure(reason: string, rpcError?: string, asked = true): TelegramFailure {
  const error = new GatewayError('RECIPIENT_NOT_FOUND', reason, { rpcError });
  return new TelegramFailure({ outcome: 'fail', asked }, error);
}

function described({ since, until }: Miss): string {
  const said = since === 0 ? 'Telegram has said so already' : `Telegram said so at ${timeOf(since)}`;
  return `${said}; it is asked again from ${timeOf(until)} on.`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '');
}

function noneForUser(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'self':
      return 'Telegram does not let this account write to itself.';
    case 'username':
      return `Nobody has the username @${recipient.username}.`;
    case 'phone':
      return 'No Telegram account is reachable by this phone number: check it, or add it to the contacts of this account.';
    case 'user':
      return `This account has never met a user with this id. ${MEET}${phoneAdvice(recipient.id)}`;
    case 'chat':
      return 'This account is in no group with this id: join it first. A supergroup or channel has an id that begins with -100.';
    case 'channel':
      return 'This account knows no channel or supergroup with this id: join it first, or write to it once by @username.';
  }
}

const MEET =
  'Write to them once by @username or +phone, add them to the contacts, or open a chat with them in an app; then the id works too.';

/** Digits without a plus are an id, but people often forget the plus of a phone number. */
function phoneAdvice(id: string): string {
  return /^\d{7,15}$/.test(id) ? ` If this is a phone number, write it with its +: +${id}.` : '';
}

function noneForBot(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'username':
      return noneForUser(recipient);
    case 'phone':
      return `A bot cannot look up phone numbers: use the id or @username. ${START_BOT}`;
    case 'user':
      return `This bot knows no user with this id. ${START_BOT}`;
    default:
      return refusedToBot(recipient);
  }
}

function refusedToUser(recipient: Recipient): string {
  const refused = 'Telegram does not let this account write there';
  switch (recipient.kind) {
    case 'username':
      return `@${recipient.username} exists, but ${refused}: open the chat in an app with this account, or join it, then send again.`;
    case 'phone':
      return `The phone number has a Telegram account, but ${refused}: open the chat in an app with this account, then send again.`;
    case 'user':
      return `${refused} by the id. ${MEET}${phoneAdvice(recipient.id)}`;
    case 'channel':
      return 'Telegram does not let this account into this channel or supergroup: join it first, or write to it once by @username.';
    default:
      return noneForUser(recipient);
  }
}

function refusedToBot(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'self':
      return 'A bot cannot write to itself.';
    case 'username':
      return `@${recipient.username} exists, but Telegram does not let this bot write there. ${START_BOT} A group or channel must add it.`;
    case 'phone':
    case 'user':
      return `Telegram does not let this bot write there. ${START_BOT}`;
    case 'chat':
    case 'channel':
      return 'Telegram does not let this bot write there: add the bot to the group or channel first, as an administrator of a channel.';
  }
}
