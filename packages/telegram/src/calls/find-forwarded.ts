import { sameTextAs } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { CLOCK_SKEW, ownMessagesIn, pagesOf, type Floor } from './history.ts';

/** Messages that were forwarded together. */
interface Forwarded {
  /** Their texts, in order. */
  texts: readonly string[];
  /** Whether they name their author. */
  withAuthor: boolean;
}

/**
 * Searches a chat for messages that this account forwarded there together: its own messages in a row, with these texts.
 * As `findInHistory`, it prefers the oldest match with `after`, else the newest.
 * @returns their ids; `undefined` if there are none.
 */
export async function findForwarded(
  asker: Asker,
  peer: Api.TypeInputPeer,
  { texts, withAuthor }: Forwarded,
  { after, since = 0 }: Floor,
): Promise<number[] | undefined> {
  const earliest = since / 1000 - CLOCK_SKEW;
  const own: Api.Message[] = [];
  for await (const page of pagesOf(asker, peer, after, earliest)) {
    const isOwn = ownMessagesIn(page, peer);
    own.push(
      ...page.messages
        .filter((message) => message instanceof Api.Message)
        .filter((message) => message.id > after && message.date >= earliest && isOwn(message)),
    );
  }
  own.sort((a, b) => a.id - b.id);
  const same = texts.map((text) => sameTextAs(text));
  const starts = own.flatMap((_message, start) => {
    const row = own.slice(start, start + texts.length);
    const isMatch = same.every((isSame, index) => {
      const message = row[index];
      return (
        message !== undefined && isSame(message.message) && (message.fwdFrom !== undefined) === withAuthor
      );
    });
    return isMatch ? [start] : [];
  });
  const start = after === 0 ? starts.at(-1) : starts[0];
  return start === undefined ? undefined : own.slice(start, start + texts.length).map(({ id }) => id);
}
