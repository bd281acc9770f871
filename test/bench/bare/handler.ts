import { serve } from '@hono/node-server';
import { Queue } from 'bullmq';
import { Hono } from 'hono';
import * as z from 'zod';
import { answerParent } from '../child.ts';

/** The minimal handler that puts an HTTP message into a queue. Accepting a send is compared with it. */

const schema = z.strictObject({ user_id: z.string(), recipient_id: z.string(), text: z.string().min(1) });
const queue = new Queue('bare', { connection: { url: process.env['REDIS_URL'] ?? '' } });
const app = new Hono();
app.post('/send', async (c) => {
  const message = schema.parse(await c.req.json());
  const job = await queue.add('send', message);
  return c.json({ status: 'queued', job_id: job.id }, 202);
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
await answerParent({});
