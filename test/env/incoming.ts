import type { EventDraft, EventFilter, ReadMessage, ShownChat } from '@gateway/contracts';
import { Inbox, MemoryWatch, openConsumerRedis, type Append, type RedisClient } from '@gateway/queue';
import { Sealer, silentLogger, type RedisAddress } from '@gateway/runtime';
import { eventsKey, fenceKey } from '../../packages/queue/src/keys.ts';

export const BOB: ShownChat = { id: '42', type: 'private', title: 'Bob', username: null };
export const NEWS: ShownChat = { id: '-1001234567890', type: 'channel', title: 'News', username: null };
export const COMMON = { occurred_at: '2026-11-28T12:00:00Z', caught_up: false };

export function messageIn(chat: ShownChat, messageId: number, more: Partial<ReadMessage> = {}): ReadMessage {
  return {
    message_id: messageId,
    date: COMMON.occurred_at,
    edit_date: null,
    direction: 'in',
    chat: { ...chat, topic_id: null },
    sender: null,
    text: `text of ${messageId}`,
    entities: [],
    reply_to: null,
    forward_from: null,
    mentions_me: false,
    grouped_id: null,
    buttons: [],
    service: null,
    media: null,
    job_id: null,
    ...more,
  };
}

export function newMessage(chat: ShownChat, id: number, more: Partial<ReadMessage> = {}): EventDraft {
  return { type: 'message.new', ...COMMON, message: messageIn(chat, id, more) };
}

/** Appends events to accounts as their owner does, under its fence. */
export class Incoming {
  readonly #redis: RedisClient;
  readonly #inbox: Inbox;

  constructor(address: RedisAddress, { shards, max = 1_000 }: { shards: number; max?: number }) {
    this.#redis = openConsumerRedis(address, silentLogger());
    this.#inbox = new Inbox({
      redis: this.#redis,
      shards,
      sealer: new Sealer([Buffer.alloc(32, 7)]),
      isSealed: false,
      limits: { max, maxBytes: 10_000_000, retentionMs: 3_600_000 },
      memory: new MemoryWatch(this.#redis),
    });
  }

  async append(userId: string, ...events: EventDraft[]): Promise<number> {
    const append: Append = { events, seq: { start: 0, limit: 1_000_000 } };
    const appended = await this.#inbox.append(userId, await this.#fenceOf(userId), append);
    if (appended === 'limit') throw new Error('the limit of numbers is reached');
    return appended.lastSeq;
  }

  /** Makes the account's events up to this number as old as this. */
  async age(userId: string, upTo: number, ms: number): Promise<void> {
    const key = eventsKey(userId);
    const entries = await this.#redis.xrange(key, '-', '+');
    await this.#redis.del(key);
    for (const [id, fields] of entries) {
      const isOld = Number(id.split('-')[0]) <= upTo;
      const at = String(Date.now() - ms);
      const aged = fields.map((field, index) => (isOld && fields[index - 1] === 't' ? at : field));
      await this.#redis.xadd(key, id, ...aged);
    }
  }

  async turn(userId: string, enabled: boolean, filter: EventFilter = {}): Promise<void> {
    const since = enabled ? COMMON.occurred_at : null;
    await this.#inbox.writeReceiving(userId, await this.#fenceOf(userId), { enabled, since, filter });
  }

  async typing(userId: string, chat: ShownChat): Promise<void> {
    const { occurred_at } = COMMON;
    await this.#inbox.publishLive(userId, {
      type: 'chat.typing',
      occurred_at,
      chat,
      sender: null,
      action: 'typing',
    });
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #fenceOf(userId: string): Promise<string> {
    return (await this.#redis.get(fenceKey(userId))) ?? '';
  }
}
