import type { Api } from 'telegram/tl/index.js';

/** The account's data centre and its auth key there; `undefined` before the key exchange. */
export interface Home {
  dcId: number;
  authKey: Buffer | undefined;
}

/** Sends queries to Telegram for one account. Throws only `TelegramFailure`. */
export interface Asker {
  /** A query: changes nothing at Telegram, so a lost answer is `retry`. */
  ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']>;
}

/**
 * Calls Telegram for one account. Both methods throw only `TelegramFailure`; they differ in the meaning of a lost
 * answer.
 */
export interface Caller extends Asker {
  /**
   * A call with an effect: a lost answer is `unknown`.
   * @param timeoutMs how long to wait for the answer, if not as long as for any call.
   */
  act<R extends Api.AnyRequest>(request: R, timeoutMs?: number): Promise<R['__response']>;
}

/** A {@link Caller} that signs in by QR code. */
export interface QrCaller extends Caller {
  /**
   * As {@link act}. Afterwards, until the next call of another kind, Telegram reports on this connection when the code
   * is scanned.
   */
  actAndListen<R extends Api.AnyRequest>(request: R): Promise<R['__response']>;
  /** Continues in another data centre, with a new key there. */
  startOver(dcId: number): Promise<void>;
  /** Returns to the data centre and key that {@link startOver} left. */
  returnTo(home: Readonly<Home>): Promise<void>;
  readonly home: Readonly<Home>;
  /** How far Telegram's clock is ahead of this machine's, in ms. */
  readonly clockAhead: number;
}
