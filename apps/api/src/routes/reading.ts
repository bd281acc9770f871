import {
  chatListRequestSchema,
  contactListRequestSchema,
  EXPORTED,
  GatewayError,
  messageListRequestSchema,
  phonesRequestSchema,
  resolveRequestSchema,
  userIdSchema,
  writePosition,
  type ControlPayload,
  type ControlResult,
  type ReadJobName,
} from '@gateway/contracts';
import { withHtml } from '@gateway/formatting';
import { botUserId } from '@gateway/runtime';
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import { requireSignedIn } from '../accounts/signed-in.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { runForCaller } from '../control/interactive.ts';
import { validate, validationError } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';

/** What an account sees at Telegram: its chats and their messages. Reads are no jobs of the account. */
export function readingRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, settings, logger } = context;
  const routes = new Hono<ApiEnv>();

  routes.get('/telegram/accounts/:user_id/chats', async (c) => {
    const userId = addressed(c);
    const { limit, before = null } = validate(chatListRequestSchema, c.req.query());
    const { chats, next } = await read(c, userId, 'read.chats', { limit, before });
    return c.json({
      status: 'ok',
      chats: chats.map((chat) => ({
        ...chat,
        last_message: chat.last_message === null ? null : withHtml(chat.last_message),
      })),
      next: next === null ? null : writePosition(next),
    });
  });

  routes.get('/telegram/accounts/:user_id/chats/:recipient_id/messages', async (c) => {
    const userId = addressed(c);
    const query = { ...c.req.query(), recipient_id: c.req.param('recipient_id') };
    const request = validate(messageListRequestSchema, query);
    const { messages, next } = await read(c, userId, 'read.messages', {
      recipient: request.recipient_id,
      limit: request.limit,
      before: request.before ?? null,
      after: request.after ?? null,
      search: request.q ?? null,
      topicId: request.topic_id ?? null,
    });
    return c.json({
      status: 'ok',
      messages: messages.map(withHtml),
      next: next === null ? null : String(next),
    });
  });

  routes.get('/telegram/accounts/:user_id/contacts', async (c) => {
    const userId = addressed(c);
    const { limit, before = null } = validate(contactListRequestSchema, c.req.query());
    return c.json({ status: 'ok', ...(await read(c, userId, 'read.contacts', { limit, before })) });
  });

  routes.get('/telegram/accounts/:user_id/resolve', async (c) => {
    const userId = addressed(c, { forBots: true });
    const { recipient_id: recipient } = validate(resolveRequestSchema, c.req.query());
    return c.json({ status: 'ok', ...(await read(c, userId, 'read.resolve', { recipient })) });
  });

  routes.get('/telegram/accounts/:user_id/phones', async (c) => {
    const userId = addressed(c);
    const { phone: phones } = validate(phonesRequestSchema, { phone: [], ...c.req.queries() });
    return c.json({ status: 'ok', ...(await read(c, userId, 'read.phones', { phones })) });
  });

  return routes;

  /** The account named by the path. @throws {GatewayError} `FORBIDDEN`, `VALIDATION`. */
  function addressed(c: Context<ApiEnv>, { forBots = false } = {}): string {
    const { user_id } = validate(z.object({ user_id: userIdSchema }), { user_id: c.req.param('user_id') });
    requireAccount(c.get('caller'), user_id);
    c.get('facts').userId = user_id;
    if (!forBots && user_id === botUserId(settings))
      throw validationError([
        { path: 'user_id', message: 'is the bot: only the account of a person can do this' },
      ]);
    return user_id;
  }

  async function read<N extends ReadJobName>(
    c: Context<ApiEnv>,
    userId: string,
    name: N,
    payload: ControlPayload<N>,
  ): Promise<ControlResult<N>> {
    const { reason } = await requireSignedIn(producer, userId);
    if (reason === EXPORTED) throw new GatewayError('NOT_AUTHORIZED', WAS_EXPORTED);
    const { jobId, result } = await runForCaller(context, c, name, userId, payload);
    // Nobody reads the result again, and it may be large.
    producer.dropControlJob(userId, jobId).catch((error: unknown) => {
      logger.debug({ err: error, jobId }, 'what was read stays in Redis until JOB_RETENTION is over');
    });
    return result;
  }
}

const WAS_EXPORTED =
  'The session of this account was exported for use elsewhere: resume it to use it here again.';
