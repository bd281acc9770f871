import { GatewayError } from '@gateway/contracts';
import type { RateLimits } from '@gateway/queue';
import type { Sealer } from '@gateway/runtime';

const WINDOW_MS = 10 * 60_000;

/** Tries of one phone number in a window, under whatever user_id and API key: as many as one account may make. */
const LIMITS = {
  /** Codes asked for (start, resend). */
  code: 30,
  /** Codes and passwords tried. */
  verify: 30,
} as const;

/** Bounds what a phone number's owner, and Telegram's patience with it, can be asked. */
export class PhoneLimits {
  readonly #rateLimits: RateLimits;
  readonly #sealer: Sealer;

  constructor(rateLimits: RateLimits, sealer: Sealer) {
    this.#rateLimits = rateLimits;
    this.#sealer = sealer;
  }

  /** Counts a step of signing in; call it before Telegram is asked. @throws {GatewayError} `RATE_LIMITED` with `retry_after`. */
  async count(step: keyof typeof LIMITS, phoneNumber: string): Promise<void> {
    const phone = this.#sealer.pseudonym(phoneNumber, 'phone');
    const { allowed, retryAfter } = await this.#rateLimits.take(
      `${step}:phone:${phone}`,
      LIMITS[step],
      WINDOW_MS,
    );
    if (allowed) return;
    throw new GatewayError(
      'RATE_LIMITED',
      `Too many sign-in tries for this phone number: wait ${retryAfter} s.`,
      { retryAfter },
    );
  }
}
