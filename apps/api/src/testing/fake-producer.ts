import type { NewJob } from '@gateway/actions';
import {
  EMPTY_SEND_STATE,
  GatewayError,
  type AccountView,
  type ControlJobName,
  type ControlPayload,
  type ControlResult,
  type JobView,
  type SendState,
} from '@gateway/contracts';
import { EventWatch } from '@gateway/queue';
import type {
  Admission,
  Accepted,
  EnqueuedJob,
  CancelOutcome,
  JobWait,
  PendingCounts,
  WaitEnd,
} from '@gateway/queue';
import type { ApiProducer } from '../context.ts';
import { READY } from './views.ts';

/** `<ulid>.s0.<base64url of 'user1'>`, and one of 'user2'. */
export const JOB_ID = `01HZ0000000000000000000000.s0.${Buffer.from('user1').toString('base64url')}`;
export const OTHER_JOB_ID = `01HZ0000000000000000000000.s0.${Buffer.from('user2').toString('base64url')}`;

export const JOB: JobView = {
  job_id: JOB_ID,
  type: 'send',
  user_id: 'user1',
  state: 'waiting',
  attempts: 0,
  created_at: '2024-01-15T12:00:00.000Z',
  finished_at: null,
  read_at: null,
  retry_at: null,
  reason: null,
  result: null,
  error: null,
};
export const SENT: JobView = {
  ...JOB,
  state: 'completed',
  attempts: 1,
  result: { message_id: 123, date: '2024-01-15T12:00:00Z' },
};
export const FAILED: JobView = {
  ...JOB,
  state: 'failed',
  error: new GatewayError('RECIPIENT_REFUSED', 'Telegram says no.', {
    rpcError: 'USER_IS_BLOCKED',
  }).toPublic(),
};

/** Queues without Redis: says what it is told to say and remembers what it was asked. */
export class FakeProducer implements ApiProducer {
  view: AccountView = READY;
  counts: PendingCounts = { waiting: 0, delayed: 0, active: 0 };
  workers = 1;
  jobs = new Map<string, JobView>([[JOB_ID, JOB]]);
  controlResults: { [N in ControlJobName]?: ControlResult<N> } = {};
  controlError: GatewayError | undefined;
  /** Whether a worker has taken the control job, so that it cannot be withdrawn. */
  begun = false;
  /** Thrown by every call from the one named on: Redis that goes away. */
  away: { from: keyof ApiProducer; error: Error } | undefined;
  /** What happens while a caller waits; by default the time runs out. */
  onWait: (ms: number, signal?: AbortSignal) => WaitEnd | Promise<WaitEnd> = () => ({ end: 'timeout' });
  tokens = new Map<string, { allowed: boolean; retryAfter: number }>();

  sends: SendState = EMPTY_SEND_STATE;

  readonly sent: NewJob[] = [];
  /** Why messages of these texts are not accepted. */
  refusals = new Map<string, GatewayError>();
  /** How cancelling ends, call by call; the last one for all that follow. */
  cancelOutcomes: CancelOutcome[] = ['cancelled'];
  readonly added: {
    name: ControlJobName;
    userId: string;
    payload: unknown;
    expiresAt: number;
    requestId: string;
  }[] = [];
  readonly webhooks: ApiProducer['webhooks'] = {
    list: async () => ({ deliveries: [], cursor: null }),
    read: async () => null,
    replay: async () => null,
  };

  readonly subscriptions: ApiProducer['subscriptions'] = {
    create: () => Promise.reject(new GatewayError('QUEUE_UNAVAILABLE')),
    list: async () => [],
    read: async () => null,
    setState: async () => false,
    delete: async () => false,
  };

  readonly events: ApiProducer['events'] = {
    receiving: async () => ({ enabled: false, since: null, last_seq: 0, oldest_seq: 1, gaps: 0, filter: {} }),
    read: async () => ({ events: [], lastSeq: 0, oldestSeq: 1, isGone: false }),
    watch: () => new EventWatch(() => {}),
  };

  readonly listings: ApiProducer['listings'] = {
    accounts: async () => ({ userIds: ['user1'], total: 1, next: null }),
    failures: async () => ({ failures: [], next: null }),
    sends: () => async () => ({ pending: [], ended: [] }),
    history: async () => [],
  };

  readonly retried: string[] = [];
  readonly withdrawn: string[] = [];
  readonly waits: number[] = [];
  readonly tries: { bucket: string; limit: number; windowMs: number }[] = [];
  /** Waits begun and not yet cancelled: none may be left. */
  openWaits = 0;
  closed = false;

