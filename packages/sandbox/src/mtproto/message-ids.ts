const UNIT = 2 ** 32;
const STEP = 4;

/** The last two bits of a server message's id: 1 for an answer to a client's message, 3 for any other message. */
const ANSWER = 1;
const OTHER = 3;

/** How far a client's clock may be behind or ahead, in seconds. */
const MAX_BEHIND = 300;
const MAX_AHEAD = 30;

/** Generates ids for the server's messages: the time in units of 2^-32 seconds, always larger than the last id. */
export class MessageIds {
  readonly #clock: () => number;
  #seconds = 0;
  #fraction = 0;

  /** `clock` gives Unix milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  next(isAnswer: boolean): bigint {
    const now = this.#clock();
    const seconds = Math.floor(now / 1000);
    const fraction = Math.floor(((now - seconds * 1000) / 1000) * (UNIT / STEP)) * STEP;
    if (seconds > this.#seconds || (seconds === this.#seconds && fraction > this.#fraction)) {
      this.#seconds = seconds;
      this.#fraction = fraction;
    } else {
      this.#fraction += STEP;
      if (this.#fraction >= UNIT) {
        this.#fraction = 0;
        this.#seconds += 1;
      }
    }
    return (BigInt(this.#seconds) << 32n) | BigInt(this.#fraction + (isAnswer ? ANSWER : OTHER));
  }
}

/**
 * Checks a client's message id. Returns the `error_code` for `bad_msg_notification`: 18 if it is not divisible by 4, 16
 * if it is too old, 17 if it is too far in the future; 0 if it is valid.
 */
export function problemWithClientId(msgId: bigint, nowMs: number): number {
  if ((msgId & 3n) !== 0n) return 18;
  const ahead = Number(msgId >> 32n) - nowMs / 1000;
  if (ahead < -MAX_BEHIND) return 16;
  return ahead > MAX_AHEAD ? 17 : 0;
}
