/**
 * The seam between the two halves of the sandbox: `mtproto/` speaks the protocol (transports, keys, encryption, sessions)
 * and knows nothing of accounts; `rpc/` and `state/` are "Telegram" and know nothing of sockets.
 */

/** A value of TL. `int` is a number, `long`, `int128` and `int256` are bigint / bytes, `bytes` a Buffer, a bare `true` flag a boolean. */
export type TlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TlObject
  | TlValue[]
  | undefined;

/** A TL object or method call: `_` is the constructor's or method's full name as the schema has it, e.g. `messages.sendMessage`. */
export interface TlObject {
  _: string;
  [field: string]: TlValue;
}

/** What one connection's client said of itself in `initConnection`. */
export interface ClientInfo {
  apiId: number;
  deviceModel: string;
  appVersion: string;
}

/** One API call, unwrapped of `invokeWithLayer`, `initConnection`, `invokeWithoutUpdates` and `invokeAfterMsg`. */
export interface RpcCall {
  query: TlObject;
  /** The schema layer the caller speaks: the answer is written in it. */
  layer: number;
  /** The data centre whose port the call came in by. */
  dcId: number;
  /** The 64-bit auth key id as 16 hex digits. The unit of authorization, as at Telegram. */
  authKeyId: string;
  /** The MTProto session, as 16 hex digits. */
  sessionId: string;
  client: ClientInfo | undefined;
}

/**
 * Answers a call. Throws {@link RpcError} for an `rpc_error`, {@link DropConnection} to cut the caller's TCP connection without an answer, or with a transport error.
 * The value is written as the method's declared result type, in the caller's layer.
 */
export type RpcHandler = (call: RpcCall) => Promise<TlValue>;

/** Telegram's refusal of a call: a number like an HTTP status and Telegram's own name for it, e.g. `400 PEER_ID_INVALID`. */
export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, name: string) {
    super(name);
    this.name = 'RpcError';
    this.code = code;
  }
}

/** Cuts the TCP connection that the call came by. The call is not answered. */
export class DropConnection extends Error {
  override readonly name = 'DropConnection';
  /** A transport error that is sent before, negative, e.g. -404. */
  readonly transportError: number | undefined;

  constructor(transportError?: number) {
    super();
    this.transportError = transportError;
  }
}

/** A permanent auth key of a data centre. */
export interface AuthKeyRecord {
  id: string;
  dcId: number;
  /** 256 bytes. */
  key: Uint8Array;
  /** The first server salt, 8 bytes, from the key exchange. */
  salt: Uint8Array;
  /**
   * The layer that the key's client last named in `invokeWithLayer(initConnection(…))`. A client that comes back with its key need not
   * say it again; one that never said it gets CONNECTION_NOT_INITED. Kept by `put`ting the record again.
   */
  layer?: number;
}

/** Where auth keys are remembered. `put` returns once the key would survive a kill -9, where the sandbox keeps state on disk. */
export interface AuthKeyStore {
  get(id: string): AuthKeyRecord | undefined;
  put(record: AuthKeyRecord): Promise<void>;
  delete(id: string): Promise<void>;
}

/** What the rpc half may ask of the network half. */
export interface Network {
  /**
   * Sends an `Updates` object to every open connection of an auth key that takes updates (not those whose calls are wrapped in
   * `invokeWithoutUpdates`), each in its own layer; `exceptSessionId` leaves out the caller's own.
   */
  push(authKeyId: string, updates: TlObject, options?: { exceptSessionId?: string }): void;
  /** Forgets a key: its open connections are cut with the transport error -404, later ones get it too. */
  dropKey(authKeyId: string): Promise<void>;
  /** TCP connections open now that carry this key. */
  connections(authKeyId: string): number;
}
