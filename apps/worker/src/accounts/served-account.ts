import { setTimeout as sleep } from 'node:timers/promises';
import { isSignedIn, isTurnReason, type EventDraft, type Hold } from '@gateway/contracts';
import {
  clearDueAccount,
  listWorkers,
  publishHold,
  removeHeldJob,
  writeHeldJobs,
  raiseFence,
  readAccountView,
  readSendState,
  AccountConsumer,
  KnownNames,
  writeAccountView,
  writeSendState,
  type RedisContact,
  type ShardLease,
} from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import type { NumbersFile, SessionStore } from '@gateway/sessions';
import { RECEIVING_DISCONNECT_MS } from '@gateway/telegram';
import { AccountInbox } from '../inbox/account-inbox.ts';
import { NotedNumbers } from '../inbox/noted-numbers.ts';
import { Receiving } from '../inbox/receiving.ts';
import { Lane } from '../lane/lane.ts';
import { SendLedger } from '../lane/send-ledger.ts';
import { AccountFiles } from '../media/account-files.ts';
import type { WorkerContext } from '../shard/worker-context.ts';
import { NetworkSealing } from './account-network.ts';
import { Account } from './account.ts';
import { stateEvents } from './state-events.ts';

/** Within this time, ms, a failover that loses what Redis has just written has begun and ended. */
const FAILOVER_MS = 60_000;

export interface ServedAccountContext extends WorkerContext {
  contact: RedisContact;
  /** The store of this shard. It refuses writes once the lease is lost. */
  store: SessionStore;
  /** The event numbers of this shard; `null` if they are not kept in a file. */
  numbers: NumbersFile | null;
  lease: ShardLease;
  logger: Logger;
}

/**
 * Opens an account of a shard that this worker owns. It raises the fence first, so that earlier owners can write
 * nothing any more.
 */
export async function openServedAccount(
  context: ServedAccountContext,
  userId: string,
): Promise<ServedAccount> {
  const { redis, store, telegram, outbox, eventsUrl, metrics, pace, lease, logger, now } = context;
  const { shard, fence } = lease;
  await raiseFence(redis, userId, fence);
  const [published, sendState] = await Promise.all([
    readAccountView(redis, userId, now()),
    readSendState(redis, userId),
  ]);
  const limit = () => account.receiving.seq_limit;
  const inbox = new AccountInbox({
    userId,
    inbox: context.inbox,
    fence,
    limit,
    setLimit: (next) => account.setEventLimit(next),
    noted: context.numbers && new NotedNumbers(context.numbers, userId, limit),
  });
  const append = async (event: EventDraft): Promise<void> => {
    if (!account.receiving.enabled) return;
    try {
      await inbox.tell(event);
    } catch (error) {
      // During a sign-in no higher numbers can be allowed. The sign-in matters more than its event.
      if (account.login === null) throw error;
      logger.warn({ err: error, userId }, 'a change of the state is no event');
    }
  };
  const endIsSafe = async () => {
    if (context.redisAddress.kind !== 'server') await sleep(FAILOVER_MS, undefined, { ref: false });
  };
  const publishChange = stateEvents({ userId, outbox, url: eventsUrl, append, now }, published.state);
  const jobs = { end: () => {} };
  const account: Account = await Account.load(
    {
      userId,
      isBot: userId === context.bot?.userId,
      store,
      telegram,
      network: new NetworkSealing(context.sealer, userId),
      publish: async (view) => {
        // Enqueue the event before publishing the view: otherwise a crash in between would lose the event.
        await publishChange(view);
        await writeAccountView(redis, { shard, fence }, userId, view);
        receiving.check();
        if (!isSignedIn(view.state)) jobs.end();
      },
      inbox,
      names: new KnownNames(redis, userId, fence),
      endReceiving: () => receiving.restart(),
      publishHold: (hold) => publishHold(redis, { userId }, hold),
      files: new AccountFiles({ ...context, quota: context.mediaQuota, endIsSafe, logger }, userId),
      ledger: new SendLedger(sendState, (state, attempts) =>
        writeSendState(redis, fence, userId, state, attempts),
      ),
      metrics,
      pace,
      mayServe: () => lease.valid,
      logger,
      now,
    },
    // This worker has other settings, and may be newer.
    { ...published, hold: isOfWorker(published.hold) ? null : published.hold },
  );
  const readsFrom = lease.formerConnectedUntil(RECEIVING_DISCONNECT_MS);
  const receiving = new Receiving({ account, inbox, readsFrom, logger, now });
  receiving.check();
  const served = new ServedAccount(context, account, receiving);
  jobs.end = () => served.endJobs();
  return served;
}

