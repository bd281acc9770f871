import {
  accountRequestSchema,
  disconnectRequestSchema,
  paceRequestSchema,
  proxyRequestSchema,
  receiveRequestSchema,
} from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import { Hono } from 'hono';
import { readAccountStatus, shownRepliesOnly } from '../accounts/account-status.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../control/interactive.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { validationError } from '../http/validation.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/** Operations on a whole account: pause, resume, set its pace, receive, disconnect. */
export function accountRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  // Holds the account's sends, in order, until it is resumed.
  routes.post('/telegram/user/pause', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    const { jobId, result } = await runForCaller(context, c, 'account.pause', user_id, {});
    const answer = { status: 'ok', message: 'Paused', state: result.state, job_id: jobId };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  // Resumes an account that was stopped by PEER_FLOOD, a freeze or a pause.
  routes.post('/telegram/user/resume', async (c) => {
    const { user_id } = await readAccountBody(c, accountRequestSchema);
    const { jobId, result } = await runForCaller(context, c, 'account.resume', user_id, {});
    const answer = { status: 'ok', message: 'Resumed', state: result.state, job_id: jobId };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  // Sets the account's own pace: "off", "careful", or single rules that override the server's. `null` removes it. Also
  // sets whether the account only answers.
  routes.post('/telegram/user/pace', async (c) => {
    const { user_id, pace, replies_only: repliesOnly } = await readAccountBody(c, paceRequestSchema);
    if (user_id === botUserId(context.settings) && repliesOnly)
      throw validationError([{ path: 'user_id', message: 'is the bot, which does not receive' }]);
    const { jobId, result } = await runForCaller(context, c, 'account.pace', user_id, { pace, repliesOnly });
    const answer = {
      status: 'ok',
      message: 'Pace set',
      pace: result.pace ?? null,
      replies_only: shownRepliesOnly(result),
      job_id: jobId,
    };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  // Gives the account a proxy of its own, and connects through it.
  routes.post('/telegram/user/proxy', async (c) => {
    const { user_id, proxy } = await readAccountBody(c, proxyRequestSchema);
    const { jobId, result } = await runForCaller(context, c, 'account.proxy', user_id, { proxy });
    const { state, proxy: shown = null } = result;
    const answer = { status: 'ok', message: 'Proxy set', state, proxy: shown, job_id: jobId };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  // Turns receiving on or off, and sets which events the account's sequence contains.
  routes.post('/telegram/user/receive', async (c) => {
    const { user_id, ...options } = await readAccountBody(c, receiveRequestSchema);
    if (user_id === botUserId(context.settings))
      throw validationError([{ path: 'user_id', message: 'is the bot, which does not receive' }]);
    const { result } = await runForCaller(context, c, 'account.receive', user_id, options);
    const status = await readAccountStatus(context, user_id, result);
    return c.json({ status: 'ok', ...inLanguage(status, answerLanguage(c)) });
  });

  // Logs out and forgets the account. With `logout: false` only closes its connection; with `forget` as well, also
  // forgets it here.
  routes.post('/telegram/user/disconnect', async (c) => {
    const { user_id, logout, forget } = await readAccountBody(c, disconnectRequestSchema);
    const { jobId } = await runForCaller(context, c, 'account.disconnect', user_id, { logout, forget });
    const answer = { status: 'ok', message: 'Disconnected', job_id: jobId };
    return c.json(inLanguage(answer, answerLanguage(c)));
  });

  return routes;
}
