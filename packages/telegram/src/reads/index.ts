import { readChats } from './read-chats.ts';
import { readMessages } from './read-messages.ts';

/** What an account reads at Telegram for a caller, by the names of the control jobs. */
export const READS = {
  'read.chats': readChats,
  'read.messages': readMessages,
};

export type ReadName = keyof typeof READS;
export type ReadOptions<N extends ReadName> = Parameters<(typeof READS)[N]>[2];
export type ReadResult<N extends ReadName> = Awaited<ReturnType<(typeof READS)[N]>>;
