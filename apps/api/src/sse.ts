import type { SSEStreamingApi } from 'hono/streaming';

/** ms between comments on a stream that has nothing to say: proxies close connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;

/** Runs what writes to the stream, and keeps the stream from falling silent meanwhile. */
export async function withHeartbeat<T>(stream: SSEStreamingApi, write: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void stream.write(': still here\n\n').catch(() => {}), HEARTBEAT_MS);
  try {
    return await write();
  } finally {
    clearInterval(timer);
  }
}
