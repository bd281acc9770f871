import { accountRequestSchema, disconnectRequestSchema, paceRequestSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../interactive.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/** What a person does with an account as a whole: stop it, let it go on, slow it down, disconnect it. */
export function accountRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  // Holds its sends, in order, until it is resumed.
  routes.post('/telegram/user/pause', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    const { jobId, result } = await runForCaller(context, c, 'account.pause', user_id, {});
    return c.json({ status: 'ok', message: 'Paused', state: result.state, job_id: jobId });
  });

  // Lets an account go on that was stopped by PEER_FLOOD, a freeze or a pause.
  routes.post('/telegram/user/resume', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    const { jobId, result } = await runForCaller(context, c, 'account.resume', user_id, {});
    return c.json({ status: 'ok', message: 'Resumed', state: result.state, job_id: jobId });
  });

  // Gives an account a pace of its own: "off", "careful", or single rules over the server's; null takes it back.
  routes.post('/telegram/user/pace', async (c) => {
    const { user_id, pace } = await readAccountBody(c, paceRequestSchema);
    const { jobId, result } = await runForCaller(context, c, 'account.pace', user_id, { pace });
    return c.json({ status: 'ok', message: 'Pace set', pace: result.pace ?? null, job_id: jobId });
  });

  // Logs out and forgets the account; with `logout: false` only its connection is closed, with `forget` beside that it is forgotten here.
  routes.post('/telegram/user/disconnect', async (c) => {
    const { user_id, logout, forget } = await readAccountBody(c, disconnectRequestSchema);
    const { jobId } = await runForCaller(context, c, 'account.disconnect', user_id, { logout, forget });
    return c.json({ status: 'ok', message: 'Disconnected', job_id: jobId });
  });

  return routes;
}
