import { sameTextAs } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from './caller.ts';
import { kindAndId } from './peers.ts';
import type { SentMessage } from './sent-message.ts';

const PAGE_SIZE = 100;
/** So many messages of the bot's are looked through, from the floor upwards. */
const MAX_PAGES = 10;

/**
 * The message of a bot's own in a chat that says the same ({@link sameTextAs}), the oldest behind `after`. A bot may not read a chat's history; it may ask
 * for messages by their ids, which follow one another, over all its private chats and groups or in one channel. `undefined`: it is not
 * there, or nothing is known to count from (`after` 0).
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
