import { GatewayError, isSignedIn, type AccountView, type QrResult } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import { isOnNextWorker } from '../control/interactive.ts';

/** Interval in ms at which the account's view is read. */
const LOOK_AGAIN_MS = 500;
/** ms before its expiry at which a code is renewed. The worker issues no code that expires in less than 5 s. */
const RENEW_BEFORE_MS = 4_500;
/** Minimum ms between two renewals, however short-lived the codes are. */
const MIN_RENEWAL_MS = 1_000;
/** ms without a valid code after which the error is reported. */
const MAX_TROUBLE_MS = 30_000;
/** ms without a scan after which the stream ends. */
const MAX_UNSCANNED_MS = 10 * 60_000;

export interface QrEvent {
  event: 'qr' | 'authorized' | 'password_required';
  data: object;
}

export interface QrWatch {
  /** The first result; `null`: already signed in. */
  first: QrResult | null;
  /** Reads the account view that the worker published last. */
  view: () => Promise<AccountView>;
  /** Requests the current code, or the result of a scan. */
  show: (signal: AbortSignal) => Promise<QrResult>;
  signal: AbortSignal;
  /** ms since the epoch. */
  now?: () => number;
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Yields the events of a QR sign-in: every fresh code, then the result. Ends without a result if the signal is aborted.
 * @throws {GatewayError} `AUTH_NOT_STARTED` if the sign-in was cancelled, replaced or not scanned for ten minutes; or
 * the error that prevents it from continuing.
 */
export async function* qrEvents(watch: QrWatch): AsyncGenerator<QrEvent> {
  const { first, view, show, signal, now = Date.now, pause = sleep } = watch;
  const begun = now();
  let shown: QrResult | null = first;
  if (shown !== null) yield eventOf(shown);
  let renewAt = renewalOf(shown, now());
  while (!signal.aborted && (shown === null || shown.status === 'qr')) {
    const { state, user } = await view();
    if (isSignedIn(state)) {
      yield { event: 'authorized', data: { status: 'authorized', user } };
      return;
    }
    if (state !== 'qr_pending' && state !== 'password_required') throw new GatewayError('AUTH_NOT_STARTED');
    // Does not cancel the login: it may be a newer one than the login watched here, and its codes expire by themselves.
    if (now() - begun >= MAX_UNSCANNED_MS)
      throw new GatewayError('AUTH_NOT_STARTED', 'Nobody has scanned a code for ten minutes: begin again.');
    // Only the worker knows the password hint.
    if (state === 'password_required' || now() >= renewAt) {
      const next = await renewed(shown, () => show(signal), now());
      if (next !== null && !isSame(next, shown)) yield eventOf(next);
      shown = next ?? shown;
      renewAt = renewalOf(next, now());
    }
    if (shown === null || shown.status === 'qr') await pause(LOOK_AGAIN_MS, signal);
  }
}

/** `null`: no result at the moment, because of a temporary failure such as a restarting worker or a network error. */
async function renewed(
  shown: QrResult | null,
  show: () => Promise<QrResult>,
  now: number,
): Promise<QrResult | null> {
  try {
    return await show();
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    // The account's view shows the sign-in.
    if (error.code === 'ALREADY_AUTHORIZED' || isOnNextWorker(error)) return null;
    const goodUntil = shown?.status === 'qr' ? Date.parse(shown.expires_at) : 0;
    const isPassing = error.kind === 'retryable' || error.kind === 'unknown_outcome';
    // A wait that Telegram demands must not be cut short by another request.
    if (error.details.retryAfter !== undefined || !isPassing || now >= goodUntil + MAX_TROUBLE_MS)
      throw error;
    return null;
  }
}

function renewalOf(shown: QrResult | null, now: number): number {
  const soonest = now + MIN_RENEWAL_MS;
  return shown?.status === 'qr' ? Math.max(soonest, Date.parse(shown.expires_at) - RENEW_BEFORE_MS) : soonest;
}

function isSame(next: QrResult, shown: QrResult | null): boolean {
  return next.status === 'qr' && shown?.status === 'qr' && next.url === shown.url;
}

function eventOf(result: QrResult): QrEvent {
  return { event: result.status, data: result };
}
