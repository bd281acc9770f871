import type { Sender } from '@gateway/contracts';
import type bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Companions } from '../shown/shown-chat.ts';
import type { Content } from './content.ts';

type Change = Extract<Content, { type: 'chat.member' }>['change'];

/**
 * Who joined, left or was promoted. The service message tells of joins and leaves; the updates beside it would repeat
 * them.
 */
export function memberChanges(
  told: Api.TypeUpdate | Api.Message | Api.MessageService,
  companions: Companions,
): Content[] {
  if (told instanceof Api.MessageService) return ofServiceMessage(told, companions);
  const personOf = (userId: bigInt.BigInteger) => companions.sender(new Api.PeerUser({ userId }));
  const promoted = { type: 'chat.member' as const, change: 'promoted' as const };
  if (told instanceof Api.UpdateChatParticipantAdmin && told.isAdmin) {
    const chat = companions.chat(new Api.PeerChat({ chatId: told.chatId }));
    return [{ ...promoted, at: null, chat, user: personOf(told.userId), actor: null }];
  }
  if (told instanceof Api.UpdateChannelParticipant && !isAdmin(told.prevParticipant)) {
    if (!isAdmin(told.newParticipant)) return [];
    const chat = companions.chat(new Api.PeerChannel({ channelId: told.channelId }));
    return [{ ...promoted, at: told.date, chat, user: personOf(told.userId), actor: personOf(told.actorId) }];
  }
  return [];
}

function isAdmin(participant: Api.TypeChannelParticipant | undefined): boolean {
  return (
    participant instanceof Api.ChannelParticipantAdmin || participant instanceof Api.ChannelParticipantCreator
  );
}

function ofServiceMessage(
  { id: told_by, action, fromId, peerId, date }: Api.MessageService,
  companions: Companions,
): Content[] {
  const by = fromId instanceof Api.PeerUser ? fromId : undefined;
  const actor: Sender | null = by === undefined ? null : companions.sender(by);
  const chat = companions.chat(peerId);
  const told = (userId: bigInt.BigInteger, own: Change, others: Change): Content => {
    const user = companions.sender(new Api.PeerUser({ userId }));
    const change = user.id === actor?.id ? own : others;
    return { type: 'chat.member', at: date, chat, user, actor, change, told_by };
  };
  if (action instanceof Api.MessageActionChatAddUser)
    return action.users.map((userId) => told(userId, 'joined', 'added'));
  if (action instanceof Api.MessageActionChatDeleteUser) return [told(action.userId, 'left', 'removed')];
  if (
    action instanceof Api.MessageActionChatJoinedByLink ||
    action instanceof Api.MessageActionChatJoinedByRequest
  )
    return by === undefined ? [] : [told(by.userId, 'joined', 'joined')];
  return [];
}
