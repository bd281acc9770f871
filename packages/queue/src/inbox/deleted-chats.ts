import type { EventDraft, ShownChat } from '@gateway/contracts';
import { eventIndexKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readEventPage } from './event-page.ts';
import type { EventText } from './event-text.ts';

type Deleted = Extract<EventDraft, { type: 'message.deleted' }>;
type Chat = Pick<ShownChat, 'id' | 'type'>;

/** The name of a message in the index of stored messages. Private chats and basic groups share one numbering. */
function indexName({ id, type }: Chat, messageId: number): string {
  return type === 'channel' || type === 'supergroup' ? `${id}:${messageId}` : String(messageId);
}

/** The names in the index that an event adds or removes, with spaces; empty if there are none. */
export function indexNamesOf(event: EventDraft): string {
  if (event.type === 'message.new' || event.type === 'message.edited')
    return indexName(event.message.chat, event.message.message_id);
  if (event.type === 'chat.member') {
    const { chat, told_by, user } = event;
    return told_by === undefined ? '' : `member:${indexName(chat, told_by)}:${user.id}`;
  }
  if (event.type !== 'message.deleted') return '';
  const { chat } = event;
  return event.message_ids.map((id) => (chat === null ? String(id) : indexName(chat, id))).join(' ');
}

/**
 * Replaces each deletion that names no chat by one for each chat that the index knows. Unknown messages are told with
 * `chat: null` if `tellsUnknown`, and dropped otherwise.
 */
export async function nameDeletedChats(
  { redis, text }: { redis: RedisClient; text: EventText },
  userId: string,
  events: readonly EventDraft[],
  tellsUnknown: boolean,
): Promise<EventDraft[]> {
  const named: EventDraft[] = [];
  /** Chats of messages that this very list appends. */
  const fresh = new Map<string, ShownChat>();
  for (const event of events) {
    if (event.type === 'message.new') fresh.set(indexNamesOf(event), withoutTopic(event.message.chat));
    if (event.type !== 'message.deleted' || event.chat !== null) named.push(event);
    else {
      const stored = await storedChats({ redis, text }, userId, event.message_ids);
      named.push(...byChat(event, (id) => fresh.get(String(id)) ?? stored.get(id) ?? null, tellsUnknown));
    }
  }
  return named;
}

/** The chats of stored messages of private chats and basic groups, by message id. */
async function storedChats(
  { redis, text }: { redis: RedisClient; text: EventText },
  userId: string,
  messageIds: readonly number[],
): Promise<Map<number, ShownChat>> {
  const chats = new Map<number, ShownChat>();
  if (messageIds.length === 0) return chats;
  const values = await redis.hmget(eventIndexKey(userId), ...messageIds.map(String));
  const read = async (messageId: number, seq: number) => {
    const { events } = await readEventPage(redis, userId, {
      after: seq - 1,
      limit: 1,
      retentionMs: Infinity,
    });
    const event = events[0]?.seq === seq ? text.read(userId, events[0].text) : null;
    if (event !== null && 'message' in event) chats.set(messageId, withoutTopic(event.message.chat));
  };
  await Promise.all(
    messageIds.map(async (messageId, index) => {
      const value = values[index];
      if (typeof value === 'string') await read(messageId, Number.parseInt(value, 10));
    }),
  );
  return chats;
}

function byChat(event: Deleted, chatOf: (id: number) => ShownChat | null, tellsUnknown: boolean): Deleted[] {
  const groups = new Map<string, Deleted>();
  for (const id of event.message_ids) {
    const chat = chatOf(id);
    if (chat === null && !tellsUnknown) continue;
    const group = groups.get(chat?.id ?? '') ?? { ...event, chat, message_ids: [] };
    group.message_ids.push(id);
    groups.set(chat?.id ?? '', group);
  }
  return [...groups.values()];
}

function withoutTopic({ id, type, title, username }: ShownChat): ShownChat {
  return { id, type, title, username };
}
