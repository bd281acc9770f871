import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { ApiEnv } from './context.ts';

/** ms between comments on a stream that has nothing to say: proxies close connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;

/** Answers with a stream of events, as long as `write` goes on; a HEAD with what a GET would begin with: nobody would read its stream. */
export function eventStream(c: Context<ApiEnv>, write: (stream: SSEStreamingApi) => Promise<void>): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  const response = streamSSE(c, (stream) => withHeartbeat(stream, () => write(stream)));
  // Hono's own is weaker than the one that all answers carry, and would take its place: a stream holds sign-in links and phone numbers.
  response.headers.delete('Cache-Control');
  return response;
}

/** Runs what writes to the stream, and keeps the stream from falling silent meanwhile. */
async function withHeartbeat<T>(stream: SSEStreamingApi, write: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void stream.write(': still here\n\n').catch(() => {}), HEARTBEAT_MS);
  try {
    return await write();
  } finally {
    clearInterval(timer);
  }
}
