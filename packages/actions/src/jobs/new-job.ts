import { GatewayError, parseRecipient } from '@gateway/contracts';
import type * as z from 'zod';
import type { JobTools } from '../action.ts';
import type { ActionName, AnyAction } from '../catalogue.ts';
import { fieldError } from '../fields/field-error.ts';
import { couldBeFormer, formerSendDigest, type SendRequest } from '../send-message.ts';
import { digestOf } from './digest.ts';
import type { jobEnvelope } from './job-envelope.ts';

/** The fields of every job, and those of its action. */
export type JobData = Omit<z.infer<z.ZodObject<typeof jobEnvelope>>, 'digest'> & Record<string, unknown>;

/** A job that is to be enqueued in its account's queue. */
export interface NewJob {
  name: ActionName;
  /** The job without its digest, which {@link key} holds. */
  data: JobData;
  /** ms since the epoch at which the job joins the queue; now by default. */
  sendAt?: number | undefined;
  /** The uploads that the job uses. They must exist when it is enqueued. */
  uploads?: readonly string[] | undefined;
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
  /** The `recipient_id` to which a job of this account sends messages; `null` if it is no such job. */
  recipientOfJob: (userId: string, jobId: string) => Promise<string | null>;
}

/**
 * Converts a valid request to its job.
 * @throws {GatewayError} `VALIDATION` for what the schema cannot check.
 */
export async function newJob(
  action: AnyAction,
  request: { user_id: string },
  { requestId, idempotencyKey, bot, recipientOfJob }: JobOrigin,
  tools: JobTools,
): Promise<NewJob> {
  if (!action.forBots && request.user_id === bot)
    throw fieldError('user_id', 'is the bot: only the account of a person can do this');
  const after = await dependencyOf(request, idempotencyKey !== undefined, recipientOfJob);
  const { job, sendAt, callbackUrl } = await action.toJob(
    after === undefined ? request : { recipient_id: after.recipient, ...request },
    tools,
  );
  const data = {
    v: action.v,
    userId: request.user_id,
    requestId,
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(after !== undefined && { after }),
    ...job,
  };
  const key = idempotencyKey === undefined ? undefined : keyOf(action, request, idempotencyKey, tools);
  return { name: action.name, data, sendAt, uploads: action.uploadsOf?.(job), key };
}

/** No job has this id. */
const NO_JOB = '-';

/**
 * The job that a request names in place of messages.
 * @param isKeyed whether the request has an Idempotency-Key. A repeat is then recognised even where the job it names is
 * no longer kept, so only the queue decides.
 * @throws {GatewayError} `JOB_NOT_FOUND`, or `VALIDATION` if the request names another chat than the job's.
 */
async function dependencyOf(
  request: { user_id: string; job_id?: unknown; recipient_id?: unknown },
  isKeyed: boolean,
  recipientOfJob: JobOrigin['recipientOfJob'],
): Promise<{ jobId: string; recipient: string } | undefined> {
  const { user_id, job_id: jobId, recipient_id: given } = request;
  // A request that names messages as well is refused by its action.
  if (typeof jobId !== 'string' || 'message_id' in request || 'message_ids' in request) return undefined;
  const recipient = await recipientOfJob(user_id, jobId);
  if (recipient === null) {
    if (!isKeyed) throw new GatewayError('JOB_NOT_FOUND');
    return { jobId: NO_JOB, recipient: '' };
  }
  if (typeof given === 'string' && isOtherChat(given, recipient))
    throw fieldError('recipient_id', 'is another chat than that of the job_id');
  return { jobId, recipient };
}

/** Whether two `recipient_id`s surely mean two chats. The worker knows about those of different kinds. */
function isOtherChat(one: string, other: string): boolean {
  const [a, b] = [parseRecipient(one), parseRecipient(other)];
  if (typeof a === 'string' || typeof b === 'string') return one !== other;
  return a.kind === b.kind && JSON.stringify(a) !== JSON.stringify(b);
}

function keyOf(action: AnyAction, request: object, idempotencyKey: string, tools: JobTools): JobKey {
  return {
    idempotencyKey,
    digest: digestOf(action.name, action.forDigest?.(request) ?? request, action.digest),
    ...(action.name === 'send' &&
      couldBeFormer(request) && { formerDigest: () => formerSendDigest(request as SendRequest, tools) }),
  };
}
