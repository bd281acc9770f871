import type { Api } from 'telegram/tl/index.js';

/** Puts questions to Telegram for one account. Throws `TelegramFailure` and nothing else. */
export interface Asker {
  /** A question: changes nothing at Telegram, so a lost answer is `retry`. */
  ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']>;
}

export interface ActOptions {
  /** Telegram may tell this connection of updates from then on. */
  takesUpdates?: boolean;
}

/**
 * Calls Telegram for one account. Both throw `TelegramFailure` and nothing else; they differ in what a lost
 * answer means.
 */
export interface Caller extends Asker {
  /** A call with an effect: a lost answer is `unknown`. */
  act<R extends Api.AnyRequest>(request: R, options?: ActOptions): Promise<R['__response']>;
}
