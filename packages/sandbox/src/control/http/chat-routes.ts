import type { Hono } from 'hono';
import { z } from 'zod';
import type { Control } from '../control.ts';
import { autoBotRequest, joinAnswerRequest, newChatRequest, topicRequest } from './chat-requests.ts';
import { bodyOf } from './read-body.ts';
import { chatRequest } from './requests.ts';

/** The calls about chats and bots. */
export function addChatRoutes(app: Hono, control: Control): void {
  app.post('/chats', async (c) => {
    const body = await bodyOf(c, z.looseObject({}));
    return 'kind' in body
      ? c.json(control.createChat(await bodyOf(c, chatRequest)), 201)
      : c.json(control.chats.create(await bodyOf(c, newChatRequest)), 201);
  });
  app.get('/chats/:id', (c) => c.json(control.chats.details(c.req.param('id'))));
  app.post('/topics', async (c) =>
    c.json({ id: control.chats.createTopic(await bodyOf(c, topicRequest)) }, 201),
  );
  app.post('/join-requests', async (c) => {
    control.chats.answerJoinRequest(await bodyOf(c, joinAnswerRequest));
    return c.json({ status: 'ok' });
  });
  app.post('/bots', async (c) => c.json(control.chats.createBot(await bodyOf(c, autoBotRequest)), 201));
  app.get('/presses', (c) => c.json(control.chats.presses()));
}
