import type { ActionName, RequestOf, ResultOf } from '@gateway/actions';
import type {
  AccountSort,
  AccountState,
  AccountSummary,
  CodeSent,
  Contact,
  ErrorCode,
  Entity,
  ErrorKind,
  EventFilter,
  EventType,
  GatewayEvent,
  HistoryPoint,
  JobState,
  JobView,
  NetworkChange,
  PaceChoice,
  PaceRules,
  Receiving,
  PhoneRegistration,
  RepliesOnly,
  ResolvedChat,
  SendSummary,
  ShownChat,
  StreamedEvent,
  TelegramMessage,
  TypingAction,
  UserInfo,
  ValidationIssue,
  WebhookView,
} from '@gateway/contracts';

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call, its retries and the waits between them. The call then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Options of a call that begins a sign-in. */
export interface SignInOptions extends CallOptions {
  /** The account's own proxy (`null`: the server's), and how it introduces itself to Telegram. Absent: as before. */
  network?: NetworkChange | undefined;
}

export type CodeSentAnswer = CodeSent & { status: 'code_sent'; message: string; job_id: string };

export interface VerifyAnswers {
  /** The code that Telegram sent. Not needed after the answer `password_required`. */
  phone_code?: string | undefined;
  /** The two-factor password. */
  password?: string | undefined;
}

export type VerifyAnswer =
  | { status: 'authorized'; message: string; job_id: string; user: UserInfo }
  /** Two-factor authentication is on: call verify again with only the password. */
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
  /** Why all of the account's sends are held, and until when. */
  held?: { reason: string; until: string };
  /** Number of chats whose sends are held. */
  chats_held?: number;
  look_ups_held_until?: string;
  pending: { waiting: number; delayed: number; active: number };
  /** How much the pace still allows; absent if the account is not signed in. */
  pace?:
    | { mode: 'off' }
    | {
        mode: 'careful';
        remaining: number;
        strangers_remaining: number;
        strangers_reset_at: string;
        rules: PaceRules;
      };
  /** Whether the account writes only to people who have written to it. */
  replies_only: RepliesOnly | false;
  receiving: Receiving;
  /** The account's own proxy, without its password. */
  proxy?: string;
  /** The sign-in that has begun and not ended. */
  sign_in?: AccountSummary['sign_in'];
  /** If the account has a problem: the reason, and in `next_action` what a person should do. */
  reason?: string;
  next_action?: string;
}

/** The answer to a call that changes an account. */
export interface AccountAnswer {
  status: 'ok';
  message: string;
  job_id: string;
}
export type AccountStateAnswer = AccountAnswer & { state: AccountState };
export type ProxyAnswer = AccountStateAnswer & { proxy: string | null };
export type PaceAnswer = AccountAnswer & { pace: PaceChoice | null; replies_only: RepliesOnly | false };

/** A message to send: the body of `POST /telegram/user/send`. */
export type OutgoingMessage = RequestOf<'send'>;

/** The answer to an action: already done, or still queued. `status` tells them apart. */
export type ActionOutcome<N extends ActionName> = DoneAnswer<N> | QueuedAnswer;
export type SendOutcome = ActionOutcome<'send'>;

export type DoneAnswer<N extends ActionName> = ResultOf<N> & {
  status: 'ok';
  success: true;
  job_id: string;
} & Repeat;

interface Repeat {
  /** An earlier request with this Idempotency-Key was accepted: this is its job. */
  repeated?: true;
}

export interface QueuedAnswer extends Repeat {
  status: 'queued';
  job_id: string;
  state: Exclude<JobState, 'completed' | 'failed' | 'cancelled'>;
  /** Why it is held, if it is. */
  reason?: string;
  /** RFC 3339, UTC. Absent if the time is unknown or only a person can end the hold. */
  retry_at?: string;
}

/** The body of the gateway's errors. It may hold more fields. */
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

