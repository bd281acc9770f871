import {
  GatewayError,
  isSignedIn,
  sendRequestSchema,
  type AccountView,
  type SendRequest,
} from '@gateway/contracts';
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
    const { state, hold, ...view } = await producer.accountView(request.user_id);
    if (!isSignedIn(state)) throw notSignedIn(view);

    const accepted = await producer.send(sendJob(request, c.get('requestId')), idempotencyKey);
    c.get('facts').jobId = accepted.jobId;
    if (applied !== null) c.header('Preference-Applied', applied);
    try {
      const mayBeOld = idempotencyKey !== undefined;
      const outcome = await withEitherSignal(c.req.raw.signal, stopping, (signal) =>
        awaitSend(producer, accepted, { waitMs, hold, mayBeOld, signal }),
      );
      return answer(c, accepted.jobId, outcome);
    } finally {
      accepted.wait.cancel();
    }
  });

  return routes;
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
  return {
    userId: user_id,
    recipient: recipient_id,
    text,
    ...(reply_to !== undefined && { replyTo: reply_to }),
    ...(silent !== undefined && { silent }),
    linkPreview: link_preview,
    requestId,
  };
}

function answer(c: Context<ApiEnv>, jobId: string, outcome: SendOutcome): Response {
  if (outcome.state === 'completed') {
    const { message_id, date } = outcome.result;
    return c.json({ status: 'ok', success: true, message_id, date, job_id: jobId });
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
