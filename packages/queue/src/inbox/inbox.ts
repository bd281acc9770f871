import { randomUUID } from 'node:crypto';
import type { EventDraft, EventFilter, GapReason, LiveEvent } from '@gateway/contracts';
import { redisRefusal, type Sealer } from '@gateway/runtime';
import {
  eventsChannel,
  eventsKey,
  fenceKey,
  knownNamesKey,
  receivingAccountsKey,
  receivingKey,
} from '../keys.ts';
import { Fenced } from '../ownership/fence.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import { onRedisChange } from '../redis/contact.ts';
import { WriteDurability } from '../redis/write-durability.ts';
import { appendArguments, type Appended, type EventLimits } from './append-arguments.ts';
import { appendKeys } from './append-keys.ts';
import { FORGET, WRITE_SETTINGS } from './append-script.ts';
import { nameDeletedChats } from './deleted-chats.ts';
import { EventText } from './event-text.ts';
import { GivenNumbers, type NumbersNote } from './given-numbers.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { PiggybackedAppends } from './piggybacked-appends.ts';
import type { PrivateNews } from './private-news.ts';
import { readUpdateState, type UpdateStateChange } from './update-state.ts';

export interface InboxOptions {
  redis: RedisClient;
  shards: number;
  sealer: Sealer;
  /** Seals the events that are appended. */
  isSealed: boolean;
  limits: EventLimits;
  memory: MemoryWatch;
  /** Called with the events that were stored, without repeats, and the reasons of the gaps that came with them. */
  onStored?: (events: readonly EventDraft[], gaps: readonly GapReason[]) => void;
}

export interface Append {
  /** In their order. */
  events: readonly EventDraft[];
  /** The update state that the events lead to, stored with them. */
  state?: UpdateStateChange;
  /** What they tell of private chats, with what the filter leaves out. */
  news?: PrivateNews;
  seq: {
    /**
     * The number above which the sequence goes on if Redis knows none of the account, or may lack the latest: 0 at
     * first, later the limit that was stored before. Above 0, and above the latest number that Redis knows, an
     * `updates.gap` `store_lost` comes first.
     */
    start: number;
    /** No number above it is given. The session store keeps it, so that numbers never go back. */
    limit: number;
    /** Where the numbers are noted before they are given. Its `upTo` is the start. */
    note?: NumbersNote;
  };
  /** Whether a deletion of messages that are not stored is told (`chat: null`). Default: true. */
  tellsUnknownDeletions?: boolean;
}

/** An account's settings of receiving, as its owner stores them for the API. */
export interface ReceivingSettings {
  enabled: boolean;
  /** RFC 3339. */
  since: string | null;
  filter: EventFilter;
}

/** The reply of {@link APPEND}. */
type Reply = [
  outcome: Outcome | 'fenced',
  lastSeq: string,
  bytes?: string,
  repeats?: number[],
  gaps?: GapReason[],
];

/**
 * `lost`: Redis knows no number of the account, and none was given to begin above. `behind`: it has lost the latest
 * events, so it has only appended a gap.
 */
type Outcome = 'ok' | 'lost' | 'limit' | 'behind';

