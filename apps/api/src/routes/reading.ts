import {
  chatListRequestSchema,
  contactListRequestSchema,
  messageListRequestSchema,
  phonesRequestSchema,
  resolveRequestSchema,
  writePosition,
} from '@gateway/contracts';
import { withHtml } from '@gateway/formatting';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { addressedAccount, readAtTelegram } from '../control/read-at-telegram.ts';
import { longListAnswer } from '../http/long-list.ts';
import { validate } from '../http/validation.ts';

/** What an account sees at Telegram: its chats and their messages. Reads are no jobs of the account. */
export function readingRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/telegram/accounts/:user_id/chats', async (c) => {
    const userId = addressedAccount(context, c);
    const { limit, before = null } = validate(chatListRequestSchema, c.req.query());
    const { chats, next } = await readAtTelegram(context, c, userId, 'read.chats', { limit, before });
    const page = { status: 'ok', next: next === null ? null : writePosition(next) } as const;
    return longListAnswer(c, page, 'chats', chats, (chat) => ({
      ...chat,
      last_message: chat.last_message === null ? null : withHtml(chat.last_message),
    }));
  });

  routes.get('/telegram/accounts/:user_id/chats/:recipient_id/messages', async (c) => {
    const userId = addressedAccount(context, c);
    const query = { ...c.req.query(), recipient_id: c.req.param('recipient_id') };
    const request = validate(messageListRequestSchema, query);
    const { messages, next } = await readAtTelegram(context, c, userId, 'read.messages', {
      recipient: request.recipient_id,
      limit: request.limit,
      before: request.before ?? null,
      after: request.after ?? null,
      search: request.q ?? null,
      topicId: request.topic_id ?? null,
    });
    const page = { status: 'ok', next: next === null ? null : String(next) } as const;
    return longListAnswer(c, page, 'messages', messages, withHtml);
  });

  routes.get('/telegram/accounts/:user_id/contacts', async (c) => {
    const userId = addressedAccount(context, c);
    const { limit, before = null } = validate(contactListRequestSchema, c.req.query());
    return c.json({
      status: 'ok',
      ...(await readAtTelegram(context, c, userId, 'read.contacts', { limit, before })),
    });
  });

  routes.get('/telegram/accounts/:user_id/resolve', async (c) => {
    const userId = addressedAccount(context, c, { forBots: true });
    const { recipient_id: recipient } = validate(resolveRequestSchema, c.req.query());
    return c.json({
      status: 'ok',
      ...(await readAtTelegram(context, c, userId, 'read.resolve', { recipient })),
    });
  });

  routes.get('/telegram/accounts/:user_id/phones', async (c) => {
    const userId = addressedAccount(context, c);
    const { phone: phones } = validate(phonesRequestSchema, { phone: [], ...c.req.queries() });
    return c.json({ status: 'ok', ...(await readAtTelegram(context, c, userId, 'read.phones', { phones })) });
  });

  return routes;
}
