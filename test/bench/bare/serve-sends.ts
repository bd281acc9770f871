import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import * as z from 'zod';

const schema = z.strictObject({
  user_id: z.string(),
  recipient_id: z.string(),
  text: z.string().min(1).max(4_096),
});

/**
 * Serves `POST /send`: checks the message, sends it at once and answers its id. No queue, no log, one process.
 * @param send sends a message of an account; `undefined`: there is no such account.
 * @returns the port.
 */
export async function serveSends(
  send: (userId: string, recipient: string, text: string) => Promise<number | undefined>,
): Promise<number> {
  const app = new Hono();
  app.post('/send', async (c) => {
    const { user_id, recipient_id, text } = schema.parse(await c.req.json());
    const message_id = await send(user_id, recipient_id, text);
    if (message_id === undefined) return c.json({ status: 'error', code: 'NOT_AUTHORIZED' }, 401);
    return c.json({ status: 'ok', message_id });
  });
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}
