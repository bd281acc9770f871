import { changesSince } from '../../../state/mailbox.ts';
import { ptsOf } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { isAdmin } from '../../chats/chat-rights.ts';
import { rpcError } from '../../errors.ts';
import { idField, objectField, textField } from '../../fields.ts';
import { boxOf, channelOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { updatesObject } from '../../updates/box-updates.ts';
import { postMessage } from '../../updates/post-message.ts';

/** Gives a group, supergroup or channel another title. A service message tells its members. */
export function editTitle({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const chat =
    query._ === 'channels.editTitle'
      ? channelOfInput(store, account, objectField(query, 'channel'))
      : store.state.chats.get(-idField(query, 'chat_id'));
  if (chat?.members.includes(account.id) !== true) throw rpcError('CHAT_ID_INVALID');
  if (!isAdmin(store, account, chat.peer)) throw rpcError('CHAT_ADMIN_REQUIRED');
  const title = textField(query, 'title');
  if (title === '') throw rpcError('CHAT_TITLE_EMPTY');
  if (title === chat.title) throw rpcError('CHAT_NOT_MODIFIED');
  const box = boxOf(chat.peer, account.id);
  const before = ptsOf(store.state, box);
  store.commit({ type: 'chat_changed', chat: { ...chat, title } });
  const message = {
    from: account.id,
    to: chat.peer,
    text: title,
    date: unixSeconds(telegram),
    randomId: '0',
  };
  postMessage(telegram, { ...message, action: 'title_changed' }, call);
  return updatesObject(telegram, account, box, changesSince(store.state.boxes.get(box), before));
}
