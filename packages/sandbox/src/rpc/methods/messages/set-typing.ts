import type { PeerId } from '../../../state/model.ts';
import type { TlObject } from '../../../types.ts';
import { checkMayWrite } from '../../chats/chat-rights.ts';
import { objectField } from '../../fields.ts';
import { topicOf } from '../../messages/reply.ts';
import { peerObject } from '../../objects.ts';
import { bareId, isChannel, peerOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { pushToAccount } from '../../updates/publish.ts';

/** Shows an action such as "typing" to the other members of a chat. */
export function setTyping({ call, query, account, telegram }: UserRequest): boolean {
  const { store, typing } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  checkMayWrite(store, account, peer);
  const action = objectField(query, 'action');
  const topicId = topicOf(store, peer, query['top_msg_id']);
  const topic = topicId !== undefined && { topicId };
  typing.add({ from: account.id, to: peer, action: action._, ...topic, at: telegram.now() });
  const update = typingUpdate(account.id, peer, action, topicId);
  const others = peer < 0 ? (store.state.chats.get(peer)?.members ?? []) : [peer];
  for (const id of others) {
    if (id === account.id) continue;
    pushToAccount(telegram, id, () => ({ _: 'updateShort', update, date: unixSeconds(telegram) }), call);
  }
  return true;
}

function typingUpdate(from: number, peer: PeerId, action: TlObject, topicId: number | undefined): TlObject {
  if (peer >= 0) return { _: 'updateUserTyping', user_id: BigInt(from), action };
  const common = { from_id: peerObject(from), action };
  return isChannel(peer)
    ? { _: 'updateChannelUserTyping', channel_id: bareId(peer), top_msg_id: topicId, ...common }
    : { _: 'updateChatUserTyping', chat_id: bareId(peer), ...common };
}
