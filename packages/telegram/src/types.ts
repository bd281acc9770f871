import type {
  AccountDevice,
  CodeDelivery,
  CodeSent,
  GatewayError,
  PeerBook,
  ProxyServer,
  UserInfo,
  VerifyResult,
} from '@gateway/contracts';
import type { CallName, CallOptions, CallResult } from './calls/index.ts';
import type { FilePart } from './calls/media/upload-part.ts';
import type { FileRange, LocatedFile } from './files/located-file.ts';
import type { ReadName, ReadOptions, ReadResult } from './reads/index.ts';
import type { DifferenceListener } from './updates/catch-up.ts';
import type { ReadUpdatesOptions } from './updates/update-reader.ts';

/** A data centre from the settings: its id in the protocol, and its address. */
export interface DataCenter {
  id: number;
  host: string;
  port: number;
}

export interface TelegramOptions {
  apiId: number;
  apiHash: string;
  /** Empty: Telegram's own data centres. Otherwise only these are used; a new login starts in the first. */
  dataCenters: readonly DataCenter[];
  /** PEM public keys of those data centres, trusted in addition to Telegram's own. */
  serverKeys: readonly string[];
  /** Timeout in ms for connecting, key exchange included. */
  connectTimeoutMs: number;
  /**
   * Pauses in ms before each repeated connection after the server did not know the auth key. Tests shorten the default.
   */
  unknownKeyPausesMs?: readonly number[];
  /** Timeout in ms for one call. After it the outcome of the call is unknown. */
  callTimeoutMs: number;
  /** The proxy of accounts without one of their own. `undefined`: they connect directly. */
  proxy?: ProxyServer | undefined;
  /** How clients introduce themselves. Absent fields have defaults. */
  device?: AccountDevice | undefined;
  /** Called after each connection opens. */
  onConnected?: () => void;
  /** Called after each answer about updates that an account has missed. */
  onDifference?: DifferenceListener;
}

/** State needed to continue a pending login, in addition to the session. It survives a restart. */
export interface PendingLogin {
  phoneNumber: string;
  phoneCodeHash: string;
  /** How the last code was delivered. A code sent by e-mail is submitted in a different field. */
  delivery: CodeDelivery;
}

/** State of a QR sign-in: a code to show, valid until `expiresAt` (ms since the epoch), or the result of a scan. */
export type QrLogin = { status: 'qr'; url: string; expiresAt: number } | VerifyResult;

/** Runs a call to Telegram when no other call of the account runs. */
export type InTurn = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * One account's connection. Callers must make one call at a time.
 * Every method ends within the timeouts of {@link TelegramOptions}, connects if necessary, and throws only
 * {@link TelegramFailure}.
 */
export interface AccountClient {
  /** Connects. Does nothing if a working connection exists. */
  connect(): Promise<void>;
  /**
   * The session as opaque text, which the caller must store encrypted; `null` before there is an auth key. Sign-in and
   * migration change it.
   */
  session(): string | null;

  sendCode(phoneNumber: string): Promise<CodeSent>;
  resendCode(login: PendingLogin): Promise<CodeSent>;
  cancelCode(login: PendingLogin): Promise<void>;
  /** Returns `password_required` with the hint if the account also needs its two-factor password. */
  signIn(login: PendingLogin, phoneCode: string): Promise<VerifyResult>;
  /**
   * Starts a QR sign-in, or continues the one of this session. Returns a new code, or the result of a scan of an
   * earlier code.
   * After an error, call it again: nothing is lost as long as the session is kept.
   * @param onScan called when Telegram reports that a code was scanned; call `exportLoginToken` again then. Any other
   * call on this client ends these reports.
   */
  exportLoginToken(onScan: () => void): Promise<QrLogin>;
  checkPassword(password: string): Promise<UserInfo>;
  /** Signs in as the bot of this token. The client must have been opened with `isBot`. */
  signInBot(token: string): Promise<UserInfo>;

  /**
   * Asks Telegram who is signed in. Fails with `VALIDATION` if that is a bot and the client was not opened with
   * `isBot`.
   */
  me(): Promise<UserInfo>;
  /** The longest caption that the account may send, in UTF-16 units. Asks Telegram at most once an hour. */
  captionLimit(): Promise<number>;
  /** Does what an action's job asks for: see {@link CALLS}. */
  run<N extends CallName>(name: N, options: CallOptions<N>): Promise<CallResult<N>>;
  /** Reads what a caller asks for: see {@link READS}. Each of its calls to Telegram runs in a turn of its own. */
  read<N extends ReadName>(name: N, options: ReadOptions<N>, inTurn: InTurn): Promise<ReadResult<N>>;
  /**
   * Reads the account's updates, first those that it missed, until the connection is down or the signal is aborted.
   * Each of its calls to Telegram runs in a turn of its own. Also throws the error of `deliver`. Only some accounts of
   * a data centre connect at the same time; the others wait.
   */
  receive(options: ReadUpdatesOptions, inTurn: InTurn): Promise<void>;
  /**
   * Telegram's present place in the account's updates, to be stored and given to {@link receive}. With a `stored` one,
   * only what changes because other chats are wanted.
   */
  updatePlace(options: Pick<ReadUpdatesOptions, 'wantsChat' | 'stored'>): Promise<Record<string, string>>;
  /**
   * Reads bytes of a file, fewer at its end. It uses connections of its own, so it needs no turn, and several calls may
   * run at once.
   * @param inTurn for a file in another data centre, which needs one call on the account's own connection.
   */
  readFile(file: LocatedFile, range: FileRange, inTurn: InTurn): Promise<Buffer>;
  /** Uploads a part of a file. As {@link readFile}, it needs no turn. A repeated part replaces the earlier one. */
  uploadPart(part: FilePart, inTurn: InTurn): Promise<void>;
  /** Ends the authorization at Telegram. Succeeds too if Telegram no longer knows the account's session. */
  logOut(): Promise<void>;
  /** Closes the connection for good and frees all resources. Never throws, and ends within a bounded time. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * Checked immediately before every write to Telegram. Once it returns false, nothing is written and the connection is
   * closed.
   * Without it, a process that was frozen would continue a call in parallel with the account's new owner.
   */
  mayTalk?: () => boolean;
  /** The account is a bot. Telegram allows bots fewer requests. */
  isBot?: boolean;
  /** The account's own proxy, in place of the server's. It is never connected in another way. */
  proxy?: ProxyServer | undefined;
  /** How this account introduces itself, as far as it differs from {@link TelegramOptions.device}. */
  device?: AccountDevice | undefined;
  /**
   * Called when the account's own proxy does not get through (with the error for callers), and when a connection is
   * open (`null`).
   */
  onProxy?: (error: GatewayError | null) => void;
}

/** The options of one account's client: those of the process, with the account's own in their place. */
export interface ClientOptions extends TelegramOptions, Pick<OpenOptions, 'onProxy'> {
  /** The proxy is the account's own. */
  isOwnProxy?: boolean;
}

/** Opens clients. The worker uses only this and {@link TelegramFailure} of this package. */
export interface Telegram {
  /** The ids of the available data centres, and whether they are Telegram's production ones. */
  readonly dataCenters: { readonly ids: readonly number[]; readonly areProduction: boolean };
  /**
   * Returns `TELEGRAM_MISCONFIGURED` if the settings do not list the session's data centre, otherwise `null`. Makes no
   * request.
   */
  whyUnreachable(session: string): GatewayError | null;
  /** Opens a client for a stored session, or for a new login (`null`). It connects on first use. */
  open(session: string | null, peers: PeerBook, options?: OpenOptions): AccountClient;
}
