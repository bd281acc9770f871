import { accountRequestSchema, disconnectRequestSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runInteractive } from '../interactive.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/** What a person does with an account as a whole: disconnect it, or let it go on after it was stopped. */
export function accountRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/resume', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    const { jobId, result } = await runInteractive(context, {
      name: 'account.resume',
      userId: user_id,
      payload: {},
      requestId: c.get('requestId'),
      signal: c.req.raw.signal,
    });
    c.get('facts').jobId = jobId;
    return c.json({ status: 'ok', message: 'Resumed', state: result.state, job_id: jobId });
  });

  // Logs out and forgets the account; with `logout: false` only its connection is closed.
  routes.post('/telegram/user/disconnect', async (c) => {
    const { user_id, logout } = await readAccountBody(c, disconnectRequestSchema);
    const { jobId } = await runInteractive(context, {
      name: 'account.disconnect',
      userId: user_id,
      payload: { logout },
      requestId: c.get('requestId'),
      signal: c.req.raw.signal,
    });
    c.get('facts').jobId = jobId;
    return c.json({ status: 'ok', message: 'Disconnected', job_id: jobId });
  });

  return routes;
}
