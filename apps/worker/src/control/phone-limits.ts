import { GatewayError } from '@gateway/contracts';
import type { RateLimits } from '@gateway/queue';
import type { Sealer } from '@gateway/runtime';

const WINDOW_MS = 10 * 60_000;

/** Attempts per phone number in a window, across all user_ids and API keys: as many as one account may make. */
const LIMITS = {
  /** Codes requested (start, resend). */
  code: 30,
  /** Codes and passwords submitted. */
  verify: 30,
} as const;

/**
 * Limits sign-in attempts per phone number, so that its owner is not flooded with codes and Telegram does not block the
 * number.
 */
export class PhoneLimits {
  readonly #rateLimits: RateLimits;
  readonly #sealer: Sealer;

  constructor(rateLimits: RateLimits, sealer: Sealer) {
    this.#rateLimits = rateLimits;
    this.#sealer = sealer;
  }

  /**
   * Counts a sign-in step. Call it before asking Telegram.
   * @throws {GatewayError} `RATE_LIMITED` with `retry_after`.
   */
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
