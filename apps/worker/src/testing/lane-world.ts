import { ACTIONS, nextFileStep, type JobOf } from '@gateway/actions';
import {
  EMPTY_SEND_STATE,
  ERROR_CODES,
  FILE_PART_BYTES,
  uploadIdOf,
  partsOf,
  sendProgressSchema,
  sendResultSchema,
  GatewayError,
  type AccountState,
  type FileProgress,
  type Hold,
  type PaceRules,
  type SendState,
  type SentMessage,
} from '@gateway/contracts';
import type { Fetched, RecoveredJob } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { TelegramFailure, type Chat, type FailureOutcome } from '@gateway/telegram';
import { vi } from 'vitest';
import type { ShownTyping } from '../accounts/show-typing.ts';
import type { Step, StepEnd } from '../actions/step.ts';
import { typeFirst } from '../actions/type-first.ts';
import type { LaneAccount, LaneQueue } from '../lane/lane-ports.ts';
import { Lane } from '../lane/lane.ts';
import { SendLedger } from '../lane/send-ledger.ts';

const NOT_SIGNED_IN = new GatewayError('NOT_AUTHORIZED');
export const DATE = '2024-01-15T12:00:00Z';
export const HOUR = 3_600_000;

/** A job in the fake queue. Its text is also its id, and the first letter names its chat. */
interface Waiting {
  text: string;
  job?: Partial<JobOf<'send'>>;
  sent?: SentMessage[];
  files?: readonly FileProgress[] | undefined;
  typingUntil?: number | undefined;
  acceptedAt?: number;
}

/** An account's queue and Telegram in memory. `log` lists the calls in order. */
export class World implements LaneQueue {
  readonly log: string[] = [];
  waiting: Waiting[] = [];
  fetched: Waiting[] = [];
  recovered: RecoveredJob[] = [];
  /** The attempt count of each job, as the queue stores it. */
  readonly attempts = new Map<string, number>();
  mayServe = true;
  epoch = 0;
  toRecover = 0;
  liveWorkers: string[] = [];
  /** Whether the next completion takes effect but its reply is lost. */
  replyLost = false;
  /** When the delayed job is due. */
  dueAt: number | null = null;
  /** Called when the lane clears its notification, before it reads the queue. */
  onClearDueAccount = () => {};
  saved: SendState = EMPTY_SEND_STATE;
  readonly announced: string[] = [];
  readonly shownHolds: { jobId: string; hold: Hold }[] = [];
  readonly account = new FakeAccount(this);
  readonly lane = new Lane({
    account: this.account,
    queue: this,
    limits: { maxWaitMs: 24 * HOUR, dedupWindowMs: HOUR, maxFetched: 5 },
    claim: async () => void this.log.push('claim'),
    liveWorkers: async () => this.liveWorkers,
    clearDueAccount: async () => this.onClearDueAccount(),
    showHeldJobs: async (jobs) => void this.shownHolds.push(...jobs),
    removeHeldJob: async (jobId) => void this.log.push(`goes on ${jobId}`),
    announceEnd: async ({ jobId }) => void this.announced.push(jobId),
    metrics: { sent: () => {}, failed: () => {}, held: () => {} },
    epoch: () => this.epoch,
    mayServe: () => this.mayServe,
    logger: silentLogger(),
    now: Date.now,
    random: () => 0,
  });

  add(...texts: string[]): this {
    this.waiting.push(...texts.map((text) => ({ text })));
    return this;
  }

  /** Enqueues a file of so many parts. */
  addFile(text: string, parts: number): this {
    const uploadId = uploadIdOf(`up_${'x'.repeat(22)}`, '0'.repeat(43), parts * FILE_PART_BYTES);
    this.waiting.push({ text, job: { media: [{ type: 'document', uploadId }] } });
    return this;
  }

  async recover(record: (jobs: RecoveredJob[]) => Promise<void>): Promise<void> {
    this.log.push('recover');
    await record(this.recovered.splice(0));
    this.waiting.unshift(...this.fetched.splice(0));
  }

  async next(): Promise<Fetched> {
    const next = this.waiting.shift();
    if (next === undefined) return { nextDueAt: await this.promoteDue(Date.now()) };
    this.fetched.push(next);
    if (this.toRecover > 0) {
      this.toRecover -= 1;
      return 'needs_recovery';
    }
    const { text, job, sent = [], files, typingUntil, acceptedAt } = next;
    const leave = (what: string) => {
      this.log.push(`${what} ${text}`);
      this.fetched = this.fetched.filter((other) => other !== next);
    };
    return {
      jobId: text,
      action: ACTIONS.send,
      data: {
        userId: 'u',
        recipient: text.charAt(0),
        text,
        linkPreview: true,
        requestId: 'r',
        digest: '',
        ...job,
      } satisfies JobOf<'send'>,
      acceptedAt: acceptedAt ?? Date.now(),
      dueAt: acceptedAt ?? Date.now(),
      askedAt: acceptedAt ?? Date.now(),
      attempts: this.attempts.get(text) ?? 0,
      trace: undefined,
      progress: { sent, files, typingUntil },
      saveProgress: async (progress) => void Object.assign(next, sendProgressSchema.parse(progress)),
      complete: async (result, { state, attempts = 1, fetchNext } = { fetchNext: false }) => {
        const { message_ids } = sendResultSchema.parse(result);
        leave(`complete${message_ids?.length ?? ''}`);
        this.attempts.set(text, attempts);
        if (state !== undefined) this.saved = state;
        const following = fetchNext ? await this.next() : null;
        if (!this.replyLost) return following;
        this.replyLost = false;
        throw new Error('no Redis');
      },
      fail: async ({ code, kind }, attempts = 1) => {
        leave(kind === ERROR_CODES[code].kind ? `fail ${code}` : `fail ${code} (${kind})`);
        this.attempts.set(text, attempts);
      },
      dependency: undefined,
      released: () => 0,
      putBack: async () => {
        leave('put back');
        this.waiting.unshift(next);
      },
    };
  }

