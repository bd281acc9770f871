import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { GatewayError, PAUSED } from '@gateway/contracts';
import type { BoardActions } from './actions.ts';
import { shownControl, shownAction, shownWebhook } from './redact.ts';
import { titleOf, waitOf, whyHeld, type Wait } from './why-it-waits.ts';

type Queue = ConstructorParameters<typeof BullMQAdapter>[0];
type BoardJob = Awaited<ReturnType<BullMQAdapter['getJobs']>>[number];

/** Final states of a job. */
const ENDED: readonly string[] = ['completed', 'failed'];

/** Refuses an action that the dashboard does not allow. The dashboard shows the message. */
class Refused extends Error {
  readonly statusCode = 409;
}

/** A queue in which the dashboard cannot add or edit jobs. */
export abstract class GuardedAdapter extends BullMQAdapter {
  readonly #queue: Queue;

  constructor(...[queue, options]: ConstructorParameters<typeof BullMQAdapter>) {
    super(queue, options);
    this.#queue = queue;
  }

  override addJob(): never {
    throw new Refused('Jobs are not added here: use the API.');
  }

  override async empty(): Promise<void> {
    throw new Refused('Not all at once: cancel the messages one by one, or disconnect the account.');
  }

  override async obliterate(): Promise<void> {
    throw new Refused('Messages are not thrown away here: disconnect the account.');
  }

  override async setGlobalConcurrency(): Promise<void> {
    throw new Refused('An account sends one message at a time.');
  }

  override async setConfiguredRateLimit(): Promise<void> {
    throw new Refused("Set the account's pace: POST /telegram/user/pace.");
  }

  override async removeConfiguredRateLimit(): Promise<void> {
    throw new Refused("Set the account's pace: POST /telegram/user/pace.");
  }

  override async releaseActiveRateLimit(): Promise<void> {
    throw new Refused('Telegram says when the account may go on.');
  }

  /**
   * Retries failed jobs one at a time, oldest first, so that messages keep their order; Bull Board itself starts with
   * the newest. Skips jobs that may not be retried.
   */
  async retryFailed(): Promise<{ retried: number; skipped: number }> {
    const ids = await this.#queue.getRanges(['failed'], 0, -1, true);
    let retried = 0;
    for (const id of ids) {
      try {
        const job = await this.getJob(id);
        await job?.retry('failed');
        if (job !== undefined) retried += 1;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }
    return { retried, skipped: ids.length - retried };
  }

  /** Only removes ended jobs. Waiting jobs must be cancelled one by one, so that their callers get the result. */
  override async clean(...[status, graceMs]: Parameters<BullMQAdapter['clean']>): Promise<void> {
    if (!ENDED.includes(status))
      throw new Refused('Only jobs that have ended are cleaned up: cancel the others one by one.');
    await super.clean(status, graceMs);
  }

  override async getJob(id: string): Promise<BoardJob | undefined> {
    const job = await super.getJob(id);
    return job === undefined ? undefined : this.guard(job);
  }

  override async getJobs(...range: Parameters<BullMQAdapter['getJobs']>): Promise<BoardJob[]> {
    return (await super.getJobs(...range)).map((job) => this.guard(job));
  }

  protected guard(job: BoardJob): BoardJob {
    const unchanged = async () => {
      throw new Refused('Jobs are not changed here: cancel this one, and send another.');
    };
    return Object.assign(job, { updateData: unchanged, changeDelay: unchanged, changePriority: unchanged });
  }
}

/** The messages of one account. Every action preserves their order and never sends a message twice. */
export class SendAdapter extends GuardedAdapter {
  readonly #userId: string;
  readonly #actions: BoardActions;
  /** Why the jobs of the last page wait, by their data: the page's formatters get no more of a job. */
  readonly #waits = new WeakMap<object, Wait>();
  #whyHeld: string | null = null;

