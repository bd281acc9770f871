import { ACTION_NAMES, actionOf, newJob, pathOf, type AnyAction } from '@gateway/actions';
import { botUserId } from '@gateway/runtime';
import { Hono, type Context } from 'hono';
import { refuseSignedOut } from '../accounts/signed-in.ts';
import { awaitAction, holdOf, type ActionOutcome } from '../actions/await-action.ts';
import { jobTools } from '../actions/job-tools.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { answerHeader, requestHeader } from '../http/headers.ts';
import { readIdempotencyKey } from '../http/idempotency-key.ts';
import { parsePrefer } from '../http/prefer.ts';
import { whileConnected } from '../http/while-connected.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/**
 * A route for each action of the catalogue. A caller that waits long enough gets the action's result, otherwise the
 * job's id.
 */
export function actionRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  for (const name of ACTION_NAMES) {
    const action = actionOf(name);
    if (action !== undefined) routes.post(pathOf(name), (c) => runAction(context, c, action));
  }
  return routes;
}

async function runAction(
  { producer, settings, metrics, logger, stopping }: ApiContext,
  c: Context<ApiEnv>,
  action: AnyAction,
): Promise<Response> {
  const { waitMs, applied } = parsePrefer(requestHeader(c, 'prefer'), settings.SEND_WAIT_MS);
  const idempotencyKey = readIdempotencyKey(requestHeader(c, 'idempotency-key'));
  const request = await readAccountBody(c, action.request);
  const job = await newJob(
    action,
    request,
    {
      requestId: c.get('requestId'),
      idempotencyKey,
      bot: botUserId(settings),
      recipientOfJob: (userId, jobId) => producer.jobs.recipientOf(userId, jobId),
    },
    jobTools(logger),
  );

  const accepted = await producer.enqueue(job, refuseSignedOut, waitMs > 0);
  metrics.accepted(1);
  c.get('facts').jobId = accepted.jobId;
  if (applied !== null) answerHeader(c, 'Preference-Applied', applied);
  if (accepted.isRepeat) answerHeader(c, 'Idempotent-Replayed', 'true');
  try {
    const hold = holdOf(accepted.view, job.sendAt, settings);
    const waiting = {
      waitMs,
      hold,
      mayBeOld: idempotencyKey !== undefined || job.data['after'] !== undefined,
    };
    const outcome = await (waitMs === 0
      ? awaitAction(producer, accepted, { ...waiting, signal: stopping })
      : whileConnected(c, stopping, (signal) => awaitAction(producer, accepted, { ...waiting, signal })));
    return answer(c, accepted.jobId, outcome);
  } finally {
    accepted.wait.cancel();
  }
}

function answer(c: Context<ApiEnv>, jobId: string, outcome: ActionOutcome): Response {
  if (outcome.state === 'completed') {
    return c.json({ status: 'ok', success: true, ...outcome.result, job_id: jobId });
  }
  const { state, reason, retryAt } = outcome;
  answerHeader(c, 'Location', `/jobs/${jobId}`);
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
