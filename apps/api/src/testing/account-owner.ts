import { randomUUID } from 'node:crypto';
import {
  CONTROL_JOBS,
  EMPTY_SEND_STATE,
  GatewayError,
  type AccountView,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type SendState,
} from '@gateway/contracts';
import {
  AccountConsumer,
  AccountQueues,
  claimShardCount,
  ControlConsumer,
  openConsumerRedis,
  publishHold,
  publishShard,
  raiseFence,
  sharedBackend,
  writeAccountView,
  writeSendState,
  type ControlHandlers,
  type FetchedJob,
} from '@gateway/queue';
import { parseRedisUrl, silentLogger, type Sealer } from '@gateway/runtime';
import { vi } from 'vitest';
import { CONTROL_QUEUE, shardPrefix } from '../../../../packages/queue/src/keys.ts';

const FENCE = '1 owner';

const SHARD = 0;

/** How a control job ends: its result, its error, or what the function returns once the job runs. */
type ControlAnswer<N extends ControlJobName> =
  | ControlResult<N>
  | Error
  | (() => ControlResult<N> | Promise<ControlResult<N>>);

/** A control job that the owner has run. */
interface RunControlJob {
  name: ControlJobName;
  userId: string;
  payload: unknown;
}

/**
 * The worker of all accounts in a Redis database, in the hands of a test: it shows accounts as the test says, and the
 * test ends their jobs. It talks to no Telegram.
 */
export class AccountOwner {
  /** The database itself: for what no worker writes, such as damaged data. */
  readonly redis: ReturnType<typeof openConsumerRedis>;
  readonly #control: ControlConsumer;
  readonly #consumers = new Map<string, AccountConsumer>();
  readonly #answers = new Map<string, ControlAnswer<ControlJobName>>();
  readonly #ran: RunControlJob[] = [];

  /** Whether Redis says that it owns the shard. */
  isOwner = async (): Promise<boolean> => true;

  private constructor(url: string, sealer: Sealer) {
    const redisAddress = parseRedisUrl(url);
    this.redis = openConsumerRedis(redisAddress, silentLogger());
    const names = Object.keys(CONTROL_JOBS) as ControlJobName[];
    this.#control = new ControlConsumer({
      redis: this.redis,
      redisAddress,
      shard: SHARD,
      isOwner: () => this.isOwner(),
      sealer,
      handlers: Object.fromEntries(
        names.map((name) => [
          name,
          async (userId: string, payload: ControlPayload<ControlJobName>) => this.#run(name, userId, payload),
        ]),
      ) as unknown as ControlHandlers,
      logger: silentLogger(),
    });
  }

  static async open(url: string, sealer: Sealer): Promise<AccountOwner> {
    const owner = new AccountOwner(url, sealer);
    await claimShardCount(owner.redis, 1);
    await publishShard(owner.redis, SHARD, async () => true);
    return owner;
  }

  /** @returns a new account of this view. */
  async newAccount(view: AccountView): Promise<string> {
    const userId = randomUUID();
    await raiseFence(this.redis, userId, FENCE);
    await this.show(userId, view);
    return userId;
  }

  async show(userId: string, view: AccountView): Promise<void> {
    await writeAccountView(this.redis, { shard: SHARD, fence: FENCE }, userId, view);
  }

  /** Stores text in place of the account's view: only a bug or another program does that. */
  async damageView(userId: string, text: string): Promise<void> {
    await this.redis.set(`{acct-${userId}}:view`, text);
  }

  /** Sets what the account has sent and what waits, as far as the worker notes it. */
  async note(userId: string, sends: Partial<SendState>): Promise<void> {
    await writeSendState(this.redis, FENCE, userId, { ...EMPTY_SEND_STATE, ...sends });
  }

  /** Says to callers that wait for a job of the account that it is held. */
  async hold(userId: string, hold: Parameters<typeof publishHold>[2]): Promise<void> {
    await publishHold(this.redis, { userId }, hold);
  }

  /** How the account's control jobs of this name end from now on. */
  answer<N extends ControlJobName>(userId: string, name: N, answer: ControlAnswer<N>): void {
    this.#answers.set(`${userId} ${name}`, answer);
  }

  /** Makes a control job have failed with this text, as BullMQ writes it. */
  async failAs(jobId: string, text: string): Promise<void> {
    await this.redis.hset(`${shardPrefix(SHARD)}:${CONTROL_QUEUE}:${jobId}`, 'failedReason', text);
  }

  /** The account's control jobs that it has run, in their order. */
  ranOf(userId: string): RunControlJob[] {
    return this.#ran.filter((job) => job.userId === userId);
  }

  /** Fetches the account's next job, once there is one. */
  async fetch(userId: string): Promise<FetchedJob> {
    const consumer = this.#consumerOf(userId);
    return vi.waitFor(
      async () => {
        const fetched = await consumer.next();
        if (fetched === 'needs_recovery' || !('action' in fetched)) throw new Error('no job waits');
        return fetched;
      },
      { timeout: 10_000 },
    );
  }

  async close(): Promise<void> {
    await this.#control.close();
    for (const consumer of this.#consumers.values()) await consumer.close();
    this.redis.disconnect();
  }

  #consumerOf(userId: string): AccountConsumer {
    const known = this.#consumers.get(userId);
    if (known !== undefined) return known;
    const backend = sharedBackend(this.redis);
    const queue = new AccountQueues(this.redis, backend).of(userId);
    const consumer = new AccountConsumer(this.redis, backend, queue, userId, FENCE);
    this.#consumers.set(userId, consumer);
    return consumer;
  }

  async #run(name: ControlJobName, userId: string, payload: unknown): Promise<ControlResult<ControlJobName>> {
    this.#ran.push({ name, userId, payload });
    const answer =
      this.#answers.get(`${userId} ${name}`) ?? new GatewayError('INTERNAL', `no answer to ${name}`);
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer() : answer;
  }
}
