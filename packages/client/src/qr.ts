import type { UserInfo } from '@gateway/contracts';
import { apiErrorOfEvent, GatewayConnectionError, objectOf } from './errors.ts';
import { repeatable } from './retry.ts';
import type { Transport } from './transport.ts';

/** A code that signs the account in when its owner scans it. */
export interface QrCode {
  status: 'qr';
  /** `tg://login?token=…`: what the picture says. */
  url: string;
  /** RFC 3339, UTC. */
  expires_at: string;
}
export type QrAnswer = QrCode & { job_id: string };

export type QrProgress =
  | QrCode
  | { status: 'authorized'; user: UserInfo }
  | { status: 'password_required'; hint: string | null };

/** See {@link SignIn.watchQr}. */
export async function* watchQr(
  transport: Transport,
  userId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<QrProgress> {
  const path = `/telegram/user/auth/qr/${encodeURIComponent(userId)}`;
  const stream = await transport.stream({ method: 'GET', path, retry: repeatable, signal });
  for await (const { event, data } of stream?.events ?? []) {
    const body = objectOf(data);
    if (body === null) continue;
    if (event === 'error') throw apiErrorOfEvent(body);
    // The shape is the gateway's contract.
    if (event === 'qr' || event === 'authorized' || event === 'password_required')
      yield { ...body, status: event } as QrProgress;
    if (event === 'authorized' || event === 'password_required') return;
  }
  throw new GatewayConnectionError('the stream broke off before its end');
}
