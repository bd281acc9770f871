import { peerByUsername } from '../rpc/methods/contacts.ts';
import { channelPeer } from '../rpc/peers.ts';
import { postMessage } from '../rpc/post-message.ts';
import { unixSeconds, type Telegram } from '../rpc/telegram.ts';
import type { Chat } from '../state/model.ts';
import { knownAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';
import type { ChatRequest } from './requests.ts';
import { chatView, type ChatView } from './views.ts';

const FIRST_GROUP = 4_000_000_001;
const FIRST_CHANNEL = 1_500_000_001;

/** Creates a group or channel and its first message, the service message about the creation, as at Telegram. */
export function createChat(telegram: Telegram, { title, kind, members, username }: ChatRequest): ChatView {
  const { store } = telegram;
  for (const id of members) knownAccount(telegram, id);
  const [creator] = members;
  if (creator === undefined) throw new ControlError(400, 'members: at least one is needed');
  if (username !== undefined && kind === 'group')
    throw new ControlError(400, 'username: a basic group has none');
  if (username !== undefined && peerByUsername(telegram, username.toLowerCase()) !== undefined) {
    throw new ControlError(409, `username: ${username} is taken`);
  }
  const number = store.state.chats.size;
  const date = unixSeconds(telegram);
  const chat: Chat = {
    peer: kind === 'group' ? -(FIRST_GROUP + number) : channelPeer(FIRST_CHANNEL + number),
    kind,
    title,
    members: [...new Set(members)],
    date,
    ...(username !== undefined && { username }),
  };
  store.commit({ type: 'chat_created', chat });
  postMessage(telegram, {
    from: creator,
    to: chat.peer,
    text: title,
    date,
    randomId: '0',
    action: 'created',
  });
  return chatView(chat);
}
