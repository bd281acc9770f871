import { sameTextAs } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { kindAndId } from '../peers/peers.ts';
import type { SentMessage } from './sent-message.ts';

const PAGE_SIZE = 100;
/** Pages to search, from the floor upwards. */
const MAX_PAGES = 10;

/**
 * Searches a chat for a bot's own message with the same text ({@link sameTextAs}): the oldest one after `after`.
 * `undefined`: not found, or there is no id to start from (`after` is 0).
 * A bot may not read a chat's history, but may fetch messages by id. Ids are consecutive across all its private chats
 * and groups, or within one channel.
 */
export async function findByIds(
  asker: Asker,
  peer: Api.TypeInputPeer,
  text: string,
  after: number,
): Promise<SentMessage | undefined> {
  if (after === 0) return undefined;
  const isSame = sameTextAs(text);
  for (let page = 0; page < MAX_PAGES; page++) {
    const first = after + 1 + page * PAGE_SIZE;
    const id = Array.from({ length: PAGE_SIZE }, (_, index) => new Api.InputMessageID({ id: first + index }));
    const answer = await asker.ask(
      peer instanceof Api.InputPeerChannel
        ? new Api.channels.GetMessages({ channel: new Api.InputChannel(peer), id })
        : new Api.messages.GetMessages({ id }),
    );
    if (answer instanceof Api.messages.MessagesNotModified) return undefined;
    const messages = answer.messages.filter((message) => message instanceof Api.Message);
    const found = messages.find(
      (message) => message.out === true && isIn(message, peer) && isSame(message.message),
    );
    if (found !== undefined) return { id: found.id, date: found.date };
    if (messages.length === 0) return undefined;
  }
  return undefined;
}

function isIn(message: Api.Message, peer: Api.TypeInputPeer): boolean {
  const { kind, id } = kindAndId(message.peerId);
  if (peer instanceof Api.InputPeerUser) return kind === 'user' && id === peer.userId.toString();
  if (peer instanceof Api.InputPeerChat) return kind === 'chat' && id === peer.chatId.toString();
  return peer instanceof Api.InputPeerChannel && kind === 'channel' && id === peer.channelId.toString();
}
