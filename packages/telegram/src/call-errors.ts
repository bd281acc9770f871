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

/**
 * The server does not know the auth key (transport error -404): the session is over, and nothing of the call
 * was read.
 */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';

  constructor() {
    super('The server does not know the auth key');
  }
}

/** The call was not written to the socket: it cannot have taken effect. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** The call was written and no answer came: it may have taken effect. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError';
}

/** The server was reached and no key came of it. */
export class KeyExchangeError extends NotSentError {}
