import { GatewayError, type Recipient, type ShownChat } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../../caller.ts';
import { TelegramFailure } from '../../errors/telegram-failure.ts';
import { Companions, peerOfChat } from '../../shown/shown-chat.ts';

/** What joining and leaving a chat have in common. */

export interface Membership {
  target: ChatTarget;
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
}

/** A chat by its invite link, or by its name or id. */
type ChatTarget = { invite: string } | { recipient: Recipient };

export interface MembershipResult {
  state: 'joined' | 'requested' | 'left';
  /** `null` where Telegram does not tell. */
  chat: Pick<ShownChat, 'id' | 'type' | 'title'> | null;
}

type GroupPeer = Api.InputPeerChannel | Api.InputPeerChat;

/** @throws {TelegramFailure} `VALIDATION` for a chat with a person. */
export function assertGroup(peer: Api.TypeInputPeer): asserts peer is GroupPeer {
  if (peer instanceof Api.InputPeerChannel || peer instanceof Api.InputPeerChat) return;
  const message = 'names a person, with whom a chat is neither joined nor left';
  throw new TelegramFailure(
    { outcome: 'fail' },
    new GatewayError('VALIDATION', `recipient_id ${message}`, {
      issues: [{ path: 'recipient_id', message }],
    }),
  );
}

/** Reads a group or channel. `undefined`: Telegram does not show it. */
export async function chatOf(asker: Asker, peer: GroupPeer): Promise<Api.TypeChat | undefined> {
  const { chats } = await asker.ask(
    peer instanceof Api.InputPeerChannel
      ? new Api.channels.GetChannels({ id: [new Api.InputChannel(peer)] })
      : new Api.messages.GetChats({ id: [peer.chatId] }),
  );
  return chats[0];
}

/** The chat of an invite link; `undefined` where the account is not in it. */
export async function chatOfInvite(asker: Asker, hash: string): Promise<Api.TypeChat | undefined> {
  const invite = await asker.ask(new Api.messages.CheckChatInvite({ hash }));
  return invite instanceof Api.ChatInviteAlready ? invite.chat : undefined;
}

export function shown(chat: Api.TypeChat | undefined): MembershipResult['chat'] {
  if (chat === undefined) return null;
  const { id, type, title } = new Companions({ users: [], chats: [chat] }).chat(peerOfChat(chat));
  return { id, type, title };
}
