import type { Hono } from 'hono';
import type { Control } from '../control.ts';
import { deleteRequest, editRequest, reactionRequest, readRequest, sendRequest } from './action-requests.ts';
import { bodyOf } from './read-body.ts';

/** The calls by which an account acts as from an official app. */
export function addActionRoutes(app: Hono, { actions }: Control): void {
  app.post('/messages', async (c) => c.json(await actions.sendMade(await bodyOf(c, sendRequest)), 201));
  app.patch('/messages', async (c) => {
    actions.edit(await bodyOf(c, editRequest));
    return c.json({ status: 'ok' });
  });
  app.delete('/messages', async (c) => {
    actions.delete(await bodyOf(c, deleteRequest));
    return c.json({ status: 'ok' });
  });
  app.post('/reads', async (c) => {
    actions.read(await bodyOf(c, readRequest));
    return c.json({ status: 'ok' });
  });
  app.post('/reactions', async (c) => {
    actions.react(await bodyOf(c, reactionRequest));
    return c.json({ status: 'ok' });
  });
}
