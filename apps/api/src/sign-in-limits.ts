import { GatewayError } from '@gateway/contracts';
import type { ApiContext, Caller } from './context.ts';

const WINDOW_MS = 10 * 60_000;

/** Tries in a window. Telegram bounds codes and logins too, and then makes the account wait for hours: this bound comes before. */
const LIMITS = {
  /** Codes asked for (start, resend), per account. */
  code: 30,
  /** QR sign-ins begun, per account; a code that is renewed on a stream is none. */
  qr: 30,
  /** Codes and passwords tried, per account. */
  verify: 30,
  /** All of these over all accounts, per API key. */
  key: 3_000,
} as const;

/**
 * Counts a step of signing in.
 * @throws {GatewayError} `RATE_LIMITED` with `retry_after` where the account or the caller's key has tried too often.
 */
export async function limitSignIn(
  { producer }: ApiContext,
  { keyName }: Caller,
  step: 'code' | 'qr' | 'verify',
  userId: string,
): Promise<void> {
  await take(`${step}:account:${userId}`, LIMITS[step], 'for this account');
  if (keyName !== null) await take(`sign-in:key:${keyName}`, LIMITS.key, 'with this API key');

  async function take(bucket: string, limit: number, of: string): Promise<void> {
    const { allowed, retryAfter } = await producer.takeToken(bucket, limit, WINDOW_MS);
    if (allowed) return;
    throw new GatewayError('RATE_LIMITED', `Too many sign-in tries ${of}: wait ${retryAfter} s.`, {
      retryAfter,
    });
  }
}
