import type { EventDraft, ShownChat } from '@gateway/contracts';
import {
  EventReader,
  Inbox,
  MemoryWatch,
  openConsumerRedis,
  raiseFence,
  receivingOf,
  type Append,
  type EventLimits,
  type RedisClient,
} from '@gateway/queue';
import { Sealer, silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { COMMON, messageIn, newMessage } from '../../env/incoming.ts';
import { RedisServer } from '../../env/redis-server.ts';

export const FENCE = '1 worker';
export const SHARDS = 4;
export const LIMITS: EventLimits = { max: 1_000, maxBytes: 1_000_000, retentionMs: 60_000 };
export const SEALER = new Sealer([Buffer.alloc(32, 7)]);
export const CAROL: ShownChat = { id: '43', type: 'private', title: 'Carol', username: null };
export const SEQ = { start: 0, limit: 10_000 };

export const added = (chat: ShownChat, id: number, text = `text of ${id}`) => newMessage(chat, id, { text });
export const edited = (chat: ShownChat, id: number, editDate: string, text = 'edited'): EventDraft => ({
  type: 'message.edited',
  ...COMMON,
  message: messageIn(chat, id, { edit_date: editDate, text }),
});
export const deleted = (chat: ShownChat | null, ...ids: number[]): EventDraft => ({
  type: 'message.deleted',
  ...COMMON,
  chat,
  message_ids: ids,
});

/** A Redis, and an account of its own for each test. */
export class InboxStage {
  server!: RedisServer;
  redis!: RedisClient;
  memory!: MemoryWatch;
  reader!: EventReader;
  /** A test may replace it. */
  inbox!: Inbox;
  /** The account of the current test. */
  alice = '';

  readonly open = (limits: Partial<EventLimits> = {}, isSealed = false): Inbox =>
    new Inbox({
      redis: this.redis,
      shards: SHARDS,
      sealer: SEALER,
      isSealed,
      limits: { ...LIMITS, ...limits },
      memory: this.memory,
    });

  readonly append = (events: EventDraft[], more: Partial<Append> = {}) =>
    this.inbox.append(this.alice, FENCE, { events, seq: SEQ, ...more });

  readonly events = async (after = 0) => (await this.reader.read(this.alice, after, 100)).events;

  /** The kept events in short: number, type, and what tells them apart. */
  readonly told = async () =>
    (await this.events((await receivingOf(this.redis, this.alice)).oldest_seq - 1)).map((event) =>
      'message' in event
        ? [event.seq, event.type, event.message.message_id]
        : [
            event.seq,
            event.type,
            ...('message_ids' in event ? [event.chat?.id ?? null, event.message_ids] : []),
            ...('reason' in event ? [event.reason] : []),
          ],
    );
}

/** Starts it for the tests of the file that calls this. */
export function useInbox(): InboxStage {
  const stage = new InboxStage();
  let usual: Inbox;
  let accounts = 0;
  beforeAll(async () => {
    stage.server = await RedisServer.start();
    stage.redis = openConsumerRedis(stage.server.address, silentLogger());
    // Each inbox listens.
    stage.redis.setMaxListeners(50);
    stage.memory = new MemoryWatch(stage.redis);
    stage.reader = new EventReader(stage.redis, SEALER, Infinity);
    usual = stage.open();
  });
  afterAll(async () => {
    stage.redis.disconnect();
    await stage.server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    accounts += 1;
    stage.alice = `alice-${accounts}`;
    stage.inbox = usual;
    await raiseFence(stage.redis, stage.alice, FENCE);
  });
  return stage;
}
