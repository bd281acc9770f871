import { disconnectRequestSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runInteractive } from '../interactive.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/** Logs an account out and forgets it; with `logout: false` only closes its connection. */
export function disconnectRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

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
