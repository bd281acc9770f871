import { exportRequestSchema, importRequestSchema } from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import { isSqlite, readTelethonFile, SessionFileError } from '@gateway/session-formats';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../interactive.ts';
import { readAccountBody } from '../middleware/json-body.ts';
import { limitSignIn } from '../sign-in-limits.ts';
import { validationError } from '../validation.ts';

/** Sessions that come from elsewhere, and sealed backups of those that are here. */
export function sessionRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/import', async (c) => {
    const { user_id, session, passphrase } = await readAccountBody(c, importRequestSchema);
    if (user_id === botUserId(context.settings))
      throw validationError([{ path: 'user_id', message: 'is the bot: it signs in by TELEGRAM_BOT_TOKEN' }]);
    await limitSignIn(context, c.get('caller'), 'verify', user_id);
    const payload = {
      session: await textOf(session),
      ...(passphrase !== undefined && { passphrase }),
    };
    const { jobId, result } = await runForCaller(context, c, 'session.import', user_id, payload);
    return c.json({ status: 'authorized', message: 'Imported', job_id: jobId, user: result.user });
  });

  routes.post('/telegram/user/export', async (c) => {
    const { user_id, passphrase, detach } = await readAccountBody(c, exportRequestSchema);
    await limitSignIn(context, c.get('caller'), 'verify', user_id);
    const { jobId, result } = await runForCaller(context, c, 'session.export', user_id, {
      passphrase,
      detach,
    });
    return c.json({ status: 'ok', message: 'Keep it safe', job_id: jobId, backup: result.backup });
  });

  return routes;
}

/** What was given, as a string session; a file comes in base64. */
async function textOf(given: string): Promise<string> {
  const bytes = Buffer.from(given, 'base64');
  if (!isSqlite(bytes)) return given;
  try {
    return await readTelethonFile(bytes);
  } catch (error) {
    if (error instanceof SessionFileError)
      throw validationError([{ path: 'session', message: error.message }]);
    throw error;
  }
}
