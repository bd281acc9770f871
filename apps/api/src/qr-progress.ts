import { GatewayError, isSignedIn, type QrResult, type UserInfo } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import type { ApiContext } from './context.ts';
import { runInteractive } from './interactive.ts';

/** ms between looks at how the sign-in stands. */
const LOOK_MS = 500;
/** ms before a code runs out that a fresh one is asked for, and between codes at least. */
const BEFORE_END_MS = 2_000;
const AT_LEAST_MS = 1_000;
/** ms after which a sign-in that nobody finishes is given up. */
const GIVE_UP_MS = 10 * 60_000;

export type QrProgress =
  | Extract<QrResult, { status: 'qr' | 'password_required' }>
  | { status: 'authorized'; user: UserInfo | null };

/**
 * A sign-in by a QR code: each fresh code, then how it ends. The worker finishes it by itself; this looks at what it shows, and has codes
 * renewed.
 * @throws {GatewayError} `AUTH_NOT_STARTED` where there is none (any more), or what a worker says against it.
 */
export async function* qrProgress(
  context: ApiContext,
  userId: string,
  requestId: string,
  signal: AbortSignal,
): AsyncGenerator<QrProgress> {
  const { producer } = context;
  const begun = Date.now();
  let renewAt = 0;
  const call = { userId, requestId, signal };
  while (!signal.aborted) {
    const { state, user } = await producer.accountView(userId);
    if (isSignedIn(state)) return yield { status: 'authorized', user };
    if (state !== 'qr_pending' && state !== 'password_required') throw new GatewayError('AUTH_NOT_STARTED');
    if (Date.now() - begun > GIVE_UP_MS) {
      await runInteractive(context, { name: 'auth.cancel', payload: {}, ...call });
      throw new GatewayError('AUTH_NOT_STARTED', 'Nobody has scanned the QR code: begin again.');
    }
    if (state === 'password_required' || Date.now() >= renewAt) {
      const { result } = await runInteractive(context, {
        name: 'auth.qr',
        payload: { begins: false },
        ...call,
      });
      yield result;
      if (result.status !== 'qr') return;
      renewAt = Math.max(Date.parse(result.expires_at) - BEFORE_END_MS, Date.now() + AT_LEAST_MS);
    }
    await sleep(LOOK_MS, signal);
  }
}
