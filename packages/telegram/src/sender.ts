import bigInt from 'big-integer';
import type { TelegramClient } from 'telegram';
import { AuthKey } from 'telegram/crypto/AuthKey.js';
import { Logger, LogLevel } from 'telegram/extensions/Logger.js';
import { PromisedNetSockets } from 'telegram/extensions/PromisedNetSockets.js';
import { ConnectionTCPFull } from 'telegram/network/connection/TCPFull.js';
import type { SocksProxyType } from 'telegram/network/connection/TCPMTProxy.js';
import { MTProtoSender } from 'telegram/network/MTProtoSender.js';
import type { RequestState } from 'telegram/network/RequestState.js';
import type { TLMessage } from 'telegram/tl/core/index.js';
import { Api } from 'telegram/tl/index.js';
import { BadFrameError, RpcError, TransportError } from './call-errors.ts';
import { CheckedFrames } from './frames.ts';
import { HeldAcks } from './held-acks.ts';
import type { DataCenter, Proxy } from './types.ts';

const SILENT = new Logger(LogLevel.NONE);
const NOTHING = Buffer.alloc(0);
/** Complaints about messages of ours (clock, numbering, salt) without an answer between them, after which a new connection helps more. */
const MAX_COMPLAINTS = 8;
/** `bad_msg_notification`s that GramJS mends by writing the call again. */
const MENDABLE = new Set([16, 17, 32, 33]);
/** s that a proxy has to connect. */
const PROXY_TIMEOUT = 10;

/** GramJS's TCP transport to one address, which says why it ended, and can be cut at any time. */
export class Transport extends ConnectionTCPFull {
  override PacketCodecClass = CheckedFrames;
  /** What came in place of a frame, and ended the connection. */
  trouble: TransportError | BadFrameError | undefined;
  readonly #mayTalk: () => boolean;

  constructor({ id, host, port }: DataCenter, proxy: Proxy | undefined, mayTalk: () => boolean) {
    super({
      ip: host,
      port,
      dcId: id,
      loggers: SILENT,
      socket: PromisedNetSockets,
      testServers: false,
      ...(proxy !== undefined && { proxy: toGramJs(proxy) }),
    });
    this.#mayTalk = mayTalk;
  }

  /** GramJS's last step before the socket, after encryption and its queue. What this throws ends the connection. */
  override async _send(data: Buffer): Promise<void> {
    if (!this.#mayTalk()) {
      await this.cut();
      throw new Error('Nothing may be sent for this account from here any more');
    }
    await super._send(data);
  }

  override async _recv(): Promise<unknown> {
    try {
      return await super._recv();
    } catch (error) {
      // GramJS drops this error with the connection.
      if (error instanceof TransportError || error instanceof BadFrameError) this.trouble = error;
      throw error;
    }
  }

  /**
   * Ends the socket whatever its state; GramJS's `disconnect()` leaves one that is still connecting as it is.
   */
  async cut(): Promise<void> {
    await this.disconnect();
    await this.socket.close();
  }
}

function toGramJs({ version, host, port, username, password }: Proxy): SocksProxyType {
  return {
    ip: host,
    port,
    socksType: version,
    timeout: PROXY_TIMEOUT,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

/**
 * GramJS's MTProto sender, bare: encryption, message ids, salts, containers. Everything of GramJS above it is
 * left out on purpose, since that is where it sleeps on flood waits, retries by itself, pings without end,
 * keeps every entity it sees, and hangs. What of the sender itself does not fit is mended by these overrides:
 * - `reconnect()` would connect anew by itself, for ever, and send again what was in flight; its background
 *   promise is also where GramJS's unhandled rejections come from. Here a broken connection is reported once
 *   and left to its owner.
 * - Complaints about a message (`bad_msg_notification`, `bad_server_salt`) are answered by writing it again, without end,
 *   or reject the call with an error of GramJS's own: after a few, or one that writing again does not mend, reported likewise.
 * - A refused call is thrown through the receive loop, which loses the rest of the container that it came in,
 *   and its name is lost for all FLOOD and MIGRATE errors: here the call alone is rejected, with Telegram's
 *   own name.
 */
export class Sender extends MTProtoSender {
  readonly #onBroken: (cause: Error) => void;
  /** In a row. */
  #complaints = 0;
  /** Told when somebody has scanned the QR code of this key. All other updates are dropped. */
  onLoginToken: () => void = () => {};

  private constructor(
    key: AuthKey,
    dcId: number,
    onBroken: (cause: Error) => void,
    onError: (error: unknown) => void,
  ) {
    // All that the sender uses of a client; the type wants a whole one.
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
    Object.assign(this, { _pendingAck: new HeldAcks() });
  }

  /**
   * `authKey`: `undefined` to agree on a new one while connecting. `onBroken` is called when the connection
   * has become useless, maybe more than once; `onError` with whatever GramJS would have printed.
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
   * Lets go of what a call that has ended was and came to, which GramJS's loop holds on to until the next one, and of the acknowledgements that it
   * keeps to send again, though it never finds them (it compares ids as objects): 12 KB for each account that is at rest.
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
  }

  override _handleRPCResult(message: TLMessage): void {
    this.#complaints = 0;
    const refusal = refusalIn(message.obj);
    if (refusal === undefined) super._handleRPCResult(message);
    else this._pendingState.getAndDelete(refusal.callId)?.reject(refusal.error);
  }
}

/** Telegram pushes `updateLoginToken` bare, in `updateShort`, or among others. */
function saysLoginToken(pushed: unknown): boolean {
  if (pushed instanceof Api.UpdateShort) return saysLoginToken(pushed.update);
  if (pushed instanceof Api.Updates || pushed instanceof Api.UpdatesCombined)
    return pushed.updates.some(saysLoginToken);
  return pushed instanceof Api.UpdateLoginToken;
}

/** The `rpc_error` in GramJS's RPCResult, whose fields its types call private. */
function refusalIn(result: unknown): { callId: bigInt.BigInteger; error: RpcError } | undefined {
  if (typeof result !== 'object' || result === null || !('error' in result) || !('reqMsgId' in result))
    return undefined;
  const { error, reqMsgId } = result;
  if (!(error instanceof Api.RpcError) || !bigInt.isInstance(reqMsgId)) return undefined;
  return { callId: reqMsgId, error: new RpcError(error.errorCode, error.errorMessage) };
}
