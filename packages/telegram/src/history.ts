import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from './caller.ts';
import type { SentMessage } from './sent-message.ts';

/** How far back a message is looked for that went out a moment ago. */
const RECENT_MESSAGES = 100;

/** The newest of this account's own recent messages in a chat that says exactly this. */
export async function findInHistory(
  caller: Caller,
  peer: Api.TypeInputPeer,
  text: string,
): Promise<SentMessage | undefined> {
  const answer = await caller.ask(
    new Api.messages.GetHistory({
      peer,
      offsetId: 0,
      offsetDate: 0,
      addOffset: 0,
      limit: RECENT_MESSAGES,
      maxId: 0,
      minId: 0,
      hash: bigInt.zero,
    }),
  );
  if (answer instanceof Api.messages.MessagesNotModified) return undefined;
  // Telegram trims what it is sent. In the chat with oneself its messages are not marked as outgoing.
  const wanted = text.trim();
  const isOwn = (message: Api.Message) => message.out === true || peer instanceof Api.InputPeerSelf;
  return answer.messages
    .filter((message) => message instanceof Api.Message)
    .filter((message) => isOwn(message) && message.message?.trim() === wanted)
    .map(({ id, date }) => ({ id, date }))
    .toSorted((a, b) => b.id - a.id)[0];
}
