import type * as z from 'zod';
import type { JobTools } from './action.ts';
import type { ActionName, AnyAction } from './catalogue.ts';
import { digestOf } from './digest.ts';
import { fieldError } from './field-error.ts';
import type { jobEnvelope } from './job-envelope.ts';
import { formerSendDigest, type SendRequest } from './send-message.ts';

/** The fields of every job, and those of its action. */
export type JobData = Omit<z.infer<z.ZodObject<typeof jobEnvelope>>, 'digest'> & Record<string, unknown>;

/** A job that is to be enqueued in its account's queue. */
export interface NewJob {
  name: ActionName;
  /** The job without its digest, which {@link key} holds. */
  data: JobData;
  /** ms since the epoch at which the job joins the queue; now by default. */
  sendAt?: number | undefined;
  /** Present if the caller gave an Idempotency-Key: the same key leads to the same job. */
  key?: JobKey | undefined;
}

export interface JobKey {
  idempotencyKey: string;
  digest: string;
  /** The digest that former versions gave the same request, if they could accept it. */
  formerDigest?: (() => Promise<string>) | undefined;
}

/** Who asks, and how. */
export interface JobOrigin {
  requestId: string;
  idempotencyKey?: string | undefined;
  /** The bot's account; `null` if there is no bot. */
  bot: string | null;
}

/**
 * Converts a valid request to its job.
 * @throws {GatewayError} `VALIDATION` for what the schema cannot check.
 */
export async function newJob(
  action: AnyAction,
  request: { user_id: string },
  { requestId, idempotencyKey, bot }: JobOrigin,
  tools: JobTools,
): Promise<NewJob> {
  if (!action.forBots && request.user_id === bot)
    throw fieldError('user_id', 'is the bot: only the account of a person can do this');
  const { job, sendAt, callbackUrl } = await action.toJob(request, tools);
  const data = {
    v: action.v,
    userId: request.user_id,
    requestId,
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...job,
  };
  const key = idempotencyKey === undefined ? undefined : keyOf(action, request, idempotencyKey, tools);
  return { name: action.name, data, sendAt, key };
}

function keyOf(action: AnyAction, request: object, idempotencyKey: string, tools: JobTools): JobKey {
  return {
    idempotencyKey,
    digest: digestOf(action.name, request, action.digest),
    ...(action.name === 'send' && { formerDigest: () => formerSendDigest(request as SendRequest, tools) }),
  };
}
