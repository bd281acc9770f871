import type {
  AccountState,
  CodeDelivery,
  CodeSent,
  Entity,
  GatewayError,
  PeerBook,
  Recipient,
  SendResult,
  UserInfo,
  VerifyResult,
} from '@gateway/contracts';

/** A data centre other than Telegram's own: the id that the protocol knows it by, and where it listens. */
export interface DataCenter {
  id: number;
  host: string;
  port: number;
}

/** A SOCKS proxy that Telegram is reached by. */
export interface Proxy {
  version: 4 | 5;
  host: string;
  port: number;
  username?: string;
  password?: string;
}

export interface TelegramOptions {
  apiId: number;
  apiHash: string;
  /** Empty: Telegram's own. Else these and no others; the first is where a new login begins. */
  dataCenters: readonly DataCenter[];
  /** PEM public keys that those data centres sign with, beside Telegram's own. */
  serverKeys: readonly string[];
  /** ms for connecting, key exchange included. */
  connectTimeoutMs: number;
  /** ms before each further connection on which an unknown auth key is asked about again; a default that tests shorten. */
  unknownKeyPausesMs?: readonly number[];
  /** ms for one call to be answered; after that its outcome is unknown. */
  callTimeoutMs: number;
  /** `undefined`: Telegram is reached directly. */
  proxy?: Proxy | undefined;
  /** Told of each connection that was opened. */
  onConnected?: () => void;
}

/** What a login under way needs to be gone on with, beside the session: after a restart too. */
export interface PendingLogin {
  phoneNumber: string;
  phoneCodeHash: string;
  /** How the code was delivered last: one that came by e-mail is handed in in another way. */
  delivery: CodeDelivery;
}

/** Where a QR sign-in stands: a code to be shown, good until `expiresAt` (ms since the epoch), or what came of a scan. */
export type QrLogin = { status: 'qr'; url: string; expiresAt: number } | VerifyResult;

export interface OutgoingMessage {
  recipient: Recipient;
  text: string;
  /** How it is formatted. */
  entities?: readonly Entity[] | undefined;
  /** Telegram's idempotency key: signed 64-bit, never 0, the same for each try of the same message. */
  randomId: bigint;
  replyTo?: number | undefined;
  silent?: boolean | undefined;
  linkPreview: boolean;
  /** ms since the epoch: when a person or program asked for it. A recipient that was found missing before is looked up again. */
  askedAt?: number | undefined;
  /**
   * Telegram's id of the last message that this account is known to have sent to that chat before this one; 0 or absent: none is known.
   * Only a message with a greater id is taken for this one, where it is looked for in the chat.
   */
  after?: number | undefined;
  /**
   * ms since the epoch. The outcome of an earlier try, made then or later, is not known, and so old that Telegram may have forgotten the
   * random id: a message in the chat that can be this one is the result, and nothing is sent. It is sent only where the chat could be
   * read and it is not there.
   */
  lookFirstSince?: number | undefined;
}

/**
 * One account's connection. One call at a time: the caller sees to that. Every method ends within the timeouts of
 * {@link TelegramOptions}, connects by itself where it must, and throws {@link TelegramFailure} and nothing else.
 */
export interface AccountClient {
  /** Connects; does nothing where it is connected and well. */
  connect(): Promise<void>;
  /** The session as opaque text, to be kept sealed; `null` until there is an auth key. Changes with sign-in and migration. */
  session(): string | null;

  sendCode(phoneNumber: string): Promise<CodeSent>;
  resendCode(login: PendingLogin): Promise<CodeSent>;
  cancelCode(login: PendingLogin): Promise<void>;
  /** Password still needed → `password_required` with the hint. */
  signIn(login: PendingLogin, phoneCode: string): Promise<VerifyResult>;
  /**
   * Begins a QR sign-in, or goes on with the session's own: a new code, or what came of a scan of an earlier one. After an error, ask
   * again: nothing is lost while the session is kept. `onScan`: called when Telegram tells that a code was scanned, as long as nothing
   * else is asked on this client; ask again then.
   */
  exportLoginToken(onScan: () => void): Promise<QrLogin>;
  checkPassword(password: string): Promise<UserInfo>;
  /** Signs in as the bot of this token. The client must have been opened as a bot's. */
  signInBot(token: string): Promise<UserInfo>;

  /**
   * Asks Telegram who is signed in. Fails with `VALIDATION` where it is a bot and the client was not opened as a bot's.
   */
  me(): Promise<UserInfo>;
  send(message: OutgoingMessage): Promise<SendResult>;
  /** Ends the authorization at Telegram. An account that Telegram does not know any more counts as logged out. */
  logOut(): Promise<void>;
  /** Closes the connection for good and frees everything; never throws, bounded in time. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * Asked each time before something is written to Telegram, at the last moment: once it is false nothing is, and the connection is closed.
   * A process that was frozen goes on in the middle of a call otherwise, beside whoever took its account over.
   */
  mayTalk?: () => boolean;
  /** The account is a bot's: it may ask Telegram for less. */
  isBot?: boolean;
}

/** Opens clients. The one thing that the worker takes from this package, beside {@link TelegramFailure}. */
export interface Telegram {
  /** The numbers of the data centres that can be reached, and whether they are Telegram's production ones. */
  readonly dataCenters: { readonly ids: readonly number[]; readonly areProduction: boolean };
  /** `TELEGRAM_MISCONFIGURED` where the settings do not list the session's data centre; `null`: they do. Asks nobody. */
  whyUnreachable(session: string): GatewayError | null;
  /** A client on a kept session, or on none for a new login. Connects on first use. */
  open(session: string | null, peers: PeerBook, options?: OpenOptions): AccountClient;
}

/**
 * What a failed call means for the job and the account.
 * - `wait`: Telegram asks for a pause, and this call sent nothing: of the account, of one chat, or (`resolve`) only of look-ups, so that
 *   sends to chats that are known already (`known` of `chatOf`) may go on.
 * - `retry`: this call sent nothing, and the same call may succeed later. `reached`: there was a connection, and Telegram had trouble
 *   with this call (its 500s, a question without an answer); else there was none, which says nothing about the call.
 * - `fail`: this call will never succeed. `asked` is false where that was known without asking Telegram.
 * - `account`: the account itself is in trouble; its other calls will fail too.
 * - `unknown`: it may have taken effect (timeout, cut connection): only a call with the same random id may follow.
 */
export type FailureOutcome =
  | { outcome: 'wait'; scope: 'account' | 'chat' | 'resolve'; seconds: number }
  | { outcome: 'retry'; reached: boolean }
  | { outcome: 'fail'; asked?: boolean }
  | { outcome: 'account'; state: AccountState }
  | { outcome: 'unknown' };

/** The only error that an {@link AccountClient} throws. */
export class TelegramFailure extends Error {
  readonly failure: FailureOutcome;
  /** What a caller is told. */
  readonly error: GatewayError;

  constructor(failure: FailureOutcome, error: GatewayError, cause?: unknown) {
    super(error.message, { cause });
    this.name = 'TelegramFailure';
    this.failure = failure;
    this.error = error;
  }
}