/** Shows an account as typing: the body of `POST /telegram/user/chat/typing`. */
export interface TypingRequest {
  user_id: string;
  recipient_id: string;
  /** Default: `typing`. */
  action?: TypingAction | undefined;
  /** How long to show it, at most 20,000. Default: 5,000. */
  ms?: number | undefined;
}

export interface TypingAnswer {
  status: 'ok';
  shown: boolean;
}

export interface UploadOptions extends CallOptions {
  fileName?: string | undefined;
  /** Default: that of a Blob. The gateway finds most types in the bytes. */
  contentType?: string | undefined;
  /** ms for one attempt. Default: an hour. */
  timeoutMs?: number | undefined;
}

export interface UploadAnswer {
  status: 'ok';
  upload_id: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal digits. */
  sha256: string;
  mime_type: string;
  /** RFC 3339, UTC. */
  expires_at: string;
}

export type Job = JobView & { status: 'ok' };

/** A job that has ended. */
export type EndedJob = Job & { state: 'completed' | 'failed' | 'cancelled' };

export interface Health {
  /** Whether Redis and at least one worker are reachable. */
  ready: boolean;
  /** Why it is not ready; `null` if it is. */
  reason: string | null;
}

export interface AccountPage {
  status: 'ok';
  accounts: AccountSummary[];
  /** Number of accounts that match the query, on all pages. */
  total: number;
  /** `after` for the next page; `null` on the last page. */
  next: string | null;
}

/** The messages of an account. */
export interface SendLists {
  /** Active, waiting and held messages, in the order of sending. */
  pending: SendSummary[];
  /** Messages that have ended, the latest first. */
  ended: SendSummary[];
}
/** A page of the failed messages of all accounts. */
export interface FailurePage {
  status: 'ok';
  /** The latest first. */
  failures: SendSummary[];
  /** `before` for the next page; `null` on the last page. */
  next: string | null;
}
export type SendListsAnswer = SendLists & { status: 'ok' };

/** An account with its messages at one moment. */
export type AccountChange = SendLists & { account: AccountSummary };

export interface HistoryAnswer {
  status: 'ok';
  step_seconds: number;
  /** One per step, the oldest first. The last step is still in progress. */
  points: HistoryPoint[];
}

/** A page of an account's chats. */
export interface ChatPage {
  status: 'ok';
  /** The latest first. */
  chats: (ShownChat & { unread: number; last_message: TelegramMessage | null })[];
  /** `before` for the next page; `null` on the last page. */
  next: string | null;
}

/** A page of a chat's messages. */
export interface MessagePage {
  status: 'ok';
  /** The newest first. */
  messages: TelegramMessage[];
  /** `before` for the next page; `null` on the last page. */
  next: string | null;
}

/** A page of an account's contacts. */
export interface ContactPage {
  status: 'ok';
  /** In the order of their ids. */
  contacts: Contact[];
  /** `before` for the next page; `null` on the last page. */
  next: string | null;
}

export type ResolveAnswer = ResolvedChat & { status: 'ok' };

export interface PhonesAnswer {
  status: 'ok';
  /** In the order asked. */
  phones: PhoneRegistration[];
}

export interface PreviewAnswer {
  status: 'ok';
  /** Offsets and lengths are in UTF-16 units. */
  parts: { text: string; entities: Entity[] }[];
}

/** A page of an account's events. */
export interface UpdatesPage {
  status: 'ok';
  events: GatewayEvent[];
  /** `after` of the next page. */
  next: number;
}

export type { ActionName, RequestOf };
export type {
  AccountSort,
  AccountState,
  AccountSummary,
  Entity,
  EventFilter,
  EventType,
  GatewayEvent,
  HistoryPoint,
  PaceChoice,
  PaceRules,
  RepliesOnly,
  SendSummary,
  ShownChat,
  StreamedEvent,
  TelegramMessage,
  UserInfo,
  WebhookView,
};
