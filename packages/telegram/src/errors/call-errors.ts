/** Telegram's refusal of a call (`rpc_error`). Keeps Telegram's full name, e.g. `FLOOD_WAIT_30`. */
export class RpcError extends Error {
  readonly code: number;
  readonly rpcName: string;

  constructor(code: number, rpcName: string) {
    super(`Telegram answered ${code} ${rpcName}`);
    this.name = 'RpcError';
    this.code = code;
    this.rpcName = rpcName;
  }
}

/** The documented meanings of the codes (core.telegram.org/mtproto/mtproto-transports#transport-errors). */
const TRANSPORT_ERRORS: Readonly<Record<number, string>> = {
  [-403]: 'access is forbidden',
  [-404]: 'the auth key is not known',
  [-429]: 'too many connections from this address',
  [-444]: 'this is not the data centre that was asked for',
};

/** A bare number in place of an answer. The connection is useless; whether a call took effect is not certain. */
export class TransportError extends Error {
  /** Negative, like -404. */
  readonly code: number;

  constructor(code: number) {
    super(`transport error ${code}: ${TRANSPORT_ERRORS[code] ?? 'Telegram is in trouble'}`);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** The bytes are not an MTProto frame: something between us and Telegram answers in its place, or corrupts the data. */
export class BadFrameError extends Error {
  override readonly name = 'BadFrameError';
}

/**
 * The server answered the first call under an existing auth key with transport error -404. It read nothing of the call.
 */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';

  constructor() {
    super('The server does not know the auth key');
  }
}

/** The call was not written to the socket: it cannot have taken effect. */
export class NotSentError extends Error {
  override readonly name: string = 'NotSentError';
}

/** The call was written but got no answer: it may have taken effect. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';
}

/** There is no connection to Telegram. The message gives the reason for people, and contains no secret. */
export class NotReachedError extends NotSentError {
  override readonly name: string = 'NotReachedError';
  /** Seconds during which another attempt makes things worse; `undefined`: none. */
  retryAfter: number | undefined;
}

/** A proxy did not connect. The message contains no password. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

/** The account's own proxy does not get through: another one, or a person, can help. */
export class OwnProxyError extends NotReachedError {
  override readonly name = 'OwnProxyError';
}

/** The server was reached, but the key exchange failed. */
export class KeyExchangeError extends NotReachedError {}

/** The operator's settings make Telegram unreachable, so retries cannot help. The message names the setting. */
export class MisconfiguredError extends NotReachedError {
  override readonly name = 'MisconfiguredError';
}
