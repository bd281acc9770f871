import type { Message, PeerId } from '../../state/model.ts';
import { letBotReply } from '../chats/bots.ts';
import { longField } from '../fields.ts';
import { unixSeconds, type UserRequest } from '../telegram.ts';
import { postMessage } from '../updates/post-message.ts';
import type { MessageText } from './message-text.ts';
import { sendOptions } from './sending.ts';

/** Makes the one message of a call that sends, and lets a bot answer it. @throws {RpcError} as {@link sendOptions}. */
export function sendOne(
  { call, query, account, telegram }: UserRequest,
  to: PeerId,
  { text, entities, ...content }: MessageText & Partial<Pick<Message, 'media' | 'noWebpage'>>,
): Message {
  const message = postMessage(
    telegram,
    {
      from: account.id,
      to,
      text,
      date: unixSeconds(telegram),
      randomId: String(longField(query, 'random_id')),
      ...content,
      ...(entities.length > 0 && { entities }),
      ...sendOptions(telegram.store, account, to, query),
    },
    call,
  );
  letBotReply(telegram, message);
  return message;
}
