import {
  cutsOf,
  GatewayError,
  isSignedIn,
  isStopped,
  sendRequestSchema,
  type AccountView,
  type HoldNotice,
  type SendRequest,
} from '@gateway/contracts';
import type { Settings } from '@gateway/runtime';
import { Hono, type Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../either-signal.ts';
import { readAccountBody } from '../middleware/json-body.ts';
import { parsePrefer } from '../prefer.ts';
import { awaitSend, type SendOutcome } from '../send-outcome.ts';
import { validationError } from '../validation.ts';

/** Accepts messages. Whoever waits long enough is told the message's id, everybody else the job's. */
export function sendRoutes({ producer, settings, stopping }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/send', async (c) => {
    const { waitMs, applied } = parsePrefer(c.req.header('prefer'), settings.SEND_WAIT_MS);
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'));
    const request = await readAccountBody(c, sendRequestSchema);
    const view = await producer.accountView(request.user_id);
    if (!isSignedIn(view.state)) throw notSignedIn(view);

    const sendAt = request.send_at;
    const accepted = await producer.send(sendJob(request, c.get('requestId')), { idempotencyKey, sendAt });
    c.get('facts').jobId = accepted.jobId;
    if (applied !== null) c.header('Preference-Applied', applied);
    try {
      const mayBeOld = idempotencyKey !== undefined;
      const outcome = await withEitherSignal(c.req.raw.signal, stopping, (signal) =>
        awaitSend(producer, accepted, { waitMs, hold: holdOf(view, sendAt, settings), mayBeOld, signal }),
      );
      return answer(c, accepted.jobId, outcome);
    } finally {
      accepted.wait.cancel();
    }
  });

  return routes;
}

/** Why the message will not go out yet, as far as it is known before it is tried. */
function holdOf(
  view: AccountView,
  sendAt: number | undefined,
  { SEND_MAX_WAIT }: Settings,
): HoldNotice | null {
  const now = Date.now();
  if (sendAt !== undefined && sendAt > now) return { reason: 'SEND_AT', until: sendAt };
  if (isStopped(view)) return { reason: view.reason ?? view.state.toUpperCase(), until: null };
  // One that is not kept for so long fails at once: its end is worth waiting for.
  return view.hold !== null && view.hold.until - now > SEND_MAX_WAIT ? null : view.hold;
}

function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x20-\x7e]{1,200}$/.test(header)) return header;
  throw validationError([
    { path: 'Idempotency-Key', message: 'must be 1 to 200 printable ASCII characters' },
  ]);
}

function notSignedIn({ reason, next_action }: Pick<AccountView, 'reason' | 'next_action'>): GatewayError {
  if (reason === null) return new GatewayError('NOT_AUTHORIZED');
  return new GatewayError(
    'NOT_AUTHORIZED',
    ['This account is not signed in:', reason, next_action ?? ''].join(' ').trim(),
  );
}

function sendJob(
  { user_id, recipient_id, text, reply_to, silent, link_preview }: SendRequest,
  requestId: string,
) {
  const cuts = cutsOf(text);
  return {
    userId: user_id,
    recipient: recipient_id,
    text,
    ...(cuts.length > 0 && { cuts }),
    ...(reply_to !== undefined && { replyTo: reply_to }),
    ...(silent !== undefined && { silent }),
    linkPreview: link_preview,
    requestId,
  };
}

function answer(c: Context<ApiEnv>, jobId: string, outcome: SendOutcome): Response {
  if (outcome.state === 'completed') {
    return c.json({ status: 'ok', success: true, ...outcome.result, job_id: jobId });
  }
  const { state, reason, retryAt } = outcome;
  c.header('Location', `/jobs/${jobId}`);
  return c.json(
    {
      status: 'queued',
      job_id: jobId,
      state,
      ...(reason !== null && { reason }),
      ...(retryAt !== null && { retry_at: retryAt }),
    },
    202,
  );
}
