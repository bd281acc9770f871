import { userIdSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import * as z from 'zod';
import { readAccountStatus } from '../accounts/account-status.ts';
import { anyOf } from '../accounts/any-user-id.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../control/interactive.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { validate } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';

const statusRequestSchema = z.strictObject({
  user_id: userIdSchema,
  live: z.enum(['true', 'false'], 'must be true or false').optional(),
});

/** The account's status as its worker last published it. With `?live=true` the worker asks Telegram first. */
export function statusRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.on('GET', anyOf('/telegram/user/status/'), async (c) => {
    const { user_id, live } = validate(statusRequestSchema, {
      ...c.req.query(),
      user_id: c.req.param('user_id') ?? '',
    });
    requireAccount(c.get('caller'), user_id);
    c.get('facts').userId = user_id;
    const view =
      live === 'true'
        ? (await runForCaller(context, c, 'account.status', user_id, {})).result
        : await context.producer.accountView(user_id);
    const status = await readAccountStatus(context, user_id, view);
    return c.json({ status: 'ok', ...inLanguage(status, answerLanguage(c)) });
  });

  return routes;
}
