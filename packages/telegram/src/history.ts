import { sameTextAs } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from './caller.ts';
import type { SentMessage } from './sent-message.ts';

const PAGE_SIZE = 100;
/** So many messages are looked through, the latest first: bounded, and enough for a busy group's hours. */
const MAX_PAGES = 20;

/** s by which Telegram's clock may be behind ours. */
const CLOCK_SKEW = 60;

/** What a message that is looked for cannot lie before. */
export interface Floor {
  /** Only messages with a greater id count; 0: no earlier one is known. */
  after: number;
  /** Only messages made then or later count: ms since the epoch, by our clock. */
  since?: number;
}

/**
 * The message of this account's own in a chat that says the same ({@link sameTextAs}), looked for down to the floor, among the
 * last 2,000 there at most. `undefined`: it is not among them. Throws the call's failure, which says nothing
 * about the message.
 *
 * Where several say the same:
 * - With `after` it is the *oldest*. Sends of a chat go one after the other, so nothing that the gateway sent
 *   lies between `after` and the message that is looked for, nor behind that. A twin can only have been written
 *   by its owner in another app, and rather later (a person who waits in vain writes it again) than before.
 * - Without it, it is the *newest*. Then there is no floor, and the oldest twin is likely another message (the
 *   same "good morning" of last week), while nothing that the gateway sent lies behind the one looked for.
 */
export async function findInHistory(
  asker: Asker,
  peer: Api.TypeInputPeer,
  text: string,
  { after, since = 0 }: Floor,
): Promise<SentMessage | undefined> {
  const earliest = since / 1000 - CLOCK_SKEW;
  const isSame = sameTextAs(text);
  let found: SentMessage | undefined;
  for await (const page of pagesOf(asker, peer, after, earliest)) {
    const isOwn = ownMessagesIn(page, peer);
    const matches = page.messages
      .filter((message) => message instanceof Api.Message)
      .filter((message) => message.id > after && message.date >= earliest)
      .filter((message) => isOwn(message) && isSame(message.message ?? ''))
      .map(({ id, date }) => ({ id, date }))
      .toSorted((a, b) => b.id - a.id);
    if (after === 0 && matches[0] !== undefined) return matches[0];
    found = matches.at(-1) ?? found;
  }
  return found;
}

type Page = Exclude<Api.messages.TypeMessages, Api.messages.MessagesNotModified>;

/** The chat's messages above the floor, the latest first, page by page; `earliest` in seconds since the epoch. */
async function* pagesOf(
  asker: Asker,
  peer: Api.TypeInputPeer,
  after: number,
  earliest: number,
): AsyncGenerator<Page> {
  let offsetId = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer: Api.messages.TypeMessages = await asker.ask(
      new Api.messages.GetHistory({
        peer,
        offsetId,
        offsetDate: 0,
        addOffset: 0,
        limit: PAGE_SIZE,
        maxId: 0,
        minId: after,
        hash: bigInt.zero,
      }),
    );
    if (answer instanceof Api.messages.MessagesNotModified) return;
    yield answer;
    const oldest = Math.min(...answer.messages.map(({ id }) => id));
    // `messages.messages` is all that there is.
    if (answer instanceof Api.messages.Messages || oldest === Infinity || oldest <= after + 1) return;
    if (answer.messages.some((message) => 'date' in message && message.date < earliest)) return;
    offsetId = oldest;
  }
}

/** In the chat with oneself, by whatever name it goes, messages are not marked as outgoing. */
function ownMessagesIn(page: Page, peer: Api.TypeInputPeer): (message: Api.Message) => boolean {
  const isSelf =
    peer instanceof Api.InputPeerSelf ||
    (peer instanceof Api.InputPeerUser &&
      page.users.some((user) => user instanceof Api.User && user.self && user.id.equals(peer.userId)));
  return (message) => isSelf || message.out === true;
}
