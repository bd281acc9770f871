const UNIT = 2 ** 32;
const STEP = 4;

/** What a server message is, by the last two bits of its id. */
const ANSWER = 1;
const OTHER = 3;

/** How far a client's clock may be behind and ahead, in seconds. */
const MAX_BEHIND = 300;
const MAX_AHEAD = 30;

/** Makes ids for the server's messages: about the time in 2^-32 seconds, each larger than the one before. */
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
 * What is wrong with the id that a client gave its message, as an `error_code` of `bad_msg_notification`: 18 where it is not
 * divisible by 4, 16 and 17 where it is from too far in the past and in the future. 0 where nothing is.
 */
export function problemWithClientId(msgId: bigint, nowMs: number): number {
  if ((msgId & 3n) !== 0n) return 18;
  const ahead = Number(msgId >> 32n) - nowMs / 1000;
  if (ahead < -MAX_BEHIND) return 16;
  return ahead > MAX_AHEAD ? 17 : 0;
}
