import { GatewayError } from '@gateway/contracts';
import type { ApiContext, Caller } from '../context.ts';

const WINDOW_MS = 10 * 60_000;

/**
 * Attempts per window. Telegram limits codes and logins too, and then blocks the account for hours; these limits apply
 * first.
 */
const LIMITS = {
  /** Code requests (start, resend), per account. */
  code: 30,
  /** QR sign-ins started, per account. Renewing a code on a stream does not count. */
  qr: 30,
  /** Attempts with a code or a password, per account. */
  verify: 30,
  /** All of these over all accounts, per API key. */
  key: 3_000,
} as const;

/**
 * Counts one sign-in step.
 * @throws {GatewayError} `RATE_LIMITED` with `retry_after` if the account or the caller's key has made too many
 * attempts.
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
