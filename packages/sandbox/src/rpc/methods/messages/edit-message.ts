import type { Media } from '../../../state/media.ts';
import type { Account, Message, MessageEntity, PeerId } from '../../../state/model.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { checkMayWrite, isAdmin } from '../../chats/chat-rights.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intField, objectField, objectList, optionalObject, textField } from '../../fields.ts';
import { acceptMedia } from '../../media/accept-media.ts';
import { checkReplacement } from '../../media/replace-media.ts';
import { boxesOf, writtenMessage } from '../../messages/find-message.ts';
import { acceptCaption, acceptText, type MessageText } from '../../messages/message-text.ts';
import { boxOf, isChannel, peerOfInput } from '../../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../../telegram.ts';
import { updatesObject } from '../../updates/box-updates.ts';
import { publish } from '../../updates/publish.ts';

/** Telegram's default `edit_time_limit`, in seconds. */
const EDIT_TIME_LIMIT = 48 * 3_600;

export function editMessage(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const { store } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  const box = boxOf(peer, account.id);
  const id = intField(query, 'id');
  checkMayWrite(store, account, peer);
  const message = editableMessage(telegram, account, peer, id);
  // The sandbox does not implement scheduled messages.
  if (query['schedule_date'] !== undefined) throw rpcError('SCHEDULE_DATE_INVALID');
  const media = replacement(request, message);
  const after = textAfter(request, message, media);
  const noWebpage = flagField(query, 'no_webpage');
  if (media === undefined && !isModified(message, after, noWebpage)) throw rpcError('MESSAGE_NOT_MODIFIED');
  const changes = publish(
    telegram,
    boxesOf(message),
    [
      {
        type: 'message_edited',
        copy: { box, id },
        text: after.text,
        ...(media !== undefined && { media }),
        ...(after.entities.length > 0 && { entities: after.entities }),
        ...(noWebpage && { noWebpage }),
        editDate: unixSeconds(telegram),
      },
    ],
    call,
  );
  return updatesObject(telegram, account, box, changes.get(box) ?? []);
}

/** The media that takes the place of the message's own. @throws {RpcError} as {@link checkReplacement}. */
function replacement(request: UserRequest, message: Message): Media | undefined {
  const input = optionalObject(request.query, 'media');
  if (input === undefined) return undefined;
  const media = acceptMedia(request, message.to, input);
  checkReplacement(request.telegram.store, message, media);
  return media;
}

/** @throws {RpcError} MESSAGE_NOT_MODIFIED if the call has neither a text nor media. */
function textAfter({ query, account, telegram }: UserRequest, before: Message, media?: Media): MessageText {
  if (query['message'] === undefined) {
    if (media === undefined) throw rpcError('MESSAGE_NOT_MODIFIED');
    return { text: before.text, entities: before.entities ?? [] };
  }
  const accept = (media ?? before.media) === undefined ? acceptText : acceptCaption;
  return accept(telegram.store, account, textField(query, 'message'), objectList(query, 'entities'));
}

/** @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_AUTHOR_REQUIRED, MESSAGE_EDIT_TIME_EXPIRED. */
function editableMessage(telegram: Telegram, account: Account, peer: PeerId, id: number): Message {
  const { store } = telegram;
  const message = writtenMessage(store, account, peer, id);
  if (message.from !== account.id || message.forwardedFrom !== undefined)
    throw rpcError('MESSAGE_AUTHOR_REQUIRED');
  if (hasTimeLimit(store, account, peer) && unixSeconds(telegram) - message.date > EDIT_TIME_LIMIT)
    throw rpcError('MESSAGE_EDIT_TIME_EXPIRED');
  return message;
}

/** As in TDLib: no limit for bots, for notes to oneself, and for administrators of supergroups and channels. */
function hasTimeLimit(store: Store, account: Account, peer: PeerId): boolean {
  if (account.botToken !== undefined || peer === account.id) return false;
  return !(isChannel(peer) && isAdmin(store, account, peer));
}

/** A link preview shows only below a text with a link, so `no_webpage` changes no other message. */
function isModified(before: Message, after: MessageText, noWebpage: boolean): boolean {
  if (before.text !== after.text) return true;
  if (entitiesKey(before.entities ?? []) !== entitiesKey(after.entities)) return true;
  return hasLink(after) && (before.noWebpage ?? false) !== noWebpage;
}

function entitiesKey(entities: readonly MessageEntity[]): string {
  const keyOf = (entity: MessageEntity): string[] =>
    Object.entries(entity)
      .filter(([field]) => field !== 'detected')
      .map(([field, value]) => `${field}=${value}`)
      .sort((a, b) => (a < b ? -1 : 1));
  return JSON.stringify(entities.map(keyOf));
}

function hasLink({ text, entities }: MessageText): boolean {
  return /https?:\/\//i.test(text) || entities.some(({ url }) => url !== undefined);
}
