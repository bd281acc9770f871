import { accountRequestSchema, authStartRequestSchema, authVerifyRequestSchema } from '@gateway/contracts';
import { Hono } from 'hono';
import { codeSentBody } from '../accounts/code-sent-body.ts';
import { refuseBot } from '../accounts/refuse-bot.ts';
import { signInAnswer } from '../accounts/sign-in-answer.ts';
import { limitSignIn } from '../accounts/sign-in-limits.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../control/interactive.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/**
 * Sign-in by login code: start → (resend) → verify, or cancel. A worker runs each step as a job while the caller waits.
 */
export function authRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/telegram/user/auth/start', async (c) => {
    const {
      user_id,
      phone_number,
      api_id: _id,
      api_hash: _hash,
      ...network
    } = await readAccountBody(c, authStartRequestSchema);
    refuseBot(context, user_id);
    await limitSignIn(context, c.get('caller'), 'code', user_id);
    const { jobId, result } = await runForCaller(context, c, 'auth.start', user_id, {
      phoneNumber: phone_number,
      ...(Object.keys(network).length > 0 && { network }),
    });
    return c.json(inLanguage(codeSentBody(jobId, result), answerLanguage(c)));
  });

  routes.post('/telegram/user/auth/resend', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    await limitSignIn(context, c.get('caller'), 'code', user_id);
    const { jobId, result } = await runForCaller(context, c, 'auth.resend', user_id, {});
    return c.json(inLanguage(codeSentBody(jobId, result), answerLanguage(c)));
  });

  routes.post('/telegram/user/auth/cancel', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    const { jobId } = await runForCaller(context, c, 'auth.cancel', user_id, {});
    const answer = { status: 'ok', message: 'Sign-in cancelled', job_id: jobId };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  routes.post('/telegram/user/auth/verify', async (c) => {
    const { user_id, phone_code, password } = await readAccountBody(c, authVerifyRequestSchema);
    await limitSignIn(context, c.get('caller'), 'verify', user_id);
    const payload = {
      ...(phone_code !== undefined && { phoneCode: String(phone_code) }),
      ...(typeof phone_code === 'number' && { codeIsNumber: true }),
      ...(password !== undefined && { password }),
    };
    const { jobId, result } = await runForCaller(context, c, 'auth.verify', user_id, payload);
    return c.json(inLanguage(signInAnswer(jobId, result), answerLanguage(c)));
  });

  return routes;
}
