import {
  describePace,
  isSignedIn,
  isStopped,
  paceRulesOf,
  userIdSchema,
  type AccountView,
  type PaceSettings,
  type SendState,
} from '@gateway/contracts';
import type { PendingCounts } from '@gateway/queue';
import { paceSettings } from '@gateway/runtime';
import { Hono } from 'hono';
import * as z from 'zod';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../interactive.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { validate } from '../validation.ts';

const statusRequestSchema = z.object({
  user_id: userIdSchema,
  live: z.enum(['true', 'false'], 'must be true or false').optional(),
});

/** How an account stands, as its worker last said; `?live=true` has the worker ask Telegram first. */
export function statusRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  const { producer, settings } = context;
  const pace = paceSettings(settings);

  // Whatever stands in the path is the user_id, so that a bad one is told what is wrong with it.
  routes.get('/telegram/user/status/:user_id{.*}', async (c) => {
    const { user_id, live } = validate(statusRequestSchema, {
      user_id: c.req.param('user_id'),
      live: c.req.query('live'),
    });
    requireAccount(c.get('caller'), user_id);
    c.get('facts').userId = user_id;
    const view =
      live === 'true'
        ? (await runForCaller(context, c, 'account.status', user_id, {})).result
        : await producer.accountView(user_id);
    const [pending, sends] = await Promise.all([producer.pending(user_id), producer.sendState(user_id)]);
    return c.json(statusBody(view, { pending, sends, pace }, Date.now()));
  });

  return routes;
}

function statusBody(
  { state, user, hold, reason, next_action, ...view }: AccountView,
  { pending, sends, pace }: { pending: PendingCounts; sends: SendState; pace: PaceSettings },
  now: number,
) {
  const isHeld = hold !== null || isStopped({ state, reason });
  const { lookUpHold } = sends;
  const chats = Object.values(sends.chatHolds).filter(({ until }) => until > now);
  return {
    status: 'ok',
    authorized: isSignedIn(state),
    user_info: user,
    state,
    flood_wait_until: state === 'flood_wait' && hold !== null ? isoTime(hold.until) : null,
    // Of the whole account: a flood wait, or Telegram being away.
    ...(hold !== null && { held: { reason: hold.reason, until: isoTime(hold.until) } }),
    ...(chats.length > 0 && { chats_held: chats.length }),
    ...(lookUpHold !== null && lookUpHold.until > now && { look_ups_held_until: isoTime(lookUpHold.until) }),
    // As its jobs say: what is held is delayed.
    pending: isHeld ? { ...pending, waiting: 0, delayed: pending.delayed + pending.waiting } : pending,
    ...(isSignedIn(state) && { pace: describePace(paceRulesOf(pace, view.pace), sends.pace, now) }),
    ...(reason !== null && { reason }),
    ...(next_action !== null && { next_action }),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
