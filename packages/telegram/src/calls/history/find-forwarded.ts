import { sameTextAs } from '@gateway/contracts';
import type { Api } from 'telegram/tl/index.js';
import type { Asker } from '../../caller.ts';
import { ownInHistory, type Floor } from './history.ts';

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
  floor: Floor,
): Promise<number[] | undefined> {
  const own = (await ownInHistory(asker, peer, floor)).toSorted((a, b) => a.id - b.id);
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
  const start = floor.after === 0 ? starts.at(-1) : starts[0];
  return start === undefined ? undefined : own.slice(start, start + texts.length).map(({ id }) => id);
}
