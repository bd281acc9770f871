import { accountRequestSchema, GatewayError, isSignedIn, userIdSchema } from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { auditLog } from '../audit.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../either-signal.ts';
import { runForCaller } from '../interactive.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { readAccountBody } from '../middleware/json-body.ts';
import { qrProgress } from '../qr-progress.ts';
import { limitSignIn } from '../sign-in-limits.ts';
import { withHeartbeat } from '../sse.ts';
import { validate, validationError } from '../validation.ts';

const pathSchema = z.object({ user_id: userIdSchema });

/** Signing in by a QR code: begin, then watch it renewed until it was scanned. */
export function authQrRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, settings, stopping } = context;
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/auth/qr', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    if (user_id === botUserId(settings))
      throw validationError([{ path: 'user_id', message: 'is the bot: it signs in by TELEGRAM_BOT_TOKEN' }]);
    await limitSignIn(context, c.get('caller'), 'code', user_id);
    const { jobId, result } = await runForCaller(context, c, 'auth.qr', user_id, { begins: true });
    if (result.status === 'qr') return c.json({ ...result, job_id: jobId });
    if (result.status === 'authorized')
      return c.json({ ...result, message: 'Successfully authorized', job_id: jobId });
    const message = 'The code was scanned; two-factor authentication is on: verify with the password';
    return c.json({ ...result, message, job_id: jobId });
  });

  // Each fresh code as an event `qr`, then `authorized`, `password_required` or `error`.
  routes.get('/telegram/user/auth/qr/:user_id', async (c) => {
    const { user_id } = validate(pathSchema, { user_id: c.req.param('user_id') });
    requireAccount(c.get('caller'), user_id);
    c.get('facts').userId = user_id;
    const { state } = await producer.accountView(user_id);
    if (!isSignedIn(state) && state !== 'qr_pending' && state !== 'password_required')
      throw new GatewayError('AUTH_NOT_STARTED');
    const requestId = c.get('requestId');
    return streamSSE(c, (stream) =>
      withEitherSignal(c.req.raw.signal, stopping, (signal) =>
        withHeartbeat(stream, async () => {
          try {
            for await (const progress of qrProgress(context, user_id, requestId, signal)) {
              await stream.writeSSE({ event: progress.status, data: JSON.stringify(progress) });
              if (progress.status !== 'qr')
                auditLog(context, c, `auth.qr.${progress.status}`, { userId: user_id });
            }
          } catch (thrown) {
            if (signal.aborted) return;
            const error = GatewayError.from(thrown);
            const body = { status: 'error', ...error.toPublic(), request_id: requestId };
            await stream.writeSSE({ event: 'error', data: JSON.stringify(body) });
          }
        }),
      ),
    );
  });

  return routes;
}
