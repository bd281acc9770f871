/** The other side of a private chat has read the account's messages. */
interface PrivateRead {
  chatId: string;
  /** The last message that was read. */
  upTo: number;
  /** When Telegram told it, ms since the epoch. */
  at: number;
}

/** A person or bot has written to the account in their private chat. */
interface PrivateWriter {
  id: string;
  /** The date of the message, ms since the epoch. */
  at: number;
}

/** What updates tell of private chats. */
export interface PrivateNews {
  reads: readonly PrivateRead[];
  writers: readonly PrivateWriter[];
}

const NO_NEWS: PrivateNews = { reads: [], writers: [] };

/** The news as arguments of the script that appends: the sizes of the lists, and the lists. */
export function argumentsOf({ reads, writers }: PrivateNews = NO_NEWS): [
  sizes: number[],
  lists: (string | number)[],
] {
  return [
    [reads.length, writers.length],
    [
      ...reads.flatMap(({ chatId, upTo, at }) => [chatId, messageInReads(upTo), at]),
      ...writers.flatMap(({ id, at }) => [id, at]),
    ],
  ];
}

/** The id of a message as the account's reads have it: in the order of the numbers. */
export function messageInReads(messageId: number): string {
  return String(messageId).padStart(10, '0');
}
