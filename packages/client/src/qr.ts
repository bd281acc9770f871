import type { UserInfo } from '@gateway/contracts';
import { GatewayConnectionError, objectOf } from './errors.ts';
import { repeatable } from './retry.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, ErrorBody, VerifyAnswer } from './types.ts';

/** A URL to show as a QR code. It can be scanned until `expires_at` (RFC 3339, UTC). */
export interface QrCode {
  status: 'qr';
  /** `tg://login?token=…` */
  url: string;
  expires_at: string;
}

/** The code, or the result of the sign-in if an earlier code was already scanned. */
export type QrAnswer = (QrCode & { job_id: string }) | VerifyAnswer;

export type QrEvent =
  /** A new code, because the previous one is about to expire. */
  | { event: 'qr'; data: QrCode }
  | { event: 'authorized'; data: { status: 'authorized'; user: UserInfo } }
  /** Two-factor authentication is on: verify with the password alone. */
  | { event: 'password_required'; data: { status: 'password_required'; hint: string | null } }
  /** The sign-in was cancelled, nobody scanned for ten minutes, or Telegram refused. */
  | { event: 'error'; data: ErrorBody };

const EVENTS: readonly string[] = [
  'qr',
  'authorized',
  'password_required',
  'error',
] satisfies QrEvent['event'][];

/** See {@link SignIn.watchQr}. */
export async function* qrEvents(
  transport: Transport,
  userId: string,
  { signal }: CallOptions,
): AsyncGenerator<QrEvent> {
  const path = `/telegram/user/auth/qr/${encodeURIComponent(userId)}`;
  const stream = await transport.stream({ method: 'GET', path, retry: repeatable, signal });
  for await (const { event, data } of stream?.events ?? []) {
    const body = EVENTS.includes(event) ? objectOf(data) : null;
    if (body === null) continue;
    // The cast relies on the gateway's contract.
    yield { event, data: body } as unknown as QrEvent;
    if (event !== 'qr') return;
  }
  throw new GatewayConnectionError('the stream closed before its end');
}
