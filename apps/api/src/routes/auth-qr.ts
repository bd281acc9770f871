import { authQrRequestSchema, GatewayError, isSignedIn, userIdSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import * as z from 'zod';
import { anyOf } from '../accounts/any-user-id.ts';
import { qrEvents, type QrEvent } from '../accounts/qr-events.ts';
import { refuseBot } from '../accounts/refuse-bot.ts';
import { signInAnswer } from '../accounts/sign-in-answer.ts';
import { limitSignIn } from '../accounts/sign-in-limits.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller, runInteractive } from '../control/interactive.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { errorAnswer } from '../http/error-response.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { eventStream } from '../http/sse.ts';
import { validate } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { readAccountBody } from '../middleware/json-body.ts';

const qrStreamSchema = z.object({ user_id: userIdSchema });

/** Sign-in by QR code: POST starts it, GET streams it, verify submits the password, cancel ends it. */
export function authQrRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, stopping } = context;
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/auth/qr', async (c) => {
    const { user_id, ...network } = await readAccountBody(c, authQrRequestSchema);
    refuseBot(context, user_id);
    await limitSignIn(context, c.get('caller'), 'qr', user_id);
    const { jobId, result } = await runForCaller(context, c, 'auth.qr', user_id, {
      begin: true,
      ...(Object.keys(network).length > 0 && { network }),
    });
    return c.json(
      result.status === 'qr'
        ? { ...result, job_id: jobId }
        : inLanguage(signInAnswer(jobId, result), answerLanguage(c)),
    );
  });

  routes.on('GET', anyOf('/telegram/user/auth/qr/'), async (c) => {
    const { user_id: userId } = validate(qrStreamSchema, { user_id: c.req.param('user_id') ?? '' });
    requireAccount(c.get('caller'), userId);
    c.get('facts').userId = userId;
    const requestId = c.get('requestId');
    const language = answerLanguage(c);
    const step = { name: 'auth.qr', userId, payload: { begin: false }, requestId } as const;
    const show = async (signal: AbortSignal) => (await runInteractive(context, { ...step, signal })).result;

    const view = await producer.accountView(userId);
    const isBegun = view.state === 'qr_pending' || view.state === 'password_required';
    if (!isBegun && !isSignedIn(view.state)) throw new GatewayError('AUTH_NOT_STARTED');
    const first = isBegun && c.req.method === 'GET' ? await show(c.req.raw.signal) : null;

    return eventStream(c, (stream) =>
      withEitherSignal(stream.hungUp, stopping, async (signal) => {
        const send = ({ event, data }: QrEvent | { event: 'error'; data: object }) =>
          stream.writeSSE({ event, data: JSON.stringify(data) });
        const events = qrEvents({ first, view: () => producer.accountView(userId), show, signal });
        try {
          for await (const event of events) await send(event);
        } catch (thrown) {
          if (signal.aborted) return;
          const { body } = errorAnswer(GatewayError.from(thrown), requestId, language);
          await send({ event: 'error', data: body });
        }
      }),
    );
  });

  return routes;
}
