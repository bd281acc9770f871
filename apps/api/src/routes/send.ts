import { GatewayError, sendBatchRequestSchema, sendRequestSchema } from '@gateway/contracts';
import type { NewSend } from '@gateway/queue';
import { Pauses } from '@gateway/runtime';
import { Hono, type Context } from 'hono';
import { refuseSignedOut } from '../accounts/signed-in.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { refuseHalfPairs } from '../http/half-pairs.ts';
import { answerHeader, requestHeader } from '../http/headers.ts';
import { readIdempotencyKey } from '../http/idempotency-key.ts';
import { parsePrefer } from '../http/prefer.ts';
import { validate } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { readAccountBody, readBatchBody } from '../middleware/json-body.ts';
import { newSend } from '../sending/send-job.ts';
import { awaitSend, holdOf, type SendOutcome } from '../sending/send-outcome.ts';

/** Maximum bytes of a batch. */
const MAX_BATCH_BODY = 8 * 1024 * 1024;

/** Maximum UTF-16 units of jobs that are enqueued at a time: one command to Redis, which is built without a pause. */
const MAX_PLACED = 1_000_000;
/** Approximate UTF-16 units that an entity takes in a job. */
const ENTITY_LENGTH = 45;

/** Accepts messages. A caller that waits long enough gets the message's id, otherwise the job's id. */
export function sendRoutes({ producer, settings, metrics, logger, stopping }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/send', async (c) => {
    const { waitMs, applied } = parsePrefer(requestHeader(c, 'prefer'), settings.SEND_WAIT_MS);
    const idempotencyKey = readIdempotencyKey(requestHeader(c, 'idempotency-key'));
    const request = await readAccountBody(c, sendRequestSchema);
    const send = await newSend(request, c.get('requestId'), logger, idempotencyKey);

    const accepted = await producer.send(send, refuseSignedOut, waitMs > 0);
    metrics.accepted(1);
    c.get('facts').jobId = accepted.jobId;
    if (applied !== null) answerHeader(c, 'Preference-Applied', applied);
    try {
      const hold = holdOf(accepted.view, send.sendAt, settings);
      const waiting = { waitMs, hold, mayBeOld: idempotencyKey !== undefined };
      // A caller that does not wait needs no signal: creating a request's signal costs as much as a web request.
      const outcome = await (waitMs === 0
        ? awaitSend(producer, accepted, { ...waiting, signal: stopping })
        : withEitherSignal(c.req.raw.signal, stopping, (signal) =>
            awaitSend(producer, accepted, { ...waiting, signal }),
          ));
      return answer(c, accepted.jobId, outcome);
    } finally {
      accepted.wait.cancel();
    }
  });

  // Messages are independent: valid ones are enqueued in order, and each refused one gets its own error.
  routes.post('/telegram/user/send/batch', async (c) => {
    const idempotencyKey = readIdempotencyKey(requestHeader(c, 'idempotency-key'));
    const { messages } = await readBatchBody(c, sendBatchRequestSchema, MAX_BATCH_BODY);
    const jobs: Outcome[] = [];
    let group: (NewSend | GatewayError)[] = [];
    let length = 0;
    const pauses = new Pauses();
    for (const [index, message] of messages.entries()) {
      const send = await readMessage(c, message, keyOf(idempotencyKey, index));
      group.push(send);
      length += lengthOf(send);
      await pauses.pause();
      if (length < MAX_PLACED && index < messages.length - 1) continue;
      jobs.push(...(await place(group, jobs)));
      group = [];
      length = 0;
    }
    return c.json({ status: 'queued', jobs: jobs.map(jobOrError) }, 202);
  });

  return routes;

  /**
   * Enqueues a part of a batch. @param earlier the outcomes of the messages before it.
   * @throws {GatewayError} if the queue fails before any message of the batch is enqueued: then the whole batch fails.
   */
  async function place(
    sends: readonly (NewSend | GatewayError)[],
    earlier: readonly Outcome[],
  ): Promise<Outcome[]> {
    const wanted = sends.filter((send): send is NewSend => !(send instanceof GatewayError));
    const placing = wanted.length === 0 ? Promise.resolve([]) : producer.sendMany(wanted, refuseSignedOut);
    const placed = await placing.catch((thrown: unknown) => {
      const error = GatewayError.from(thrown);
      if (error.code === 'INTERNAL' || !earlier.some((each) => 'jobId' in each)) throw error;
      return wanted.map(() => error);
    });
    metrics.accepted(placed.filter((outcome) => !(outcome instanceof GatewayError)).length);
    const outcomes = placed.values();
    return sends.map((send) => {
      const outcome = send instanceof GatewayError ? send : outcomes.next().value;
      if (outcome === undefined) throw new Error('a message of the batch has no outcome');
      return outcome;
    });
  }

  /** Reads one message of a batch. @returns the send, or the error to report for it. */
  async function readMessage(
    c: Context<ApiEnv>,
    message: unknown,
    idempotencyKey: string | undefined,
  ): Promise<NewSend | GatewayError> {
    try {
      refuseHalfPairs(message);
      const request = validate(sendRequestSchema, message, 'message');
      requireAccount(c.get('caller'), request.user_id);
      return await newSend(request, c.get('requestId'), logger, idempotencyKey);
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      // An internal error fails the whole request, not one message.
      if (error.code === 'INTERNAL') throw error;
      return error;
    }
  }
}

/** Cannot equal a caller's key, because those contain no line end. */
function keyOf(batchKey: string | undefined, index: number): string | undefined {
  return batchKey === undefined ? undefined : `${batchKey}\n${index}`;
}

/** The outcome of one message of a batch. */
type Outcome = { jobId: string } | GatewayError;

function lengthOf(send: NewSend | GatewayError): number {
  if (send instanceof GatewayError) return 0;
  return send.job.text.length + ENTITY_LENGTH * (send.job.entities?.length ?? 0);
}

function jobOrError(outcome: Outcome) {
  return outcome instanceof GatewayError
    ? { status: 'error', ...outcome.toPublic() }
    : { job_id: outcome.jobId };
}

function answer(c: Context<ApiEnv>, jobId: string, outcome: SendOutcome): Response {
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