  /** Always empty, so the lane fetches each job. Failing waiting jobs in batches is tested with the real queue. */
  async oldestWaiting() {
    return [];
  }

  async failWaiting() {
    return [];
  }

  async promoteDue(now: number): Promise<number> {
    if (this.dueAt === null || this.dueAt > now) return this.dueAt ?? Infinity;
    this.log.push('promote due');
    this.dueAt = null;
    return Infinity;
  }

  async promoteAll(): Promise<void> {
    this.log.push('promote all');
  }

  async lastMessageIdTo(): Promise<number> {
    return 77;
  }

  /** Runs `act` at the moment a text is being sent. */
  during<T>(text: string, act: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.account.onSend.set(text, () => void act().then(resolve, reject));
    });
  }

  async run(): Promise<string[]> {
    const before = this.log.length;
    this.lane.wake();
    await this.lane.idle();
    return this.log.slice(before).filter((line) => line !== 'claim' && line !== 'recover');
  }

  /** Advances the fake time, and the lane's timer with it. */
  async pass(ms: number): Promise<string[]> {
    const before = this.log.length;
    await vi.advanceTimersByTimeAsync(ms);
    await this.lane.idle();
    return this.log.slice(before);
  }
}

class FakeAccount implements LaneAccount {
  readonly userId = 'u';
  readonly ownId = '1';
  readonly files = {
    describe: async () => {
      throw new Error('this world has no files');
    },
    fetch: async () => [],
    probe: async () => ({}),
    waveform: async () => undefined,
    read: async () => Buffer.alloc(0),
    release: async () => {},
    giveUp: () => {},
  };
  readonly ledger: SendLedger;
  pace: PaceRules | null = null;
  ended: GatewayError | null = null;
  stopped = false;
  /** Chats that need a look-up. */
  readonly unknown = new Set<string>();
  /** Chats that were never written to. */
  readonly strangers = new Set<string>();
  /** The errors that Telegram answers to a text, each used once. */
  readonly troubles = new Map<string, unknown[]>();
  readonly steps: Step[] = [];
  /** Telegram's answer to a call that shows the account as typing. */
  typingAnswer: () => Promise<boolean> = async () => true;
  /** Called when a part of a job's file is being uploaded. */
  onPart: (text: string) => Promise<void> = async () => {};
  /** Called when a text is being sent. */
  readonly onSend = new Map<string, () => void>();
  readonly #world: World;
  #hold: Hold | null = null;
  #lastId = 0;

  constructor(world: World) {
    this.#world = world;
    this.ledger = new SendLedger(EMPTY_SEND_STATE, async (state, attempts) => {
      world.saved = state;
      for (const [text, count] of attempts) world.attempts.set(text, count);
    });
  }

  get hold(): Hold | null {
    return this.#hold !== null && this.#hold.until > Date.now() ? this.#hold : null;
  }

  chatOf(recipient: string): Chat {
    return {
      key: recipient,
      kind: 'user',
      known: !this.unknown.has(recipient),
      stranger: this.strangers.has(recipient),
    };
  }

  async run(step: Step): Promise<StepEnd> {
    const job = ACTIONS.send.schema.parse(step.job);
    const progress = sendProgressSchema.parse(step.progress);
    const next = nextFileStep(job, progress);
    if (next?.do === 'upload') return this.#upload(job.text, next.part, progress);
    const typing = await typeFirst({ ...step, job, progress });
    if (typing !== null) return typing;
    const { text = '' } = partsOf(job.text, job.cuts ?? [])[progress.sent.length] ?? {};
    this.steps.push(step);
    this.#world.log.push(`send ${text}`);
    this.onSend.get(text)?.();
    const trouble = this.troubles.get(text)?.shift();
    if (trouble !== undefined) throw trouble;
    this.#lastId += 1;
    this.strangers.delete(job.recipient);
    const message = { message_id: this.#lastId, date: DATE };
    return { progress: { ...progress, sent: [...progress.sent, message] }, messageIds: [this.#lastId] };
  }

  /** Uploads a part once {@link onPart} has resolved. */
  async #upload(text: string, part: number, progress: object): Promise<StepEnd> {
    this.#world.log.push(`part ${part} of ${text}`);
    await this.onPart(text);
    return { progress: { ...progress, files: [{ uploaded: part + 1 }] } };
  }

  async showTyping({ recipient }: ShownTyping): Promise<boolean> {
    this.#world.log.push(`typing ${recipient}`);
    return this.typingAnswer();
  }

  async setHold(hold: Hold): Promise<void> {
    this.#hold = hold;
  }

  async setTrouble(state: AccountState): Promise<void> {
    if (state === 'peer_limited') this.stopped = true;
    else this.ended = NOT_SIGNED_IN;
  }

  /** @throws {TelegramFailure} */
  fail(outcome: FailureOutcome, code: ConstructorParameters<typeof GatewayError>[0]): never {
    throw new TelegramFailure(outcome, new GatewayError(code));
  }

  refuse(text: string, outcome: FailureOutcome, code: ConstructorParameters<typeof GatewayError>[0]): void {
    const failures = this.troubles.get(text) ?? [];
    this.troubles.set(text, [...failures, new TelegramFailure(outcome, new GatewayError(code))]);
  }
}
