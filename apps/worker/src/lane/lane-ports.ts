import type { AccountState, GatewayError, Hold, PaceRules } from '@gateway/contracts';
import type { Fetched, FetchedJob, RecoveredJob, WaitingJob } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import type { Chat } from '@gateway/telegram';
import type { WorkerMetrics } from '@gateway/telemetry';
import type { ShownTyping } from '../accounts/show-typing.ts';
import type { Step, StepEnd } from '../actions/step.ts';
import type { AccountFiles } from '../media/account-files.ts';
import type { SendLedger } from './send-ledger.ts';

/** The account's queue, as far as the lane uses it. */
export interface LaneQueue {
  recover(record: (jobs: RecoveredJob[]) => Promise<void>): Promise<void>;
  next(): Promise<Fetched>;
  oldestWaiting(limit: number): Promise<WaitingJob[]>;
  failWaiting(jobs: readonly { jobId: string; error: GatewayError }[], now: number): Promise<string[]>;
  promoteDue(now: number): Promise<number>;
  promoteAll(): Promise<void>;
  lastMessageIdTo(recipient: string): Promise<number>;
}

/** The account, as far as the lane uses it. */
export interface LaneAccount {
  readonly userId: string;
  /** Why the account may not send now, or `null`. */
  readonly hold: Hold | null;
  /** The error that every job fails with because the account is not signed in; `null` if it is signed in. */
  readonly ended: GatewayError | null;
  /** Whether the account is stopped until a person resumes it. Its jobs stay in the queue. */
  readonly stopped: boolean;
  readonly ledger: SendLedger;
  readonly pace: PaceRules | null;
  readonly files: Pick<
    AccountFiles,
    'describe' | 'fetch' | 'giveUp' | 'probe' | 'read' | 'release' | 'waveform'
  >;
  /** The id of the account at Telegram; `undefined` if it is not known. */
  readonly ownId: string | undefined;
  chatOf(recipient: string): Chat;
  run(step: Step): Promise<StepEnd>;
  /** Shows the account once as typing, unless it has to wait. Called in a step. @returns whether it is shown. */
  showTyping(typing: ShownTyping): Promise<boolean>;
  /** @param how `publish`: whether to publish the hold at once to callers that wait for a job of this account. */
  setHold(hold: Hold, how: { publish: boolean }): Promise<void>;
  /** Changes the account's state so that it is `ended` or `stopped` from now on. */
  setTrouble(state: AccountState, error: GatewayError): Promise<void>;
}

export interface LaneLimits {
  /** ms: a job fails if it must wait longer, or if Telegram is unreachable for longer. */
  maxWaitMs: number;
  /** How long Telegram is trusted to remember a random id, ms. */
  dedupWindowMs: number;
  /** How many jobs of an account may be fetched at a time: the one being sent, and those held because of their chat. */
  maxFetched: number;
}

export interface LaneOptions {
  account: LaneAccount;
  queue: LaneQueue;
  limits: LaneLimits;
  /** Fences off earlier owners of the account; called before anything is fetched. Throws if a later owner exists. */
  claim: () => Promise<void>;
  /** The names of the workers that are alive. */
  liveWorkers: () => Promise<string[]>;
  /** Clears the account's notification. Called before its queue is read. */
  clearDueAccount: () => Promise<void>;
  /** Publishes why fetched jobs are held. */
  showHeldJobs: (jobs: readonly { jobId: string; hold: Hold }[]) => Promise<void>;
  /** Withdraws the published hold of a job. */
  removeHeldJob: (jobId: string) => Promise<void>;
  /** Queues the event about the job's end, which follows. May be called more than once for the same end. */
  announceEnd: (job: Pick<FetchedJob, 'jobId' | 'data'>) => Promise<void>;
  metrics: Pick<WorkerMetrics, 'sent' | 'failed' | 'held'>;
  /** Grows each time Redis was lost. After a change, another worker may have taken over the fetched jobs. */
  epoch: () => number | null;
  /** False once this worker no longer owns the account: it must not send or write anything then. */
  mayServe: () => boolean;
  logger: Logger;
  now: () => number;
  random: () => number;
}
