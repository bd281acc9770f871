import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { ApiEnv } from '../context.ts';

/** ms between heartbeat comments on an idle stream. Proxies close connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;

/** Responds with an event stream that lasts as long as `write` runs. A HEAD gets only the headers. */
export function eventStream(c: Context<ApiEnv>, write: (stream: SSEStreamingApi) => Promise<void>): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  const response = streamSSE(c, (stream) => withHeartbeat(stream, () => write(stream)));
  // Hono's value is weaker than the `no-store` of all responses, and would replace it. Streams contain sign-in links
  // and phone numbers.
  response.headers.delete('Cache-Control');
  return response;
}

/** Runs `write`, and sends heartbeats on the stream meanwhile. */
async function withHeartbeat<T>(stream: SSEStreamingApi, write: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void stream.write(': still here\n\n').catch(() => {}), HEARTBEAT_MS);
  try {
    return await write();
  } finally {
    clearInterval(timer);
  }
}
