import { GatewayError, isSignedIn, type AccountView, type QrResult } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';

/** ms between two looks at how the account stands. */
const LOOK_AGAIN_MS = 500;
/** ms before its end at which a code is renewed: the worker gives out no code that is good for less than 5 s. */
const RENEW_BEFORE_MS = 4_500;
/** ms between two renewals at least, however short-lived the codes. */
const MIN_RENEWAL_MS = 1_000;
/** ms without a code that can be scanned, after which the trouble is told. */
const MAX_TROUBLE_MS = 30_000;
/** ms that nobody scans, after which it is watched no longer. */
const MAX_UNSCANNED_MS = 10 * 60_000;

export interface QrEvent {
  event: 'qr' | 'authorized' | 'password_required';
  data: object;
}

export interface QrWatch {
  /** How it stood at first; `null`: signed in. */
  first: QrResult | null;
  /** As the worker last published it. */
  view: () => Promise<AccountView>;
  /** The code to scan now, or what came of a scan. */
  show: (signal: AbortSignal) => Promise<QrResult>;
  signal: AbortSignal;
  /** ms since the epoch. */
  now?: () => number;
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * A QR sign-in as it goes on: each fresh code, and how it ended. Ends without an event where the signal is aborted.
 * @throws {GatewayError} `AUTH_NOT_STARTED` where it was cancelled, replaced or not scanned for ten minutes; or what keeps it from going on.
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
    // The login itself is left: it may be a later one than that which was watched at first, and its codes run out by themselves.
    if (now() - begun >= MAX_UNSCANNED_MS)
      throw new GatewayError('AUTH_NOT_STARTED', 'Nobody has scanned a code for ten minutes: begin again.');
    // The hint at the password is the worker's to tell.
    if (state === 'password_required' || now() >= renewAt) {
      const next = await renewed(shown, () => show(signal), now());
      if (next !== null && !isSame(next, shown)) yield eventOf(next);
      shown = next ?? shown;
      renewAt = renewalOf(next, now());
    }
    if (shown === null || shown.status === 'qr') await pause(LOOK_AGAIN_MS, signal);
  }
}

/** `null`: it could not be had just now, which a worker that starts again or a network mends. */
async function renewed(
  shown: QrResult | null,
  show: () => Promise<QrResult>,
  now: number,
): Promise<QrResult | null> {
  try {
    return await show();
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    // The account's view shows it.
    if (error.code === 'ALREADY_AUTHORIZED') return null;
    const goodUntil = shown?.status === 'qr' ? Date.parse(shown.expires_at) : 0;
    const isPassing = error.kind === 'retryable' || error.kind === 'unknown_outcome';
    // A wait that Telegram asks for is not to be shortened by asking again.
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
