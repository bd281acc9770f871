import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../../caller.ts';
import { rpcNameOf } from '../../errors/errors.ts';
import { inputPeerOf, peersOf } from '../../peers/peers.ts';
import type { Recipients } from '../../peers/recipients.ts';
import { withRecipient } from '../with-recipient.ts';
import {
  assertGroup,
  chatOf,
  chatOfInvite,
  shown,
  type Membership,
  type MembershipResult,
} from './membership.ts';

/** Leaves a chat. An account that is not in it is a success. */
export async function leaveChat(
  caller: Caller,
  recipients: Recipients,
  { target, askedAt }: Membership,
): Promise<MembershipResult> {
  if ('invite' in target) {
    const chat = await chatOfInvite(caller, target.invite);
    const [peer] = peersOf({ users: [], chats: chat === undefined ? [] : [chat] });
    if (peer !== undefined) await leave(caller, inputPeerOf(peer));
    return { state: 'left', chat: shown(chat) };
  }
  return withRecipient(recipients, { recipient: target.recipient, askedAt }, async ({ input: peer }) => {
    assertGroup(peer);
    try {
      // Read before: once the account has left, Telegram may not show the chat any more.
      const chat = await chatOf(caller, peer);
      if (chat !== undefined) recipients.remember({ users: [], chats: [chat] });
      await leave(caller, peer);
      return { state: 'left', chat: shown(chat) };
    } catch (error) {
      if (!isOutside(rpcNameOf(error), peer, recipients)) throw error;
      return { state: 'left', chat: null };
    }
  });
}

async function leave(caller: Caller, peer: Api.TypeInputPeer): Promise<void> {
  try {
    if (peer instanceof Api.InputPeerChannel)
      await caller.act(new Api.channels.LeaveChannel({ channel: new Api.InputChannel(peer) }));
    else if (peer instanceof Api.InputPeerChat)
      await caller.act(
        new Api.messages.DeleteChatUser({ chatId: peer.chatId, userId: new Api.InputUserSelf() }),
      );
  } catch (error) {
    if (rpcNameOf(error) !== 'USER_NOT_PARTICIPANT') throw error;
  }
}

/** Whether the refusal says that the account is not in the chat. A basic group must be one that it has seen. */
function isOutside(name: string | undefined, peer: Api.TypeInputPeer, recipients: Recipients): boolean {
  if (name === 'CHANNEL_PRIVATE') return true;
  return (
    name === 'CHAT_ID_INVALID' &&
    peer instanceof Api.InputPeerChat &&
    recipients.byId('chat', peer.chatId.toString()) !== undefined
  );
}
