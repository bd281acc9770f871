import { GatewayError } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../../caller.ts';
import { TelegramFailure } from '../../errors/telegram-failure.ts';
import { kindAndId } from '../../peers/peers.ts';

export interface FoundMessage {
  message: Api.Message | Api.MessageService;
  /** Whether it is in the chat. Private chats and groups share one numbering, so an id may lead to another chat. */
  isInChat: boolean;
}

/** Reads messages by their ids, service messages too. Ids without a message are left out. */
export async function messagesById(
  asker: Asker,
  peer: Api.TypeInputPeer,
  ids: readonly number[],
): Promise<FoundMessage[]> {
  const id = ids.map((each) => new Api.InputMessageID({ id: each }));
  const answer = await asker.ask(
    peer instanceof Api.InputPeerChannel
      ? new Api.channels.GetMessages({ channel: new Api.InputChannel(peer), id })
      : new Api.messages.GetMessages({ id }),
  );
  if (answer instanceof Api.messages.MessagesNotModified) return [];
  return answer.messages
    .filter((message) => message instanceof Api.Message || message instanceof Api.MessageService)
    .map((message) => ({ message, isInChat: isIn(message, peer, answer.users) }));
}

/**
 * Reads one message. Service messages do not count.
 * @throws {TelegramFailure} `MESSAGE_NOT_FOUND` if the chat has no message with this id.
 */
export async function messageById(asker: Asker, peer: Api.TypeInputPeer, id: number): Promise<Api.Message> {
  const [found] = await messagesById(asker, peer, [id]);
  if (found?.isInChat === true && found.message instanceof Api.Message) return found.message;
  throw messageNotFound();
}

/** @param rpcError Telegram's name of the refusal, if Telegram said that the message is gone. */
export function messageNotFound(rpcError?: string): TelegramFailure {
  return new TelegramFailure(
    { outcome: 'fail' },
    new GatewayError('MESSAGE_NOT_FOUND', undefined, { rpcError }),
  );
}

function isIn(
  message: FoundMessage['message'],
  peer: Api.TypeInputPeer,
  users: readonly Api.TypeUser[],
): boolean {
  const { kind, id } = kindAndId(message.peerId);
  if (peer instanceof Api.InputPeerSelf)
    return (
      kind === 'user' &&
      users.some((user) => user instanceof Api.User && user.self && user.id.toString() === id)
    );
  if (peer instanceof Api.InputPeerUser) return kind === 'user' && id === peer.userId.toString();
  if (peer instanceof Api.InputPeerChat) return kind === 'chat' && id === peer.chatId.toString();
  return peer instanceof Api.InputPeerChannel && kind === 'channel' && id === peer.channelId.toString();
}
