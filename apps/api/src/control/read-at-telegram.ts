import {
  EXPORTED,
  GatewayError,
  userIdSchema,
  type ControlPayload,
  type ControlResult,
  type ReadJobName,
} from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import type { Context } from 'hono';
import * as z from 'zod';
import { requireSignedIn } from '../accounts/signed-in.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { validate, validationError } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { isOnNextWorker, runForCaller } from './interactive.ts';

/** The account named by the path. @throws {GatewayError} `FORBIDDEN`, `VALIDATION`. */
export function addressedAccount(
  { settings }: Pick<ApiContext, 'settings'>,
  c: Context<ApiEnv>,
  { forBots = false } = {},
): string {
  const { user_id } = validate(z.object({ user_id: userIdSchema }), { user_id: c.req.param('user_id') });
  requireAccount(c.get('caller'), user_id);
  c.get('facts').userId = user_id;
  if (!forBots && user_id === botUserId(settings))
    throw validationError([
      { path: 'user_id', message: 'is the bot: only the account of a person can do this' },
    ]);
  return user_id;
}

/** Reads something at Telegram while the caller waits. */
export async function readAtTelegram<N extends ReadJobName>(
  context: ApiContext,
  c: Context<ApiEnv>,
  userId: string,
  name: N,
  payload: ControlPayload<N>,
): Promise<ControlResult<N>> {
  const { producer, logger } = context;
  const { reason } = await requireSignedIn(producer, userId);
  if (reason === EXPORTED) throw new GatewayError('NOT_AUTHORIZED', WAS_EXPORTED);
  const run = () => runForCaller(context, c, name, userId, payload);
  // A read changes nothing, so it can be repeated.
  const { jobId, result } = await run().catch((thrown: unknown) => {
    if (!isOnNextWorker(thrown)) throw thrown;
    return run();
  });
  // Nobody reads the result again, and it may be large.
  producer.control.drop(userId, jobId).catch((error: unknown) => {
    logger.debug({ err: error, jobId }, 'what was read stays in Redis until JOB_RETENTION is over');
  });
  return result;
}

const WAS_EXPORTED =
  'The session of this account was exported for use elsewhere: resume it to use it here again.';
