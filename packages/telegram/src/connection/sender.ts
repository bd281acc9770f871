import type { ProxyServer } from '@gateway/contracts';
import bigInt from 'big-integer';
import type { TelegramClient } from 'telegram';
import { AuthKey } from 'telegram/crypto/AuthKey.js';
import { Logger, LogLevel } from 'telegram/extensions/Logger.js';
import type { PromisedNetSockets } from 'telegram/extensions/PromisedNetSockets.js';
import { ConnectionTCPFull, type FullPacketCodec } from 'telegram/network/connection/TCPFull.js';
import type { ProxyInterface } from 'telegram/network/connection/TCPMTProxy.js';
import { MTProtoSender } from 'telegram/network/MTProtoSender.js';
import type { RequestState } from 'telegram/network/RequestState.js';
import type { TLMessage } from 'telegram/tl/core/index.js';
import { Api } from 'telegram/tl/index.js';
import { BadFrameError, RpcError, TransportError } from '../errors/call-errors.ts';
import type { DataCenter } from '../types.ts';
import { isUpdates } from '../updates/answers.ts';
import { CheckedFrames } from './frames.ts';
import { IntermediateFrames, isPadded, Obfuscation, PaddedFrames } from './mtproxy-frames.ts';
import { ResetSocket } from './reset-socket.ts';

const SILENT = new Logger(LogLevel.NONE);
const NOTHING = Buffer.alloc(0);
/**
 * Consecutive complaints about our messages (clock, numbering, salt) that are tolerated. After more, a new connection
 * is likelier to help.
 */
const MAX_COMPLAINTS = 8;
/** Codes of `bad_msg_notification` that GramJS resolves by writing the call again. */
const MENDABLE = new Set([16, 17, 32, 33]);

/** GramJS's TCP transport to one address. It records why it ended, and can be closed at any time. */
export class Transport extends ConnectionTCPFull {
  /** The transport error or bad frame that ended the connection. */
  trouble: TransportError | BadFrameError | undefined;
  readonly #mayTalk: () => boolean;
  /** Towards an MTProto proxy. */
  #obfuscation: Obfuscation | undefined;
  readonly #secret: string | undefined;

