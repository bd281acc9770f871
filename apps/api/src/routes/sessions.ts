import { exportRequestSchema, GatewayError, importRequestSchema } from '@gateway/contracts';
import { botUserId, ThreadError } from '@gateway/runtime';
import { readGivenSession, SessionFormatError, writeOwnForm } from '@gateway/session-formats';
import { Hono } from 'hono';
import { limitSignIn } from '../accounts/sign-in-limits.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../control/interactive.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { validationError } from '../http/validation.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/** Import of existing sessions, and export of sealed backups. */
export function sessionRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/import', async (c) => {
    const given = await readAccountBody(c, importRequestSchema);
    const { user_id, session, passphrase, exclusive: _, ...network } = given;
    if (user_id === botUserId(context.settings))
      throw validationError([{ path: 'user_id', message: 'is the bot: it signs in by TELEGRAM_BOT_TOKEN' }]);
    await limitSignIn(context, c.get('caller'), 'verify', user_id);
    const payload = {
      ...(await readSession(session)),
      ...(passphrase !== undefined && { passphrase }),
      ...(Object.keys(network).length > 0 && { network }),
    };
    const { jobId, result } = await runForCaller(context, c, 'session.import', user_id, payload);
    const answer = { status: 'authorized', message: 'Imported', job_id: jobId, user: result.user };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  routes.post('/telegram/user/export', async (c) => {
    const { user_id, passphrase, detach } = await readAccountBody(c, exportRequestSchema);
    await limitSignIn(context, c.get('caller'), 'verify', user_id);
    const { jobId, result } = await runForCaller(context, c, 'session.export', user_id, {
      passphrase,
      detach,
    });
    const answer = { status: 'ok', message: 'Keep it safe', job_id: jobId, backup: result.backup };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  return routes;
}

/** Converts the given session to the form that the worker accepts. @throws {GatewayError} `VALIDATION` */
async function readSession(given: string): Promise<{ session: string; test_mode: boolean }> {
  try {
    const read = await readGivenSession(given);
    return 'backup' in read
      ? { session: read.backup, test_mode: false }
      : { session: writeOwnForm(read.session), test_mode: read.session.testMode };
  } catch (error) {
    if (error instanceof SessionFormatError)
      throw validationError([{ path: 'session', message: error.message }]);
    if (error instanceof ThreadError && error.failure === 'busy')
      throw new GatewayError('RATE_LIMITED', 'Too many session files are being read: try again in 5 s.', {
        retryAfter: 5,
      });
    throw error;
  }
}
