import * as z from 'zod';

/** A place in the list of an account's chats: the last message of a chat there, as Telegram's paging takes it. */
export const chatPositionSchema = z.object({
  /** Seconds since the epoch. */
  date: z.int(),
  messageId: z.int(),
  /** The id of the chat, as the API shows it. */
  chat: z.string(),
});
export type ChatPosition = z.infer<typeof chatPositionSchema>;

const TEXT = /^(\d{1,10})\.(\d{1,10})\.(-?\d{1,14})$/;

/** The position as an opaque text for callers. */
export function writePosition({ date, messageId, chat }: ChatPosition): string {
  return `${date}.${messageId}.${chat}`;
}

/** Telegram's dates and message ids are 32-bit. A page may begin a second later than the place. */
const MOST = 0x7fffffff - 1;

/** `undefined`: {@link writePosition} did not write this text. */
export function readPosition(text: string): ChatPosition | undefined {
  const [, date, messageId, chat] = TEXT.exec(text) ?? [];
  if (date === undefined || messageId === undefined || chat === undefined) return undefined;
  if (Number(date) > MOST || Number(messageId) > MOST) return undefined;
  return { date: Number(date), messageId: Number(messageId), chat };
}
