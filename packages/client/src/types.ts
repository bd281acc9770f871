import type {
  AccountState,
  AccountSummary,
  CodeSent,
  ErrorCode,
  Entity,
  ErrorKind,
  HistoryPoint,
  JobState,
  JobView,
  PaceChoice,
  PaceRules,
  SendResult,
  SendSummary,
  UserInfo,
  ValidationIssue,
} from '@gateway/contracts';

/** For every call. */
export interface CallOptions {
  /** Aborts the call, its retries and the waits between them; the call then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

export type CodeSentAnswer = CodeSent & { status: 'code_sent'; message: string; job_id: string };

export interface VerifyAnswers {
  /** The code that Telegram sent; may be left out once a password is asked for. */
  phone_code?: string | undefined;
  /** The two-factor password. */
  password?: string | undefined;
}

export type VerifyAnswer =
  | { status: 'authorized'; message: string; job_id: string; user: UserInfo }
  /** Two-factor authentication is on: verify again with the password alone. */
  | { status: 'password_required'; message: string; job_id: string; hint: string | null };

export type ImportAnswer = Extract<VerifyAnswer, { status: 'authorized' }>;
export type ExportAnswer = AccountAnswer & { backup: string };

export interface AccountStatus {
  status: 'ok';
  authorized: boolean;
  user_info: UserInfo | null;
  state: AccountState;
  /** RFC 3339, UTC. */
  flood_wait_until: string | null;
  /** What holds all of its sends, and until when. */
  held?: { reason: string; until: string };
  /** Chats whose sends wait. */
  chats_held?: number;
  look_ups_held_until?: string;
  pending: { waiting: number; delayed: number; active: number };
  /** What is left of its pace; absent where it is not signed in. */
  pace?:
    | { mode: 'off' }
    | {
        mode: 'careful';
        remaining: number;
        strangers_remaining: number;
        strangers_reset_at: string;
        rules: PaceRules;
      };
  /** Where it is not well: why, and what a person should do. */
  reason?: string;
  next_action?: string;
}

/** The answer of a call that changes an account. */
export interface AccountAnswer {
  status: 'ok';
  message: string;
  job_id: string;
}
export type AccountStateAnswer = AccountAnswer & { state: AccountState };
export type PaceAnswer = AccountAnswer & { pace: PaceChoice | null };

/** A message to send. */
export interface Message {
  /** The caller's own name for the account that sends. */
  user_id: string;
  /** Numeric id, `@username`, `+phone`, `me`, `https://t.me/name`, or `-100…` for channels. */
  recipient_id: string | number;
  text: string;
  /** `markdown_lenient` is for text that a language model wrote: it is never refused. */
  parse_mode?: 'markdown' | 'markdown_lenient' | 'html' | 'none' | undefined;
  /** The id of the message in that chat which is answered. */
  reply_to?: number | undefined;
  silent?: boolean | undefined;
  /** Default: true. */
  link_preview?: boolean | undefined;
  /** Default: true. A text that is too long for one message goes out as several, in order. */
  split?: boolean | undefined;
  /** RFC 3339, with its zone: held until then. */
  send_at?: string | undefined;
  /** The job's JSON is posted there when it has ended. */
  callback_url?: string | undefined;
}

/** How a send stands when it is answered; `status` tells the two apart. */
export type SendOutcome = SentAnswer | QueuedAnswer;

export type SentAnswer = SendResult & { status: 'ok'; success: true; job_id: string };

export interface QueuedAnswer {
  status: 'queued';
  job_id: string;
  state: Exclude<JobState, 'completed' | 'failed' | 'cancelled'>;
  /** Why it is held, where it is. */
  reason?: string;
  /** RFC 3339, UTC; absent where nobody knows, or only a person can end it. */
  retry_at?: string;
}

/** An error as the gateway writes it. More fields may stand beside these. */
export interface ErrorBody {
  status: 'error';
  code: ErrorCode;
  message: string;
  kind: ErrorKind;
  request_id?: string;
  retry_after?: number;
  job_id?: string;
  rpc_error?: string;
  issues?: readonly ValidationIssue[];
}

export interface BatchAnswer {
  status: 'queued';
  /** In the order of the messages: each is accepted, or refused by itself. */
  jobs: ({ job_id: string } | ErrorBody)[];
}

export type Job = JobView & { status: 'ok' };

/** A job that is over. */
export type EndedJob = Job & { state: 'completed' | 'failed' | 'cancelled' };

export interface Health {
  /** Redis and at least one worker are reachable. */
  ready: boolean;
  /** Why not. */
  reason: string | null;
}

export interface AccountPage {
  status: 'ok';
  accounts: AccountSummary[];
  /** Accounts that the query fits, on this page or not. */
  total: number;
  /** `after` of the next page; `null`: this is the last. */
  next: string | null;
}

/** The messages of an account. */
export interface SendLists {
  /** What is under way and what waits, in the order in which it goes out. */
  pending: SendSummary[];
  /** What has ended, the latest first. */
  ended: SendSummary[];
}
export type SendListsAnswer = SendLists & { status: 'ok' };

/** An account with its messages, as they stand. */
export type AccountChange = SendLists & { account: AccountSummary };

export interface HistoryAnswer {
  status: 'ok';
  step_seconds: number;
  /** The oldest first, one a step; the last step is not over. */
  points: HistoryPoint[];
}

export interface PreviewAnswer {
  status: 'ok';
  /** Offsets and lengths are in UTF-16 units. */
  parts: { text: string; entities: Entity[] }[];
}

export type { AccountState, AccountSummary, Entity, HistoryPoint, SendSummary, UserInfo };
