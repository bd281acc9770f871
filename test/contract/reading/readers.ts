import type { ApiAnswer } from '../../env/api-client.ts';
import type { Document } from '../../env/documented.ts';
import type { Stack } from '../../env/stack.ts';

export const ALICE = '+9996627051';
export const BOB = '+9996627052';
export const CAROL = '+9996627053';

/** A product in which three people are signed in, and how the tests read at Telegram. */
export interface Readers {
  stack: Stack;
  document: Document;
  /** Telegram's ids of the accounts. */
  alice: number;
  bob: number;
  carol: number;
  /** @param path below the account's. @param account by default `alice`. */
  read(path: string, account?: string, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** Alice writes, to Bob by default. @returns the message's id. */
  send(text: string, more?: object): Promise<number>;
}

/** The texts of the messages in an answer. */
export function textsOf({ body }: ApiAnswer): string[] {
  return body.messages.map(({ text }: { text: string }) => text);
}
