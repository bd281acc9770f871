import * as z from 'zod';
import { chatTypeSchema } from '../reading/telegram-message.ts';
import { requestBody } from '../request-body.ts';

/** Most ids in one list of a filter. */
const MAX_IDS = 1_000;

const chatId = z
  .string()
  .regex(
    /^(?:-?[1-9][0-9]{0,11}|-1(?!0{12})[0-8][0-9]{11})$/,
    'must be the id of a chat, as events show it: no name, no phone number',
  )
  .meta({ id: 'ChatId' });

const chatIds = z.array(chatId).max(MAX_IDS, `must name at most ${MAX_IDS} chats`);

const fields = {
  chat_types: z.array(chatTypeSchema).max(5).optional(),
  chat_ids: chatIds.optional(),
  except_chat_ids: chatIds.optional(),
  direction: z.enum(['in', 'out', 'both'], 'must be in, out or both').optional(),
  mentions_only: z.boolean().optional(),
};
/**
 * Which events are told. `chat_types`, `chat_ids` and `except_chat_ids` apply to every event with a chat; `direction`
 * and `mentions_only` apply to new and edited messages. An empty filter lets everything through; an empty list of
 * `chat_types` or `chat_ids` no event with a chat.
 */
export const eventFilterSchema = requestBody({
  ...fields,
  chat_ids: fields.chat_ids.describe('Only events of these chats; `[]`: of none'),
  except_chat_ids: fields.except_chat_ids.describe('No events of these chats'),
  direction: fields.direction.describe('Of messages: `in` to the account, `out` from it'),
  mentions_only: fields.mentions_only.describe('Of messages: only those that mention the account'),
}).meta({ id: 'EventFilter' });
export type EventFilter = z.infer<typeof eventFilterSchema>;

/** The filter in answers. */
export const shownFilterSchema = z
  .strictObject(fields)
  .meta({ id: 'ShownFilter', description: 'As `EventFilter`' });

/** The fields of an event that a filter looks at. */
interface Filtered {
  type: string;
  chat?: { id: string; type: EventChatType } | null;
  message?: {
    chat: { id: string; type: EventChatType };
    direction: 'in' | 'out';
    mentions_me: boolean;
  };
}
type EventChatType = z.infer<typeof chatTypeSchema>;

/** Whether the filter leaves chats out. Without such a filter, deletions that name no chat are told too. */
export function filtersChats({ chat_types, chat_ids, except_chat_ids }: EventFilter): boolean {
  return chat_types !== undefined || chat_ids !== undefined || (except_chat_ids ?? []).length > 0;
}

/** Whether the filter lets events of this chat through. */
export function passesChat(filter: EventFilter, chat: { id: string; type: EventChatType }): boolean {
  const { chat_types, chat_ids, except_chat_ids } = filter;
  return (
    (chat_types === undefined || chat_types.includes(chat.type)) &&
    (chat_ids === undefined || chat_ids.includes(chat.id)) &&
    except_chat_ids?.includes(chat.id) !== true
  );
}

/** Whether the filter lets the event through. States of the account and gaps always pass. */
export function passesFilter(filter: EventFilter, event: Filtered): boolean {
  if (event.type === 'account.state' || event.type === 'updates.gap') return true;
  const chat = event.message?.chat ?? event.chat;
  if (chat === null || chat === undefined) return !filtersChats(filter);
  if (!passesChat(filter, chat)) return false;
  const { message } = event;
  if (message === undefined) return true;
  const { direction = 'both', mentions_only = false } = filter;
  return (direction === 'both' || direction === message.direction) && (!mentions_only || message.mentions_me);
}
