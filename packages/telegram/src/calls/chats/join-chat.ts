import { GatewayError } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../../caller.ts';
import { rpcNameOf } from '../../errors/errors.ts';
import { TelegramFailure } from '../../errors/telegram-failure.ts';
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

/** Joins a chat. An account that is in it already is a success. */
export async function joinChat(
  caller: Caller,
  recipients: Recipients,
  { target, askedAt }: Membership,
): Promise<MembershipResult> {
  if ('invite' in target) return joinByInvite(caller, recipients, target.invite);
  return withRecipient(recipients, { recipient: target.recipient, askedAt }, async ({ input: peer }) => {
    assertGroup(peer);
    if (peer instanceof Api.InputPeerChat) return joinedGroup(await chatOf(caller, peer));
    const channel = new Api.InputChannel(peer);
    const { state } = await join(caller.act(new Api.channels.JoinChannel({ channel })));
    return { state, chat: shown(await chatOf(caller, peer)) };
  });
}

async function joinByInvite(caller: Caller, recipients: Recipients, hash: string): Promise<MembershipResult> {
  const { state, answer } = await join(caller.act(new Api.messages.ImportChatInvite({ hash })));
  if (answer !== undefined && 'chats' in answer) {
    recipients.remember(answer);
    return { state, chat: shown(answer.chats[0]) };
  }
  if (state === 'requested') return { state, chat: null };
  const chat = await chatOfInvite(caller, hash);
  if (chat !== undefined) recipients.remember({ users: [], chats: [chat] });
  return { state, chat: shown(chat) };
}

/** Awaits a call that joins a chat. Two refusals say that it has happened already. */
async function join(
  call: Promise<Api.TypeUpdates>,
): Promise<{ state: 'joined' | 'requested'; answer?: Api.TypeUpdates }> {
  try {
    return { state: 'joined', answer: await call };
  } catch (error) {
    const name = rpcNameOf(error);
    if (name === 'USER_ALREADY_PARTICIPANT') return { state: 'joined' };
    if (name === 'INVITE_REQUEST_SENT') return { state: 'requested' };
    throw error;
  }
}

/** Only an invite link lets an account into a basic group. It may be there already. */
function joinedGroup(chat: Api.TypeChat | undefined): MembershipResult {
  if (chat instanceof Api.Chat && chat.left !== true) return { state: 'joined', chat: shown(chat) };
  const message = 'A basic group has no public name: join it by its invite link.';
  throw new TelegramFailure({ outcome: 'fail' }, new GatewayError('RECIPIENT_REFUSED', message));
}
