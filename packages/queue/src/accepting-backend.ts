import { RedisQueueBackend, type JobJson, type KeysMap } from 'bullmq';
import { addDelayedJob, addStandardJob } from 'bullmq/dist/cjs/scripts/index.js';
import type { MessageBell } from './bells.ts';
import { aroundBullmq, type BullmqStep } from './bullmq-step.ts';
import { accountViewKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

/** On what terms a message may join its account's line. */
export interface AcceptTerms {
  jobId: string;
  /** The account's view (JSON) that it was admitted by, still to be the one in Redis; `null`: there is none. */
  view: string | null;
  /** Messages of the account that may wait at a time. */
  maxPending: number;
  bell: MessageBell;
}

/** The message was not added: its account is not as its caller knew it. */
export class ViewChanged extends Error {
  override readonly name = 'ViewChanged';
  /** JSON of the view that the account has; `null`: none. */
  readonly view: string | null;

  constructor(view: string | null) {
    super('the account has changed');
    this.view = view;
  }
}

/** The message was not added: as many as may wait do. */
export class LineFull extends Error {
  override readonly name = 'LineFull';
}

/** Behind BullMQ's keys: those of the lists that it lacks, the view, the job. Behind its arguments: the view as known, the most that may wait. */
function onTerms(
  bullmq: Parameters<typeof aroundBullmq>[0],
  lists: Record<'wait' | 'delayed' | 'active', string>,
) {
  return aroundBullmq(
    bullmq,
    `
local view = redis.call('GET', KEYS[#KEYS - 1])
if (view or '') ~= ARGV[#ARGV - 1] then return { 'changed', view } end
local waiting = redis.call('LLEN', ${lists.wait})
local pending = waiting + redis.call('ZCARD', ${lists.delayed}) + redis.call('LLEN', ${lists.active})
-- One that is there already is not turned away: its caller asks for it again.
if pending >= tonumber(ARGV[#ARGV]) and redis.call('EXISTS', KEYS[#KEYS]) == 0 then return { 'full' } end
return { 'added', waiting, bullmq() }`,
  );
}

const ADD_NOW = onTerms(addStandardJob, { wait: 'KEYS[1]', delayed: 'KEYS[6]', active: 'KEYS[7]' });
const ADD_LATER = onTerms(addDelayedJob, { wait: 'KEYS[7]', delayed: 'KEYS[4]', active: 'KEYS[8]' });

type AddReply = ['changed', (string | null)?] | ['full'] | ['added', number, string];

/** What BullMQ packs for its scripts; the id that was asked for is the second. */
type Packed = Parameters<RedisQueueBackend['addStandardJobArgs']>[2];
type Client = Parameters<RedisQueueBackend['execCommand']>[0];

/** BullMQ's backend of an account's queue, for the side that accepts messages: one is checked and added in one step, in one round trip. */
export class AcceptingBackend extends RedisQueueBackend {
  /** Of messages that are being added. */
  readonly #terms: AcceptTerms[] = [];
  #account: { redis: RedisClient; userId: string } | undefined;

  of(redis: RedisClient, userId: string): this {
    this.#account = { redis, userId };
    return this;
  }

  /** Has `add` add a message to the queue, by itself, on these terms. @throws {ViewChanged} @throws {LineFull} */
  async addOn<T>(terms: AcceptTerms, add: () => Promise<T>): Promise<T> {
    this.#terms.push(terms);
    try {
      return await add();
    } finally {
      this.#take((each) => each === terms);
    }
  }

  protected override addStandardJob(
    client: Client,
    job: JobJson,
    options: Buffer,
    packed: Packed,
    keys: KeysMap = this.queue.keys,
  ): Promise<string | number> {
    const terms = this.#termsOf(packed);
    if (terms === undefined) return super.addStandardJob(client, job, options, packed, keys);
    return this.#add(ADD_NOW, this.addStandardJobArgs(job, options, packed, keys), [], terms);
  }

  protected override addDelayedJob(
    client: Client,
    job: JobJson,
    options: Buffer,
    packed: Packed,
    keys: KeysMap = this.queue.keys,
  ): Promise<string | number> {
    const terms = this.#termsOf(packed);
    if (terms === undefined) return super.addDelayedJob(client, job, options, packed, keys);
    const lists = [this.queue.toKey('wait'), this.queue.toKey('active')];
    return this.#add(ADD_LATER, this.addDelayedJobArgs(job, options, packed, keys), lists, terms);
  }

  async #add(
    { script, keys }: BullmqStep,
    args: (string | Buffer)[],
    lists: string[],
    { jobId, view, maxPending, bell }: AcceptTerms,
  ): Promise<string> {
    if (this.#account === undefined) throw new Error('whose messages it adds is not known');
    const { redis, userId } = this.#account;
    const running = script.run(
      redis,
      [...args.slice(0, keys).map(String), ...lists, accountViewKey(userId), this.queue.toKey(jobId)],
      [...args.slice(keys), view ?? '', maxPending],
    );
    bell.onItsWay();
    const reply = (await running) as AddReply;
    if (reply[0] === 'changed') throw new ViewChanged(reply[1] ?? null);
    if (reply[0] === 'full') throw new LineFull();
    bell.onAdded(reply[1]);
    return reply[2];
  }

  #termsOf(packed: Packed): AcceptTerms | undefined {
    return this.#take(({ jobId }) => jobId === packed[1]);
  }

  #take(which: (terms: AcceptTerms) => boolean): AcceptTerms | undefined {
    const index = this.#terms.findIndex(which);
    return index === -1 ? undefined : this.#terms.splice(index, 1)[0];
  }
}
