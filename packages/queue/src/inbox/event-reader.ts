import type { EventDraft, GatewayEvent, Receiving } from '@gateway/contracts';
import { Pauses, type Sealer } from '@gateway/runtime';
import type { RedisClient } from '../redis/clients.ts';
import { readEventPage } from './event-page.ts';
import { EventText } from './event-text.ts';
import { receivingOf } from './receiving-of.ts';

/** An event of a sequence, without HTML. */
export type NumberedEvent = EventDraft & Pick<GatewayEvent, 'event_id' | 'seq' | 'user_id'>;

export interface EventPage {
  /** In the order of their numbers. Empty if {@link isGone}. */
  events: NumberedEvent[];
  lastSeq: number;
  /** `lastSeq` + 1 if no event is kept. */
  oldestSeq: number;
  /** Events after the given number are no longer kept, or that number was never given. */
  isGone: boolean;
}

/** Reads the events of accounts that receive. */
export class EventReader {
  readonly #redis: RedisClient;
  readonly #text: EventText;

  readonly #retentionMs: number;

  /** @param retentionMs events that are older count as gone, whether or not they are dropped yet. */
  constructor(redis: RedisClient, sealer: Sealer, retentionMs: number) {
    this.#redis = redis;
    this.#text = new EventText(sealer, false);
    this.#retentionMs = retentionMs;
  }

  /** Reads at most `limit` events after the number `after`. Lets other requests run meanwhile. */
  async read(userId: string, after: number, limit: number): Promise<EventPage> {
    const page = await readEventPage(this.#redis, userId, { after, limit, retentionMs: this.#retentionMs });
    const { lastSeq, oldestSeq } = page;
    const isGone = after < oldestSeq - 1 || after > lastSeq;
    const events: NumberedEvent[] = [];
    const pauses = new Pauses();
    for (const { seq, text } of isGone ? [] : page.events) {
      events.push(numbered(userId, seq, this.#text.read(userId, text)));
      await pauses.pause();
    }
    return { events, lastSeq, oldestSeq, isGone };
  }

  /** How the account receives, as its status shows it. */
  receiving(userId: string): Promise<Receiving> {
    return receivingOf(this.#redis, userId, this.#retentionMs);
  }
}

/** Adds the fields that an event's place in the sequence gives. */
function numbered(userId: string, seq: number, { type, ...event }: EventDraft): NumberedEvent {
  return { event_id: `${userId}:${seq}`, seq, type, user_id: userId, ...event } as NumberedEvent;
}
