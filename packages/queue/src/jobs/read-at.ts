import { actionOf } from '@gateway/actions';
import type { Job } from 'bullmq';
import * as z from 'zod';
import { messageInReads } from '../inbox/private-news.ts';
import { readsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** The messages of a job in a private chat. */
export interface PrivateMessages {
  chatId: string;
  /** The greatest of their ids. */
  lastId: number;
}

/**
 * The result of a job, as its worker stores it: with the private chat in which its messages are. Only the stored result
 * has this field.
 */
export function resultInChat(result: object, privateChat: string | undefined): object {
  return privateChat === undefined ? result : { ...result, private_chat: privateChat };
}

const storedSchema = z.object({
  private_chat: z.string().optional(),
  message_id: z.int().optional(),
  message_ids: z.array(z.int().nullable()).optional(),
});

/** The messages that a completed job has made in a private chat; `null`: none, as far as is known. */
export function privateMessagesOf(job: Job<unknown, unknown>): PrivateMessages | null {
  const action = actionOf(job.name);
  if (action?.makesMessages !== true) return null;
  const { data: stored } = storedSchema.safeParse(job.returnvalue);
  const chatId = stored?.private_chat;
  const ids = [stored?.message_id, ...(stored?.message_ids ?? [])].filter((id) => typeof id === 'number');
  return chatId === undefined || ids.length === 0 ? null : { chatId, lastId: Math.max(...ids) };
}

/** When Telegram told that all of the messages are read, RFC 3339; `null`: it has not. */
export async function readReadAt(
  redis: RedisClient,
  userId: string,
  { chatId, lastId }: PrivateMessages,
): Promise<string | null> {
  const from = `[${chatId}:${messageInReads(lastId)}`;
  const [read] = await redis.zrangebylex(readsKey(userId), from, `(${chatId};`, 'LIMIT', 0, 1);
  const at = read?.slice(read.lastIndexOf(':') + 1);
  return at === undefined ? null : new Date(Number(at)).toISOString();
}
