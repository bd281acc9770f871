/**
 * The interface between the two halves of the sandbox. `mtproto/` implements the protocol (transports, keys,
 * encryption, sessions) and does not know accounts; `rpc/` and `state/` implement "Telegram" and do not know sockets.
 */

/**
 * A TL value. `int` is a number, `long` a bigint, `bytes`, `int128` and `int256` are Buffers, and a bare `true` flag is
 * a boolean.
 */
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

/**
 * A TL object or method call. `_` is the full name of the constructor or method in the schema, e.g.
 * `messages.sendMessage`.
 */
export interface TlObject {
  _: string;
  [field: string]: TlValue;
}

/** What the client of a connection says about itself in `initConnection`. */
export interface ClientInfo {
  apiId: number;
  deviceModel: string;
  appVersion: string;
}

/**
 * One API call without its wrappers (`invokeWithLayer`, `initConnection`, `invokeWithoutUpdates`, `invokeAfterMsg`).
 */
export interface RpcCall {
  query: TlObject;
  /** The caller's schema layer. The answer is encoded in it. */
  layer: number;
  /** The data centre whose port received the call. */
  dcId: number;
  /** The 64-bit auth key id as 16 hex digits. As at Telegram, a sign-in belongs to an auth key. */
  authKeyId: string;
  /** The MTProto session id as 16 hex digits. */
  sessionId: string;
  client: ClientInfo | undefined;
}

/**
 * Answers a call. Throws {@link RpcError} to answer with an `rpc_error`, or {@link DropConnection} to close the
 * caller's TCP connection without an answer or with a transport error. The returned value is encoded as the method's
 * declared result type, in the caller's layer.
 */
export type RpcHandler = (call: RpcCall) => Promise<TlValue>;

/**
 * A call refused by Telegram: a code like an HTTP status, and Telegram's name for the error, e.g. `400
 * PEER_ID_INVALID`.
 */
export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, name: string) {
    super(name);
    this.name = 'RpcError';
    this.code = code;
  }
}

/** Closes the TCP connection that the call came in on. The call gets no answer. */
export class DropConnection extends Error {
  override readonly name = 'DropConnection';
  /** Transport error to send before closing; negative, e.g. -404. */
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
   * The layer in the client's latest `invokeWithLayer(initConnection(…))`. A client that reconnects with the key need
   * not send it again; a call on a key without a layer gets CONNECTION_NOT_INITED. `put` the record again to store a
   * new layer.
   */
  layer?: number;
}

/** Stores auth keys. If the sandbox keeps its state on disk, `put` resolves once the key would survive a kill -9. */
export interface AuthKeyStore {
  get(id: string): AuthKeyRecord | undefined;
  put(record: AuthKeyRecord): Promise<void>;
  delete(id: string): Promise<void>;
}

/** The part of `mtproto/` that `rpc/` calls. */
export interface Network {
  /**
   * Sends an `Updates` object to every open connection of an auth key, each in its own layer. Skips connections whose
   * calls are wrapped in `invokeWithoutUpdates`, and the session `exceptSessionId` (normally the caller's own).
   */
  push(authKeyId: string, updates: TlObject, options?: { exceptSessionId?: string }): void;
  /**
   * Deletes a key. Its open connections are closed with the transport error -404, and later connections get the same
   * error.
   */
  dropKey(authKeyId: string): Promise<void>;
  /** The number of open TCP connections that use this key. */
  connections(authKeyId: string): number;
}
