import { isStopped, typingRequestSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import { requireSignedIn } from '../accounts/signed-in.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../control/interactive.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/** Shows an account as typing. It is no job of the account: where the account is held, nothing is shown. */
export function typingRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/chat/typing', async (c) => {
    const { user_id, recipient_id: recipient, action, ms } = await readAccountBody(c, typingRequestSchema);
    const view = await requireSignedIn(context.producer, user_id);
    if (view.hold !== null || isStopped(view)) return c.json({ status: 'ok', shown: false });
    const payload = { recipient, action, ms };
    const { result } = await runForCaller(context, c, 'chat.typing', user_id, payload);
    return c.json({ status: 'ok', shown: result.shown });
  });

  return routes;
}