  #check(call: keyof ApiProducer): void {
    if (this.away?.from === call) throw this.away.error;
  }

  async claimShards(): Promise<void> {
    this.#check('claimShards');
  }

  async enqueue(send: NewJob, admission: Admission): Promise<EnqueuedJob> {
    this.#check('enqueue');
    admission(this.view);
    const refusal = this.refusals.get(textOf(send));
    if (refusal !== undefined) throw refusal;
    this.sent.push(send);
    return { jobId: JOB_ID, wait: this.#wait(), view: this.view, isRepeat: false };
  }

  async enqueueMany(
    sends: readonly NewJob[],
    admission: Admission,
  ): Promise<({ jobId: string } | GatewayError)[]> {
    this.#check('enqueueMany');
    return sends.map((send) => {
      try {
        admission(this.view);
      } catch (error) {
        return GatewayError.from(error);
      }
      const refusal = this.refusals.get(textOf(send));
      if (refusal !== undefined) return refusal;
      this.sent.push(send);
      return { jobId: JOB_ID };
    });
  }

  async workerMetrics(): Promise<Map<number, string>> {
    this.#check('workerMetrics');
    return new Map();
  }

  async notifyOwner(): Promise<void> {}

  async unusedUploadBytes(): Promise<number> {
    return 0;
  }

  async addUpload(): Promise<boolean> {
    return true;
  }

  async outage(_userId: string, signal: AbortSignal): Promise<GatewayError | null> {
    if (this.away?.from === 'outage') return GatewayError.from(this.away.error);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(null));
    });
  }

  sendJobId(userId: string, idempotencyKey: string): string {
    return `job of ${userId} under ${idempotencyKey}`;
  }

  async cancelWaiting(_userId: string, jobId: string): Promise<CancelOutcome> {
    this.#check('cancelWaiting');
    const [outcome = 'cancelled'] = this.cancelOutcomes;
    if (this.cancelOutcomes.length > 1) this.cancelOutcomes.shift();
    const job = this.jobs.get(jobId);
    if (outcome === 'cancelled' && job !== undefined) this.jobs.set(jobId, { ...job, state: 'cancelled' });
    return outcome;
  }

  async control<N extends ControlJobName>(
    name: N,
    userId: string,
    payload: ControlPayload<N>,
    details: { expiresAt: number; requestId: string },
  ): Promise<Accepted> {
    this.#check('control');
    this.added.push({ name, userId, payload, ...details });
    return { jobId: JOB_ID, wait: this.#wait() };
  }

  async recipientOfJob(_userId: string, _jobId: string): Promise<string | null> {
    return null;
  }

  async dropControlJob(_userId: string, _jobId: string): Promise<void> {}

  async controlResult<N extends ControlJobName>(name: N, _jobId: string): Promise<ControlResult<N> | null> {
    this.#check('controlResult');
    if (this.controlError !== undefined) throw this.controlError;
    return this.controlResults[name] ?? null;
  }

  async withdraw(_userId: string, jobId: string): Promise<boolean> {
    this.#check('withdraw');
    if (this.begun) return false;
    this.withdrawn.push(jobId);
    return true;
  }

  asked: string | null | undefined;

  async askedDigest(): Promise<string | null | undefined> {
    this.#check('askedDigest');
    return this.asked;
  }

  async requireReply(): Promise<void> {
    this.#check('requireReply');
  }

  async retry(_userId: string, jobId: string): Promise<void> {
    this.#check('retry');
    this.retried.push(jobId);
  }

  watch(_jobId: string, _userId?: string | null): JobWait {
    return this.#wait();
  }

  watchAccount(): ReturnType<ApiProducer['watchAccount']> {
    return { arm: async () => true, changed: async () => false, close: () => {} };
  }

  async job(jobId: string): Promise<JobView | null> {
    this.#check('job');
    return this.jobs.get(jobId) ?? null;
  }

  async accountView(_userId: string): Promise<AccountView> {
    this.#check('accountView');
    return this.view;
  }

  async pending(_userId: string): Promise<PendingCounts> {
    return this.counts;
  }

  async sendState(_userId: string): Promise<SendState> {
    return this.sends;
  }

  redisFault: string | null = null;

  async redisSetup() {
    this.#check('redisSetup');
    return { version: '7.0.0', maxmemoryPolicy: 'noeviction', appendOnly: true, faults: [], warnings: [] };
  }

  async liveWorkers(): Promise<number> {
    this.#check('liveWorkers');
    return this.workers;
  }

  async takeToken(
    bucket: string,
    limit: number,
    windowMs: number,
  ): Promise<{ allowed: boolean; retryAfter: number }> {
    this.#check('takeToken');
    this.tries.push({ bucket, limit, windowMs });
    return this.tokens.get(bucket) ?? { allowed: true, retryAfter: 0 };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #wait(): JobWait {
    this.openWaits += 1;
    return {
      until: async (ms, signal) => {
        this.waits.push(ms);
        return this.onWait(ms, signal);
      },
      cancel: () => {
        this.openWaits -= 1;
      },
    };
  }
}

function textOf({ data }: NewJob): string {
  return 'text' in data && typeof data.text === 'string' ? data.text : '';
}
