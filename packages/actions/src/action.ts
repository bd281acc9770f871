import type { ErrorCode, RequestBody } from '@gateway/contracts';
import type { FormatOutcome, Markup } from '@gateway/formatting';
import * as z from 'zod';
import { jobEnvelope } from './jobs/job-envelope.ts';

/**
 * What to do after a try whose answer was lost.
 * - `random-id`: repeat it. Telegram recognises the message by its random id.
 * - `idempotent`: repeat it. A second call changes nothing if the first one took effect.
 * - `never`: fail with an unknown outcome.
 */
export type Repeat = 'random-id' | 'idempotent' | 'never';

/** What {@link ActionSpec.toJob} needs from its host. */
export interface JobTools {
  /** Parses markup. May run in a thread, so that a long text does not block others. */
  format(text: string, markup: Markup): Promise<FormatOutcome>;
  /** Lets other requests run. Called between steps that take some ms for the longest texts. */
  pause(): Promise<void>;
}

/** A job's own fields, and when it joins the queue: ms since the epoch, now by default. */
export interface JobToEnqueue<J> {
  job: J;
  sendAt?: number | undefined;
  callbackUrl?: string | undefined;
}

/** How a job is worked off: in one call to Telegram, or in several whose progress survives the worker. */
interface Steps<J, P, R> {
  progress: z.ZodType<P>;
  /** The progress of a job that no worker has fetched. */
  none: P;
  /** The number of steps; more than are done as long as it is not known. */
  count: (job: J, progress: P) => number;
  done: (progress: P) => number;
  /** The result of the steps that are done; `null` if there is none yet. */
  result: (progress: P) => R | null;
  /** The number of messages that the job makes, if not every step makes one. */
  messages?: (job: J) => number;
  /**
   * Whether the next step only brings files here or to Telegram. It then runs beside the jobs of other chats. Default:
   * none does.
   */
  isTransfer?: (job: J, progress: P) => boolean;
}

interface ActionSpec<
  N extends string,
  Q extends RequestBody<z.ZodObject>,
  J extends z.ZodRawShape,
  P,
  R extends z.ZodRawShape,
> {
  /** The job's name in the queue, and its `type` in the API. `/telegram/user/…` is followed by it, with `/` for `.`. */
  name: N;
  /**
   * Version of the job's format. Raise it when an existing field gets a new value or meaning: an older worker then puts
   * the job back. A new field needs no new version, because older workers put jobs with unknown fields back.
   */
  v: number;
  docs: ActionDocs;
  /** The request's body. An optional field without a default keeps the digests of older requests valid. */
  request: Q;
  /** The job's own fields. {@link jobEnvelope} adds those of every job. */
  job: J;
  result: z.ZodObject<R>;
  /** @throws {GatewayError} `VALIDATION` for what the schema cannot check. */
  toJob: (request: z.output<Q>, tools: JobTools) => Promise<JobToEnqueue<z.output<z.ZodObject<J>>>>;
  /**
   * The request's fields that tell a repeat under one Idempotency-Key from another request. Absent fields do not count,
   * so a new optional field leaves the digests of requests without it as they are.
   */
  digest: readonly (keyof z.output<Q> & string)[];
  /** The request as the digest covers it, if it differs from what the caller wrote. */
  forDigest?: (request: z.output<Q>) => object;
  /** The uploads that the job uses. Default: none. */
  uploadsOf?: (job: z.output<z.ZodObject<J>>, progress?: P) => readonly string[];
  /** The `recipient_id`s of the chats in whose order the job stands. The first is the one that it writes to. */
  chatsOf: (job: z.output<z.ZodObject<J>>) => readonly [string, ...string[]];
  /** The text that lists show for the job. */
  preview: (job: z.output<z.ZodObject<J>>) => string;
  steps: Steps<z.output<z.ZodObject<J>>, P, z.output<z.ZodObject<R>>>;
  /** Whether the bot may do it. Default: it may. */
  forBots?: boolean;
  repeat: Repeat;
  /** Whether each step creates a message: it then counts against the pace, and its flood waits hold all sends. */
  makesMessages: boolean;
  /**
   * Whether Telegram answers only once somebody else has. Jobs of other chats then run meanwhile. Such an action has
   * one step. Default: it answers at once.
   */
  awaitsOthers?: boolean;
  /** The errors that only some actions have; those of every action are added. */
  errors: readonly ErrorCode[];
  /** The job's fields that the dashboard does not show. */
  hide: readonly (keyof J & string)[];
}

/** What OpenAPI says of an action. */
export interface ActionDocs {
  /** `operationId`. */
  id: string;
  summary: string;
  description: string;
  /** What the 200 answer means. */
  done: string;
  /** Requests, by name. */
  examples: Record<string, unknown>;
}

/** An entry of the catalogue, with the schema of its whole job. */
export type Action<
  N extends string,
  Q extends RequestBody<z.ZodObject>,
  J extends z.ZodRawShape,
  P,
  R extends z.ZodRawShape,
> = ActionSpec<N, Q, J, P, R> & {
  forBots: boolean;
  awaitsOthers: boolean;
  /** Strict: a job with an unknown field was enqueued by a newer version. */
  schema: z.ZodObject<typeof jobEnvelope & J, z.core.$strict>;
};

/** Defines one kind of job: its request, its data in the queue, its steps and its result. */
export function defineAction<
  const N extends string,
  Q extends RequestBody<z.ZodObject>,
  J extends z.ZodRawShape,
  P,
  R extends z.ZodRawShape,
>(spec: ActionSpec<N, Q, J, P, R>): Action<N, Q, J, P, R> {
  const schema = z.strictObject({ ...jobEnvelope, ...spec.job });
  return { ...spec, forBots: spec.forBots ?? true, awaitsOthers: spec.awaitsOthers ?? false, schema };
}

/**
 * The steps of an action that is one call.
 * @param notes what a try must write down before it calls Telegram, all optional.
 */
export function oneStep<X extends z.ZodRawShape, R extends z.ZodRawShape>(notes: X, result: z.ZodObject<R>) {
  type Result = z.output<z.ZodObject<R>>;
  type Progress = { [K in keyof X]?: z.output<X[K]> } & { result?: Result | undefined };
  const progress = z.object({ ...notes, result: result.optional() }) as unknown as z.ZodType<Progress>;
  const none: Progress = {};
  return {
    progress,
    none,
    count: () => 1,
    done: (made: Progress) => (made.result === undefined ? 0 : 1),
    result: (made: Progress): Result | null => made.result ?? null,
  };
}