/** Whether the hold is due to the worker that published it, not to Telegram. */
function isOfWorker(hold: Hold | null): boolean {
  return hold?.reason === 'TELEGRAM_MISCONFIGURED' || hold?.reason === 'WORKER_OUTDATED';
}

/**
 * An account with its lane. The lane is created with the first work, since most accounts have none most of the time.
 */
export class ServedAccount {
  readonly account: Account;
  readonly #receiving: Receiving;
  readonly #context: ServedAccountContext;
  #hasFailed = false;
  #line: { lane: Lane; consumer: AccountConsumer } | undefined;

  constructor(context: ServedAccountContext, account: Account, receiving: Receiving) {
    this.#context = context;
    this.#receiving = receiving;
    this.account = account;
  }

  wake(): void {
    this.#line ??= this.#openLine();
    this.#line.lane.wake();
  }

  /** The account is signed out: its jobs fail now, also those that wait for a hold to end. */
  endJobs(): void {
    this.#line?.lane.wake();
  }

  /** Connects to receive again, without a pause. */
  receiveNow(): void {
    this.#receiving.retryNow();
  }

  /** Whether the account has waiting or fetched jobs, as far as this worker knows. */
  get mayHaveJobs(): boolean {
    return this.#line !== undefined && !this.#line.lane.isEmpty;
  }

  /** Whether a job has failed since the last call. */
  takeFailed(): boolean {
    const hasFailed = this.#hasFailed;
    this.#hasFailed = false;
    return hasFailed;
  }

  #openLine() {
    const { account } = this;
    const { redis, contact, backend, queues, outbox, history, limits, inbox, lease, logger, now } =
      this.#context;
    const { userId } = account;
    const { shard, fence } = lease;
    const consumer = new AccountConsumer(redis, backend, queues.of(userId), userId, fence, inbox.appends);
    const metrics = history.of(userId);
    const lane = new Lane({
      account,
      queue: consumer,
      limits,
      claim: () => raiseFence(redis, userId, fence),
      liveWorkers: () => listWorkers(redis),
      clearDueAccount: () => clearDueAccount(redis, shard, userId, now()),
      showHeldJobs: async (jobs) => {
        await writeHeldJobs(redis, userId, jobs);
        // A turn comes at any time, so callers go on waiting for it.
        const timed = jobs.filter(({ hold }) => !isTurnReason(hold.reason));
        await Promise.all(timed.map(({ jobId, hold }) => publishHold(redis, { jobId }, hold)));
      },
      removeHeldJob: (jobId) => removeHeldJob(redis, userId, jobId),
      announceEnd: async ({ jobId, data: { callbackUrl, retries } }) => {
        if (callbackUrl !== undefined) await outbox.jobEnds(jobId, userId, callbackUrl, retries);
      },
      metrics: {
        ...metrics,
        failed: (code) => {
          this.#hasFailed = true;
          metrics.failed(code);
        },
      },
      epoch: () => contact.epoch,
      mayServe: () => lease.valid,
      logger: logger.child({ userId }),
      now,
      random: Math.random,
    });
    return { lane, consumer };
  }

  /** Cancels the messages of a fetched send that were not sent yet. */
  async cancel(jobId: string): Promise<'cancelled' | 'too_late' | 'not_fetched'> {
    return this.#line?.lane.cancel(jobId) ?? 'not_fetched';
  }

  /**
   * Fetches no further job, waits for the message being sent, puts the other fetched jobs back, and receives no more.
   */
  async stopLane(): Promise<void> {
    await this.#line?.lane.stop();
    await this.#line?.consumer.close();
    await this.#receiving.stop();
    await this.account.settleEvents();
    this.#context.history.leave(this.account.userId);
  }

  /** Closes the connection at once and for good, and writes nothing. */
  async abandon(): Promise<void> {
    this.#line?.lane.abandon();
    this.#receiving.abandon();
    this.#context.history.leave(this.account.userId);
    await this.account.abandon();
  }
}