/**
 * The durable sequences of events of the accounts that receive. Only the owner of an account may write to it. Appends
 * of one account run one after the other.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #text: EventText;
  /** The end of each account's latest append. */
  readonly #last = new Map<string, Promise<unknown>>();
  /** Accounts that are in the set of their shard, as far as this worker knows. */
  readonly #listed = new Set<string>();
  readonly #given = new GivenNumbers();
  /** Bytes of each account's events, as far as this worker knows. */
  readonly #bytes = new Map<string, number>();
  readonly #durability: WriteDurability;
  readonly #name = randomUUID();
  #appendCount = 0;
  /** How often Redis may have lost writes. */
  #losses = 0;
  /** Appends that may become part of the end of a job. */
  readonly appends: PiggybackedAppends;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.appends = new PiggybackedAppends(options.redis);
    this.#durability = new WriteDurability(options.redis);
    this.#text = new EventText(options.sealer, options.isSealed);
    onRedisChange(options.redis, {
      onLost: () => {
        this.#losses += 1;
        this.#durability.forget();
        this.#listed.clear();
        this.#given.uncheck();
      },
    });
  }

  /**
   * Appends events and stores the update state, in one step. A message that is stored already is dropped, and so is an
   * edit with the same `edit_date` and content. A deletion that names no chat becomes one for each chat. The client may
   * send this twice after a lost connection; Redis appends once. A gap comes first if Redis may have lost the latest
   * events, as in a failover: no number is given twice.
   * @returns `limit`: nothing was appended, since the numbers come within two of the limit.
   * @throws {Fenced}, or an error if Redis has lost the latest events, and with them the state that `state` follows.
   */
  async append(userId: string, fence: string, append: Append): Promise<{ lastSeq: number } | 'limit'> {
    return this.#inTurn(userId, async () => {
      const sources = { redis: this.#options.redis, text: this.#text };
      const { tellsUnknownDeletions = true } = append;
      const events = await nameDeletedChats(sources, userId, append.events, tellsUnknownDeletions);
      const [outcome, lastSeq] = await this.#run(userId, fence, { ...append, events });
      return outcome === 'limit' ? 'limit' : { lastSeq: Number(lastSeq) };
    });
  }

  /** Drops events that are too old or, while memory is short, too many. @throws {Fenced} */
  async sweep(userId: string, fence: string): Promise<void> {
    await this.#inTurn(userId, () => this.#run(userId, fence, { events: [], seq: null }));
  }

  /** How far the account has read its updates; `null`: nothing is stored. */
  readState(userId: string): Promise<Record<string, string> | null> {
    return readUpdateState(this.#options.redis, userId);
  }

  /** Stores the settings for the API. An account that stops to receive has its open streams ended. @throws {Fenced} */
  async writeReceiving(userId: string, fence: string, settings: ReceivingSettings): Promise<void> {
    const json = JSON.stringify(settings);
    const args = [fence, json, settings.enabled ? '1' : '0', userId, this.#channelOf(userId)];
    const keys = [fenceKey(userId), receivingKey(userId)];
    const reply = await WRITE_SETTINGS.run(this.#options.redis, keys, args);
    if (!Array.isArray(reply)) throw new Fenced(userId);
    this.#bytes.set(userId, Number(reply[0]));
  }

  /**
   * Deletes events, index, update state, settings and what is known of private chats, and ends open streams. The
   * numbers go on.
   * @throws {Fenced}
   */
  async forget(userId: string, fence: string): Promise<void> {
    await this.#inTurn(userId, async () => {
      const args = [fence, userId, this.#channelOf(userId)];
      const keys = [...appendKeys(userId), knownNamesKey(userId)];
      if ((await FORGET.run(this.#options.redis, keys, args)) !== 'ok') throw new Fenced(userId);
      this.#bytes.delete(userId);
    });
  }

  /** Bytes of the account's events in Redis. Known since its settings were stored. */
  bytesOf(userId: string): number {
    return this.#bytes.get(userId) ?? 0;
  }

  /** Publishes an event to open streams. It is not stored. */
  async publishLive(userId: string, event: LiveEvent): Promise<void> {
    await this.#options.redis.publish(this.#channelOf(userId), `${userId} ${JSON.stringify(event)}`);
  }

  async #run(userId: string, fence: string, append: Appended): Promise<[Outcome, lastSeq: string]> {
    const { memory } = this.#options;
    if (!this.#listed.has(userId)) await this.#list(userId);
    const key = eventsKey(userId);
    this.#appendCount += 1;
    const token = `${this.#name}:${this.#appendCount}`;
    const losses = this.#losses;
    const keepsWrites = this.#given.isChecked(fence, userId) ? false : await this.#durability.keepsWrites();
    const run = async () => {
      const mayAddGaps = memory.isShort(key) || !this.#given.isChecked(fence, userId);
      this.#given.noteBefore(userId, fence, append, mayAddGaps);
      return this.appends.run(userId, fence, this.#argumentsOf(userId, fence, token, append, keepsWrites));
    };
    const reply = await run()
      .catch((error: unknown) => {
        // Redis refuses only the first write of a script, so nothing was appended.
        if (!isOutOfMemory(error) || memory.isShort(key)) throw error;
        memory.refused(key);
        return run();
      })
      .catch((error: unknown) => {
        // It may have given numbers that this worker does not know.
        this.#given.forget(userId);
        throw error;
      });
    const [outcome, lastSeq, bytes, repeats = [], gaps = []] = reply as Reply;
    if (outcome === 'fenced') throw new Fenced(userId);
    if (outcome === 'ok' || outcome === 'behind') {
      this.#bytes.set(userId, Number(bytes));
      const known = this.#given.under(fence, userId);
      // A sweep does not check the store, and a command may be sent again over a new connection.
      const isChecked = append.seq === null ? known?.isChecked : losses === this.#losses;
      this.#given.noteAfter(userId, fence, append, Number(lastSeq));
      const note = append.seq?.note ?? known?.note;
      if (isChecked !== undefined) this.#given.set(userId, { fence, seq: Number(lastSeq), isChecked, note });
      const appended = outcome === 'ok' ? append.events : [];
      const stored = appended.filter((_, index) => !repeats.includes(index + 1));
      this.#options.onStored?.(stored, gaps);
    }
    if (outcome === 'behind') {
      if (append.state !== undefined)
        throw new Error('Redis has lost the latest events: they are read again');
      return this.#run(userId, fence, append);
    }
    if (outcome === 'lost' || outcome === 'limit') this.#given.noteAfter(userId, fence, append, null);
    if (outcome === 'lost') {
      // Redis has lost data without a lost connection: begin anew, and list the account again.
      this.#listed.delete(userId);
      const given = this.#given.under(fence, userId);
      if (given?.isChecked === true && append.seq !== null) {
        given.isChecked = false;
        return this.#run(userId, fence, append);
      }
    }
    return [outcome, lastSeq];
  }

  #argumentsOf(
    userId: string,
    fence: string,
    token: string,
    append: Appended,
    keepsWrites: boolean,
  ): string[] {
    const { limits, memory } = this.#options;
    return appendArguments(this.#text, append, {
      userId,
      fence,
      token,
      channel: this.#channelOf(userId),
      limits,
      isShort: memory.isShort(eventsKey(userId)),
      isChecked: this.#given.isChecked(fence, userId),
      given: this.#given.under(fence, userId)?.seq,
      keepsWrites,
    });
  }

  /** Adds the account to the set of its shard, before its first event. */
  async #list(userId: string): Promise<void> {
    await this.#options.redis.sadd(receivingAccountsKey(shardOf(userId, this.#options.shards)), userId);
    this.#listed.add(userId);
  }

  #channelOf(userId: string): string {
    return eventsChannel(shardOf(userId, this.#options.shards));
  }

  async #inTurn<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(userId) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => {});
    this.#last.set(userId, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(userId) === settled) this.#last.delete(userId);
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return redisRefusal(error) !== null && /\bOOM\b/.test(error instanceof Error ? error.message : '');
}
