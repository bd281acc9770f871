/** A message of an account, in the form of the API's ids. */
export interface FilePlace {
  ownId: string;
  chatId: string;
  messageId: number;
}

/**
 * The opaque id of a message's file. It names account, chat and message, so that an account can fetch only files of
 * its own messages.
 */
export function fileIdOf({ ownId, chatId, messageId }: FilePlace): string {
  return `f_${Buffer.from(`${ownId}.${chatId}.${messageId}`).toString('base64url')}`;
}

/** Telegram's ids of messages have 31 bits. */
const MAX_MESSAGE_ID = 2 ** 31 - 1;

/** `undefined`: {@link fileIdOf} did not make this text. */
export function readFileId(fileId: string): FilePlace | undefined {
  const text = Buffer.from(fileId.slice('f_'.length), 'base64url').toString();
  const [, ownId, chatId, messageId] = /^(\d{1,19})\.(-?\d{1,19})\.(\d{1,10})$/.exec(text) ?? [];
  if (ownId === undefined || chatId === undefined) return undefined;
  const place = { ownId, chatId, messageId: Number(messageId) };
  return place.messageId <= MAX_MESSAGE_ID && fileIdOf(place) === fileId ? place : undefined;
}
