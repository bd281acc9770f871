import type { ActionName, RequestOf } from '@gateway/actions';
import type { BatchAnswer, BatchCheck } from './batch-types.ts';
import { headerText } from './header-text.ts';
import { repeatable, withIdempotencyKey } from './retry.ts';
import type { Transport } from './transport.ts';
import type { ActionOutcome, CallOptions } from './types.ts';

export interface IdempotencyOptions extends CallOptions {
  /**
   * 1 to 200 characters. Sends with the same key are the same message.
   * Default: a new key for each call, so that the retries within one call send one message.
   */
  idempotencyKey?: string | undefined;
}

export interface SendOptions extends IdempotencyOptions {
  /** Whole seconds, at most 60, that the gateway waits for the message to be sent. Default: the gateway's (10). */
  wait?: number | undefined;
  /** The gateway answers as soon as the message is enqueued or, with `wait`, after at most that time. */
  respondAsync?: boolean | undefined;
}

/** See {@link GatewayClient.act}. */
export function act<N extends ActionName>(
  transport: Transport,
  type: N,
  request: RequestOf<N>,
  { idempotencyKey = newKey(), wait, respondAsync, signal }: SendOptions,
): Promise<ActionOutcome<N>> {
  const prefer = [
    ...(respondAsync === true ? ['respond-async'] : []),
    ...(wait === undefined ? [] : [`wait=${wait}`]),
  ].join(', ');
  return transport.json({
    method: 'POST',
    path: `/telegram/user/${type.replace('.', '/')}`,
    body: request,
    headers: { 'Idempotency-Key': headerText(idempotencyKey), ...(prefer !== '' && { Prefer: prefer }) },
    retry: withIdempotencyKey,
    signal,
    fromHeaders: (headers) => (headers.get('Idempotent-Replayed') === 'true' ? { repeated: true } : {}),
  });
}

/** Enqueues several actions with one call, below `/telegram/user`. */
export function batch(
  transport: Transport,
  path: string,
  body: unknown,
  { idempotencyKey = newKey(), signal }: IdempotencyOptions,
): Promise<BatchAnswer> {
  return transport.json({
    method: 'POST',
    path: `/telegram/user/${path}`,
    body,
    headers: { 'Idempotency-Key': headerText(idempotencyKey) },
    retry: withIdempotencyKey,
    signal,
  });
}

/** Asks what {@link batch} would do now. Nothing is enqueued. */
export function checkBatch(
  transport: Transport,
  path: string,
  body: object,
  { idempotencyKey, signal }: IdempotencyOptions,
): Promise<BatchCheck> {
  return transport.json({
    method: 'POST',
    path: `/telegram/user/${path}`,
    body: { ...body, dry_run: true },
    headers: idempotencyKey === undefined ? {} : { 'Idempotency-Key': headerText(idempotencyKey) },
    retry: repeatable,
    signal,
  });
}

/** Does not use `randomUUID`: browsers offer that only on https pages. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
