import { previewText } from '@gateway/actions';
import {
  accountListRequestSchema,
  failureListRequestSchema,
  historyRequestSchema,
  previewRequestSchema,
  sendListRequestSchema,
  userIdSchema,
  type AccountSummary,
} from '@gateway/contracts';
import { HISTORY_STEP_MS } from '@gateway/queue';
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import { accountChanges } from '../accounts/account-changes.ts';
import { readAccountStatus } from '../accounts/account-status.ts';
import { jobTools } from '../actions/job-tools.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { answerLanguage, eachInLanguage, inLanguage } from '../http/language.ts';
import { eventStream } from '../http/sse.ts';
import { streamErrors } from '../http/stream-error.ts';
import { validate } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { readBody } from '../middleware/json-body.ts';

/** Read-only listings for people: the accounts, the outcomes of their messages, the preview of a text. */
export function listingRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, logger, stopping } = context;
  const routes = new Hono<ApiEnv>();

  routes.get('/telegram/accounts', async (c) => {
    const query = validate(accountListRequestSchema, c.req.query());
    const { q, state, needs_attention, has_waiting, sort, after, limit } = query;
    const { userIds, total, next } = await producer.listings.accounts({
      text: q?.toLowerCase(),
      state,
      needsAttention: needs_attention,
      hasWaiting: has_waiting,
      among: c.get('caller').accounts,
      sort,
      after,
      limit,
    });
    const accounts = await Promise.all(userIds.map(readSummary));
    return c.json({ status: 'ok', accounts: await eachInLanguage(accounts, answerLanguage(c)), total, next });
  });

  routes.get('/telegram/failures', async (c) => {
    const { q, before, limit } = validate(failureListRequestSchema, c.req.query());
    const among = c.get('caller').accounts;
    const { failures, next } = await producer.listings.failures({
      text: q?.toLowerCase(),
      among,
      before,
      limit,
    });
    return c.json({ status: 'ok', failures: await eachInLanguage(failures, answerLanguage(c)), next });
  });

  routes.get('/telegram/accounts/:user_id/sends', async (c) => {
    const userId = addressed(c);
    const { limit } = validate(sendListRequestSchema, c.req.query());
    const { pending, ended } = await producer.listings.sends(userId)(limit);
    return c.json({ status: 'ok', pending, ended: await eachInLanguage(ended, answerLanguage(c)) });
  });

  // Streams the account and its messages now and after every change.
  routes.get('/telegram/accounts/:user_id/events', async (c) => {
    const userId = addressed(c);
    const { limit } = validate(sendListRequestSchema, c.req.query());
    await producer.accountView(userId);
    const language = answerLanguage(c);
    const writeError = streamErrors(context, c);
    return eventStream(c, (stream) =>
      withEitherSignal(stream.hungUp, stopping, async (signal) => {
        for await (const { account, pending, ended } of accountChanges(context, userId, limit, signal)) {
          const change = {
            account: inLanguage(account, language),
            pending,
            ended: await eachInLanguage(ended, language),
          };
          await stream.writeSSE({ event: 'account', data: JSON.stringify(change) });
        }
      }).catch((thrown: unknown) => writeError(stream, thrown)),
    );
  });

  routes.get('/telegram/accounts/:user_id/history', async (c) => {
    const userId = addressed(c);
    const { hours } = validate(historyRequestSchema, c.req.query());
    const points = await producer.listings.history(userId, hours);
    return c.json({ status: 'ok', step_seconds: HISTORY_STEP_MS / 1_000, points });
  });

  routes.post('/telegram/user/send/preview', async (c) => {
    const request = await readBody(c, previewRequestSchema);
    return c.json({ status: 'ok', parts: await previewText(request, jobTools(logger)) });
  });

  return routes;

  async function readSummary(userId: string): Promise<AccountSummary> {
    const view = await producer.accountView(userId);
    return { user_id: userId, ...(await readAccountStatus(context, userId, view)) };
  }

  /** The account named by the path. @throws {GatewayError} `FORBIDDEN`, `VALIDATION`. */
  function addressed(c: Context<ApiEnv>): string {
    const { user_id } = validate(z.object({ user_id: userIdSchema }), { user_id: c.req.param('user_id') });
    requireAccount(c.get('caller'), user_id);
    c.get('facts').userId = user_id;
    return user_id;
  }
}
