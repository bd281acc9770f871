import type { Api } from 'telegram/tl/index.js';

/** The account's data centre and its auth key there; `undefined` before the key exchange. */
export interface Home {
  dcId: number;
  authKey: Buffer | undefined;
}

/** Puts questions to Telegram for one account. Throws `TelegramFailure` and nothing else. */
export interface Asker {
  /** A question: changes nothing at Telegram, so a lost answer is `retry`. */
  ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']>;
}

/**
 * Calls Telegram for one account. Both throw `TelegramFailure` and nothing else; they differ in what a lost
 * answer means.
 */
export interface Caller extends Asker {
  /** A call with an effect: a lost answer is `unknown`. */
  act<R extends Api.AnyRequest>(request: R): Promise<R['__response']>;
}

/** A {@link Caller} that signs in by QR code. */
export interface QrCaller extends Caller {
  /** As {@link act}; after it, until the next other call, Telegram tells here when the code was scanned. */
  actAndListen<R extends Api.AnyRequest>(request: R): Promise<R['__response']>;
  /** Goes on in another data centre, with a new key there. */
  startOver(dcId: number): Promise<void>;
  /** Goes back to where {@link startOver} left. */
  returnTo(home: Readonly<Home>): Promise<void>;
  readonly home: Readonly<Home>;
  /** ms that Telegram's clock is ahead of this machine's. */
  readonly clockAhead: number;
}
