import type { Context } from 'hono';
import type { ApiEnv } from '../context.ts';
import { onHeartbeat } from './heartbeats.ts';

const encoder = new TextEncoder();

/** One event: `data` is a single line, such as JSON. */
interface ServerSentEvent {
  event: string;
  data: string;
  id?: string;
  /** ms that the client is to wait before it connects again. */
  retry?: number;
}

/** Writes events to a stream. */
export interface EventWriter {
  /** Aborted when the caller closes the stream. The signal of the request would make a whole Web request. */
  hungUp: AbortSignal;
  /** Resolves once the caller has room for the next event, or is gone. */
  writeSSE(event: ServerSentEvent): Promise<void>;
}

/** Responds with an event stream that lasts as long as `write` runs. A HEAD gets only the headers. */
export function eventStream(c: Context<ApiEnv>, write: (stream: EventWriter) => Promise<void>): Response {
  const headers = { 'Content-Type': 'text/event-stream' };
  return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(streamOf(write), 200, headers);
}

/**
 * One Web stream, where Hono's `streamSSE` makes three for each response. They were most of the memory of an idle
 * watcher.
 */
function streamOf(write: (stream: EventWriter) => Promise<void>): ReadableStream<Uint8Array> {
  const hangUp = new AbortController();
  let isOpen = true;
  let onRoom = () => {};
  let endHeartbeat = () => {};
  const end = () => {
    isOpen = false;
    endHeartbeat();
    onRoom();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      endHeartbeat = onHeartbeat(() => {
        // A caller that does not read gets none: they would only fill the memory.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(': still here\n\n'));
      });
      const writeSSE = async ({ event, id, retry, data }: ServerSentEvent) => {
        if (!isOpen) return;
        const idLine = id === undefined ? '' : `id: ${id}\n`;
        const retryLine = retry === undefined ? '' : `retry: ${retry}\n`;
        controller.enqueue(encoder.encode(`event: ${event}\n${idLine}${retryLine}data: ${data}\n\n`));
        if ((controller.desiredSize ?? 0) > 0) return;
        await new Promise<void>((resolve) => {
          onRoom = resolve;
        });
      };
      const finish = (close: () => void) => {
        if (!isOpen) return;
        end();
        close();
      };
      write({ hungUp: hangUp.signal, writeSSE }).then(
        () => finish(() => controller.close()),
        (error: unknown) => finish(() => controller.error(error)),
      );
    },
    pull: () => onRoom(),
    cancel: () => {
      end();
      hangUp.abort();
    },
  });
}
