import type { TlObject } from '../../../types.ts';
import { checkMember } from '../../chats/chat-rights.ts';
import { rpcError } from '../../errors.ts';
import { bytesField, intField, objectField } from '../../fields.ts';
import { writtenMessage } from '../../messages/find-message.ts';
import { peerOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

/**
 * Presses an inline button. As at Telegram, a bot that does not answer is BOT_RESPONSE_TIMEOUT; the sandbox says so at
 * once.
 */
export function getBotCallbackAnswer({ query, account, telegram }: UserRequest): TlObject {
  const { store, now } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  checkMember(store, account, peer);
  const id = intField(query, 'msg_id');
  const { from, buttons = [] } = writtenMessage(store, account, peer, id);
  if (query['data'] === undefined) throw rpcError('DATA_INVALID');
  const data = bytesField(query, 'data').toString('latin1');
  if (!buttons.flat().some((button) => button.data === data)) throw rpcError('DATA_INVALID');
  const press = { from: account.id, bot: from, messageId: id, data, at: now() };
  store.commit({ type: 'button_pressed', press });
  const answer = store.state.accounts.get(from)?.autoReply?.answer;
  if (answer === undefined) throw rpcError('BOT_RESPONSE_TIMEOUT');
  return { _: 'messages.botCallbackAnswer', message: answer, cache_time: 0 };
}
