/** Telegram's refusal of a call (`rpc_error`), with its own name kept whole, e.g. `FLOOD_WAIT_30`. */
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

/** What Telegram documents for the codes (core.telegram.org/mtproto/mtproto-transports#transport-errors). */
const TRANSPORT_ERRORS: Readonly<Record<number, string>> = {
  [-403]: 'access is forbidden',
  [-404]: 'the auth key is not known',
  [-429]: 'too many connections from this address',
  [-444]: 'this is not the data centre that was asked for',
};

/** A bare number in place of an answer. It says that the connection is useless, and nothing certain of a call. */
export class TransportError extends Error {
  /** Negative, like -404. */
  readonly code: number;

  constructor(code: number) {
    super(`transport error ${code}: ${TRANSPORT_ERRORS[code] ?? 'Telegram is in trouble'}`);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** The bytes are no frame of MTProto: something between us and Telegram answers in its place, or spoils what it says. */
export class BadFrameError extends Error {
  override readonly name = 'BadFrameError';
}

/** The server answers the first call under a known auth key with transport error -404. Nothing of the call was read. */
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

/** The call was written and no answer came: it may have taken effect. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';
}

/** There is no connection to Telegram. The message says why, for people; it names no secret. */
export class NotReachedError extends NotSentError {
  override readonly name: string = 'NotReachedError';
  /** Seconds in which another try makes it worse; `undefined`: none. */
  retryAfter: number | undefined;
}

/** The server was reached and no key came of it. */
export class KeyExchangeError extends NotReachedError {}

/** Telegram cannot be reached with the operator's settings, however often it is tried. The message names the setting. */
export class MisconfiguredError extends NotReachedError {
  override readonly name = 'MisconfiguredError';
}