  constructor(queue: Queue, userId: string, actions: BoardActions, showText: boolean) {
    super(queue, { prefix: `${userId}:`, displayName: userId });
    this.#userId = userId;
    this.#actions = actions;
    this.setFormatter('data', (data) => {
      const wait = this.#waits.get(data);
      return { ...shownAction(data, showText), ...(wait && { waits: wait }) };
    });
    this.setFormatter('name', ({ name, data }) => {
      const wait = this.#waits.get(data);
      return wait === undefined ? name : `${name} · ${titleOf(wait)}`;
    });
  }

  /** Says why nothing is sent, as of the latest {@link isPaused}, which the page calls first. */
  override getDescription(): string {
    return ['Messages of this account.', this.#whyHeld ?? []].flat().join(' ');
  }

  /** Same as `POST /telegram/user/pause`. BullMQ's own pause would leave the worker waiting on an empty queue. */
  override async pause(): Promise<void> {
    await this.#actions.pause(this.#userId);
  }

  override async resume(): Promise<void> {
    await this.#actions.resume(this.#userId);
  }

  override async isPaused(): Promise<boolean> {
    const view = await this.#actions.view(this.#userId);
    this.#whyHeld = whyHeld(view);
    return view.reason === PAUSED;
  }

  override async getJob(id: string): Promise<BoardJob | undefined> {
    const job = await super.getJob(id);
    if (job !== undefined) await this.#explain(job);
    return job;
  }

  override async getJobs(...range: Parameters<BullMQAdapter['getJobs']>): Promise<BoardJob[]> {
    const jobs = await super.getJobs(...range);
    await Promise.all(jobs.map((job) => this.#explain(job)));
    return jobs;
  }

  async #explain(job: BoardJob): Promise<void> {
    if (job.finishedOn !== undefined) return;
    const wait = waitOf(await this.#actions.job(String(job.id)));
    if (wait !== null) this.#waits.set(job.data, wait);
  }

  override async promoteAll(): Promise<void> {
    throw new Refused(
      'Not all at once: promote the messages one by one, in the order in which they are to go out.',
    );
  }

  protected override guard(job: BoardJob): BoardJob {
    const jobId = String(job.id);
    const promote = job.promote.bind(job);
    const remove = job.remove.bind(job);
    return Object.assign(super.guard(job), {
      // Re-enqueues the job at the end of the queue under its own id, by which Telegram recognises a duplicate.
      retry: async () => {
        try {
          await this.#actions.retry(this.#userId, jobId);
        } catch (thrown) {
          const { code, message } = GatewayError.from(thrown);
          throw code === 'TOO_LATE' ? new Refused(message) : thrown;
        }
      },
      promote: async () => {
        await promote();
        await this.#actions.notifyOwner(this.#userId);
      },
      // A message that is not sent yet is cancelled, which notifies its caller.
      remove: async () => {
        if (ENDED.includes(await job.getState())) await remove();
        else await this.#actions.cancel(this.#userId, jobId);
      },
    });
  }
}

/** Control jobs, such as sign-in steps. Read-only, since their callers are gone. */
export class ControlAdapter extends GuardedAdapter {
  constructor(queue: Queue, shard: number) {
    super(queue, { prefix: `shard-${shard}:`, displayName: `control, shard ${shard}`, readOnlyMode: true });
    this.setFormatter('data', shownControl);
    this.setFormatter('returnValue', () => '(sealed)');
  }
}

export class WebhookAdapter extends GuardedAdapter {
  constructor(queue: Queue) {
    super(queue, { displayName: 'webhooks', description: 'What is told to callback addresses' });
    this.setFormatter('data', shownWebhook);
    this.setFormatter('name', (job) => {
      const { name, failedReason, delay, processedOn, attemptsMade, finishedOn } = job;
      if (finishedOn !== undefined || !failedReason || !delay || processedOn === undefined) return name;
      const until = new Date(processedOn + delay).toISOString();
      return `${name} · ${titleOf({ reason: failedReason, until, tries: attemptsMade })}`;
    });
  }

  override async pause(): Promise<void> {
    throw new Refused('Webhooks are not paused.');
  }
}
