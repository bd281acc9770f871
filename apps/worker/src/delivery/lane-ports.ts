import type {
  AccountState,
  FormattedText,
  GatewayError,
  Hold,
  PaceRules,
  SendJob,
  SendResult,
  SentMessage,
} from '@gateway/contracts';
import type { FetchedSend, RecoveredSend, WaitingSend } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import type { Chat } from '@gateway/telegram';
import type { WorkerMetrics } from '@gateway/telemetry';
import type { SendLedger } from './send-ledger.ts';

/** Where jobs come from: the account's queue. */
export interface LaneQueue {
  recover(note: (jobs: RecoveredSend[]) => Promise<void>): Promise<void>;
  next(): Promise<FetchedSend | 'strays' | null>;
  oldestWaiting(limit: number): Promise<WaitingSend[]>;
  failWaiting(jobs: readonly { jobId: string; error: GatewayError }[], now: number): Promise<string[]>;
  promoteDue(now: number): Promise<void>;
  promoteAll(): Promise<void>;
  nextDueAt(): Promise<number | null>;
  lastMessageIdTo(recipient: string): Promise<number>;
}

/** One message of a job: the whole of it, or one part of a text that was split. */
export interface Sending {
  jobId: string;
  /** 0 for the first or only one. */
  part: number;
  formatted: FormattedText;
  job: SendJob;
  trace: string | undefined;
  /** When it was last asked for, ms since the epoch. */
  askedAt: number;
  /** The last message known to have gone to the chat before this one; 0: none is known. */
  after: number;
  /** An earlier try of unknown outcome, not before this (ms since the epoch), is so old that the chat must be looked at first. */
  lookFirstSince: number | undefined;
}

/** What the lane needs of its account. */
export interface LaneAccount {
  readonly userId: string;
  /** Why nothing may be sent just now, or `null`. */
  readonly hold: Hold | null;
  /** The error that every job fails with because the account is not signed in (any more), or `null` where it is. */
  readonly ended: GatewayError | null;
  /** A person must look at the account first; jobs stay in line. */
  readonly stopped: boolean;
  readonly ledger: SendLedger;
  readonly pace: PaceRules | null;
  chatOf(recipient: string): Chat;
  send(sending: Sending): Promise<SentMessage>;
  /** `tell`: whether those who wait for a job of this account hear of it now. */
  setHold(hold: Hold, how: { tell: boolean }): Promise<void>;
  /** The account's own state has changed for the worse: from here on it is `ended` or `stopped`. */
  setTrouble(state: AccountState, error: GatewayError): Promise<void>;
}

export interface LaneLimits {
  /** ms: a job that must wait for longer, or could not reach Telegram for longer, fails. */
  maxWaitMs: number;
  /** ms that Telegram is trusted to remember a random id for. */
  dedupWindowMs: number;
  /** Jobs of an account in hand at a time: one that goes out, and those set aside because their chat waits. */
  maxInHand: number;
}

export interface LaneOptions {
  account: LaneAccount;
  queue: LaneQueue;
  limits: LaneLimits;
  /** Makes sure that no earlier owner can touch the account any more, before anything is fetched. Throws where a later one has it. */
  claim: () => Promise<void>;
  /** Takes the account's bell down, before its queue is looked at. */
  answerBell: () => Promise<void>;
  /** Shows why jobs in hand do not go out. */
  showAside: (jobs: readonly { jobId: string; hold: Hold }[]) => Promise<void>;
  /** A job that was shown as set aside goes on. */
  forgetAside: (jobId: string) => Promise<void>;
  /** Has whoever asked for it told of the job's end, which comes next. May be called again for the same end. */
  announceEnd: (job: Pick<FetchedSend, 'jobId' | 'data'>) => Promise<void>;
  metrics: Pick<WorkerMetrics, 'sent' | 'failed' | 'held'>;
  /** The job has ended, with this result where it was sent: who waits for it is told. Nothing waits for that, and it never throws. */
  finished: (jobId: string, result?: SendResult) => void;
  /** Grows each time Redis was lost: what is in hand may not be any more. */
  epoch: () => number | null;
  /** False once the right to serve the account is lost: nothing may be sent or written then. */
  mayServe: () => boolean;
  logger: Logger;
  now: () => number;
  random: () => number;
}
