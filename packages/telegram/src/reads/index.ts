import { readChats } from './read-chats.ts';
import { readContacts } from './read-contacts.ts';
import { readFile } from './read-file.ts';
import { readMessages } from './read-messages.ts';
import { readPhones } from './read-phones.ts';
import { resolveRecipient } from './resolve-recipient.ts';

/** What an account reads at Telegram for a caller, by the names of the control jobs. */
export const READS = {
  'read.chats': readChats,
  'read.messages': readMessages,
  'read.contacts': readContacts,
  'read.resolve': resolveRecipient,
  'read.phones': readPhones,
  'read.file': readFile,
};

export type ReadName = keyof typeof READS;
export type ReadOptions<N extends ReadName> = Parameters<(typeof READS)[N]>[2];
export type ReadResult<N extends ReadName> = Awaited<ReturnType<(typeof READS)[N]>>;
