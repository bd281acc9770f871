import type { Account, Message, PeerId } from '../../../state/model.ts';
import { messageIn, ptsOf } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { isAdmin } from '../../chats/chat-rights.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intList, objectField } from '../../fields.ts';
import { boxesOf } from '../../messages/find-message.ts';
import { channelOfInput } from '../../peers.ts';
import type { Telegram, UserRequest } from '../../telegram.ts';
import { publish } from '../../updates/publish.ts';

/** Deletes messages of private chats and basic groups. The ids name no chat; unknown ids are ignored. */
export function deleteMessages(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const everywhere = flagField(query, 'revoke');
  const found = messagesWithIds(telegram, account.id, intList(query, 'id'));
  if (everywhere && !found.every(({ message }) => mayRevoke(telegram, account, message)))
    throw rpcError('MESSAGE_DELETE_FORBIDDEN');
  return deleteFound(request, account.id, found, everywhere);
}

export function deleteChannelMessages(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { peer } = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  const found = messagesWithIds(telegram, peer, intList(query, 'id'));
  if (!isAdmin(telegram.store, account, peer) && found.some(({ message }) => message.from !== account.id))
    throw rpcError('MESSAGE_DELETE_FORBIDDEN');
  return deleteFound(request, peer, found, true);
}

interface Found {
  id: number;
  message: Message;
}

function messagesWithIds({ store }: Telegram, box: PeerId, ids: readonly number[]): Found[] {
  return [...new Set(ids)].flatMap((id) => {
    const message = messageIn(store.state, box, id);
    return message === undefined ? [] : [{ id, message }];
  });
}

/** In a private chat each side may delete every message for both; in a group only the author or an administrator. */
function mayRevoke({ store }: Telegram, account: Account, { from, to }: Message): boolean {
  return to >= 0 || from === account.id || isAdmin(store, account, to);
}

function deleteFound(
  { call, telegram }: UserRequest,
  box: PeerId,
  found: readonly Found[],
  everywhere: boolean,
): TlObject {
  const ids = found.map(({ id }) => id);
  if (ids.length > 0) {
    const boxes = everywhere ? found.flatMap(({ message }) => boxesOf(message)) : [box];
    publish(telegram, boxes, [{ type: 'messages_deleted', box, ids, everywhere }], call);
  }
  const pts = ptsOf(telegram.store.state, box);
  return { _: 'messages.affectedMessages', pts, pts_count: ids.length };
}