  constructor({ id, host, port }: DataCenter, proxy: ProxyServer | undefined, mayTalk: () => boolean) {
    super({
      ip: host,
      port,
      dcId: id,
      loggers: SILENT,
      // GramJS only passes the proxy on to it.
      socket: ResetSocket as unknown as typeof PromisedNetSockets,
      testServers: false,
      ...(proxy !== undefined && { proxy: proxy as unknown as ProxyInterface }),
    });
    this.#mayTalk = mayTalk;
    this.#secret = proxy?.kind === 'mtproxy' ? proxy.secret : undefined;
    this.PacketCodecClass = codecFor(this.#secret);
  }

  override async _initConn(): Promise<void> {
    if (this.#secret === undefined) return super._initConn();
    this.#obfuscation = new Obfuscation(this.#secret, this._dcId);
    this.socket.write(this.#obfuscation.header);
  }

  /** GramJS's last step before the socket, after encryption and its queue. An error thrown here ends the connection. */
  override async _send(data: Buffer): Promise<void> {
    if (!this.#mayTalk()) {
      await this.cut();
      throw new Error('Nothing may be sent for this account from here any more');
    }
    if (this.#obfuscation === undefined) return super._send(data);
    this.socket.write(this.#obfuscation.encrypt(this._codec.encodePacket(data)));
  }

  override async _recv(): Promise<unknown> {
    try {
      if (this.#obfuscation === undefined) return await super._recv();
      return await this._codec.readPacket(this.#obfuscation.over(this.socket));
    } catch (error) {
      // GramJS drops this error with the connection.
      if (error instanceof TransportError || error instanceof BadFrameError) this.trouble = error;
      throw error;
    }
  }

  /** Closes the socket in any state. GramJS's `disconnect()` does not close a socket that is still connecting. */
  async cut(): Promise<void> {
    await this.disconnect();
    await this.socket.close();
  }
}

function codecFor(secret: string | undefined): typeof FullPacketCodec {
  if (secret === undefined) return CheckedFrames;
  // GramJS only calls the two methods that all of its codecs have.
  return (isPadded(secret) ? PaddedFrames : IntermediateFrames) as unknown as typeof FullPacketCodec;
}

/**
 * GramJS's MTProto sender alone: encryption, message ids, salts, containers. The layers of GramJS above it are
 * deliberately not used, because they sleep on flood waits, retry, ping without end, keep every entity they see, and
 * hang.
 * The overrides change what does not fit in the sender itself:
 * - `reconnect()` would reconnect by itself for ever and send pending calls again. Its background promise also causes
 *   GramJS's unhandled rejections. Here a broken connection is reported once and its owner decides.
 * - GramJS answers complaints about a message (`bad_msg_notification`, `bad_server_salt`) by writing it again, without
 *   end, or rejects the call with an error of its own. Here the connection is reported broken after a few complaints,
 *   or after one that writing again cannot resolve.
 * - GramJS throws a refused call through its receive loop. That loses the rest of the call's container, and the name of
 *   all FLOOD and MIGRATE errors. Here only the call is rejected, with Telegram's own name.
 */
export class Sender extends MTProtoSender {
  readonly #onBroken: (cause: Error) => void;
  /** Consecutive complaints. */
  #complaints = 0;
  /** Called when somebody scanned the QR code of this key. */
  onLoginToken: () => void = () => {};
  /** Called with what Telegram pushes. */
  onUpdates: (updates: Api.TypeUpdates) => void = () => {};
  /** Called when Telegram has begun a new session: it may have dropped pushes. */
  onNewSession: () => void = () => {};

  private constructor(
    key: AuthKey,
    dcId: number,
    onBroken: (cause: Error) => void,
    onError: (error: unknown) => void,
  ) {
    // The sender uses only this method of a client, but the type requires a whole one.
    const client = { _errorHandler: async (error: unknown) => onError(error) } as unknown as TelegramClient;
    super(key, {
      logger: SILENT,
      client,
      dcId,
      isMainSender: true,
      securityChecks: true,
      retries: 1,
      reconnectRetries: 1,
      delay: 0,
      autoReconnect: false,
      connectTimeout: null,
      authKeyCallback: null,
      _exportedSenderPromises: new Map(),
    });
    this.#onBroken = onBroken;
  }

  /**
   * @param authKey `undefined` to agree on a new key while connecting.
   * @param onBroken called when the connection has become useless, maybe more than once.
   * @param onError called with errors that GramJS would print.
   */
  static async create(
    authKey: Buffer | undefined,
    dcId: number,
    onBroken: (cause: Error) => void,
    onError: (error: unknown) => void,
  ): Promise<Sender> {
    const key = new AuthKey();
    await key.setKey(authKey);
    return new Sender(key, dcId, onBroken, onError);
  }

  /**
   * Frees memory that GramJS retains after a call: 12 KB for each idle account.
   * GramJS's loop references the finished call until the next one. It also keeps acknowledgements to resend but never
   * finds them, since it compares ids as objects.
   */
  forget(state: RequestState): void {
    Object.assign(state, { data: NOTHING, promise: undefined, resolve: undefined, reject: undefined });
    (this as unknown as { _lastAcks: unknown[] })._lastAcks.length = 0;
  }

  override reconnect(): void {
    const trouble = this._connection instanceof Transport ? this._connection.trouble : undefined;
    this.#onBroken(trouble ?? new Error('The connection was closed by the other side'));
  }

  override async _handleBadServerSalt(message: TLMessage): Promise<void> {
    if (this.#isComplaintTooMany('bad_server_salt')) return;
    await super._handleBadServerSalt(message);
  }

  override async _handleBadNotification(message: TLMessage): Promise<void> {
    const { errorCode } = message.obj as { errorCode: number };
    const name = `bad_msg_notification ${errorCode}`;
    if (this.#isComplaintTooMany(name)) return;
    if (MENDABLE.has(errorCode)) await super._handleBadNotification(message);
    else this.#onBroken(new Error(`Telegram did not take a message: ${name}`));
  }

  #isComplaintTooMany(name: string): boolean {
    this.#complaints += 1;
    if (this.#complaints <= MAX_COMPLAINTS) return false;
    this.#onBroken(new Error(`Telegram did not take a message, ${MAX_COMPLAINTS} times in a row: ${name}`));
    return true;
  }

  override async _handleUpdate(message: TLMessage): Promise<void> {
    if (saysLoginToken(message.obj)) this.onLoginToken();
    if (isUpdates(message.obj)) this.onUpdates(message.obj);
  }

  override async _handleNewSessionCreated(message: TLMessage): Promise<void> {
    await super._handleNewSessionCreated(message);
    this.onNewSession();
  }

  override _handleRPCResult(message: TLMessage): void {
    this.#complaints = 0;
    const refusal = refusalIn(message.obj);
    if (refusal === undefined) super._handleRPCResult(message);
    else this._pendingState.getAndDelete(refusal.callId)?.reject(refusal.error);
  }
}

/** Whether a push contains `updateLoginToken`: bare, in `updateShort`, or among other updates. */
function saysLoginToken(pushed: unknown): boolean {
  if (pushed instanceof Api.UpdateShort) return saysLoginToken(pushed.update);
  if (pushed instanceof Api.Updates || pushed instanceof Api.UpdatesCombined)
    return pushed.updates.some(saysLoginToken);
  return pushed instanceof Api.UpdateLoginToken;
}

/** Extracts the `rpc_error` from GramJS's RPCResult, whose fields are private in its types. */
function refusalIn(result: unknown): { callId: bigInt.BigInteger; error: RpcError } | undefined {
  if (typeof result !== 'object' || result === null || !('error' in result) || !('reqMsgId' in result))
    return undefined;
  const { error, reqMsgId } = result;
  if (!(error instanceof Api.RpcError) || !bigInt.isInstance(reqMsgId)) return undefined;
  return { callId: reqMsgId, error: new RpcError(error.errorCode, error.errorMessage) };
}
