import { GatewayError, seqInQuery, updatesRequestSchema, userIdSchema } from '@gateway/contracts';
import { eventWithHtml } from '@gateway/formatting';
import type { EventPage } from '@gateway/queue';
import { sleep } from '@gateway/runtime';
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import type { ApiContext, ApiEnv } from '../context.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { longListAnswer } from '../http/long-list.ts';
import { eventStream, type EventWriter } from '../http/sse.ts';
import { streamErrors } from '../http/stream-error.ts';
import { validate } from '../http/validation.ts';
import { whileConnected } from '../http/while-connected.ts';
import { requireAccount } from '../middleware/api-key.ts';

/** Events that a stream reads at a time. */
const CHUNK = 50;

const streamRequestSchema = updatesRequestSchema.pick({ after: true });
const lastEventIdSchema = z.object({ 'Last-Event-ID': seqInQuery });

/** The events of accounts that receive: as a stream (SSE), or by long poll. */
export function updateRoutes(context: ApiContext): Hono<ApiEnv> {
  const { producer, metrics, stopping } = context;
  const { events } = producer;
  const routes = new Hono<ApiEnv>();

  routes.get('/telegram/accounts/:user_id/updates', async (c) => {
    const { user_id: userId } = validate(z.object({ user_id: userIdSchema }), {
      user_id: c.req.param('user_id'),
    });
    requireAccount(c.get('caller'), userId);
    c.get('facts').userId = userId;
    if (c.req.header('accept')?.toLowerCase().includes('text/event-stream') === true) {
      const from = placeOf(c);
      const { last_seq } = await requireReceiving(userId);
      // Live events are not stored: a caller that sees the stream open gets the next one.
      await events.listening(userId);
      return stream(c, userId, from ?? last_seq);
    }
    const { after, limit, wait } = validate(updatesRequestSchema, c.req.query());
    const { last_seq } = await requireReceiving(userId);
    const from = after ?? last_seq;
    const page = await whileConnected(c, stopping, (signal) =>
      pageWithin(userId, from, { limit, waitMs: wait * 1_000, signal }),
    );
    const fields = { status: 'ok', next: page.events.at(-1)?.seq ?? from } as const;
    return longListAnswer(c, fields, 'events', page.events, eventWithHtml);
  });

  return routes;

  /** @throws {GatewayError} `RECEIVING_OFF`. */
  async function requireReceiving(userId: string) {
    const receiving = await events.receiving(userId);
    if (!receiving.enabled) throw new GatewayError('RECEIVING_OFF');
    return receiving;
  }

  /** @throws {GatewayError} `EVENTS_GONE`, `RECEIVING_OFF`. */
  async function pageWithin(
    userId: string,
    after: number,
    { limit, waitMs, signal }: { limit: number; waitMs: number; signal: AbortSignal },
  ): Promise<EventPage> {
    const first = presentIn(await events.read(userId, after, limit));
    if (first.events.length > 0 || waitMs === 0) return first;
    const timeout = new AbortController();
    return withEitherSignal(signal, timeout.signal, async (ended) => {
      const watch = events.watch(userId);
      const leave = metrics.eventReader('long_poll');
      void sleep(waitMs, ended).then(() => timeout.abort());
      try {
        for (;;) {
          // Read after the watch began, so that no event in between is missed.
          const page = presentIn(await events.read(userId, after, limit));
          if (page.events.length > 0 || ended.aborted) return page;
          const change = await watch.changed(after, ended);
          watch.takeLive();
          if (change === 'woken' && !ended.aborted) await requireReceiving(userId);
        }
      } finally {
        watch.close();
        leave();
        timeout.abort();
      }
    });
  }

  function stream(c: Context<ApiEnv>, userId: string, from: number): Response {
    const writeError = streamErrors(context, c);
    return eventStream(c, (writer) =>
      withEitherSignal(writer.hungUp, stopping, (signal) => writeEvents(writer, userId, from, signal)).catch(
        (thrown: unknown) => writeError(writer, thrown, firstPlaceIn(thrown)),
      ),
    );
  }

  /** @throws {GatewayError} `EVENTS_GONE`, `RECEIVING_OFF`, `QUEUE_UNAVAILABLE`. */
  async function writeEvents(
    writer: EventWriter,
    userId: string,
    from: number,
    signal: AbortSignal,
  ): Promise<void> {
    const watch = events.watch(userId);
    const leave = metrics.eventReader('stream');
    let after = from;
    try {
      while (!signal.aborted) {
        const page = presentIn(await events.read(userId, after, CHUNK));
        for (const event of page.events) {
          if (signal.aborted) return;
          const data = JSON.stringify(eventWithHtml(event));
          await writer.writeSSE({ event: event.type, id: String(event.seq), data });
          after = event.seq;
        }
        for (const event of watch.takeLive())
          await writer.writeSSE({
            event: event.type,
            data: JSON.stringify({ event_id: null, seq: null, user_id: userId, ...event }),
          });
        if (page.events.length === CHUNK) continue;
        const change = await watch.changed(after, signal);
        if (change === 'woken' && !signal.aborted) await requireReceiving(userId);
      }
    } finally {
      watch.close();
      leave();
    }
  }
}

/** The number after which a stream begins. The header, which a client sends when it connects again, wins. */
function placeOf(c: Context<ApiEnv>): number | undefined {
  const { after } = validate(streamRequestSchema, c.req.query());
  const header = c.req.header('last-event-id') ?? '';
  return header === '' ? after : validate(lastEventIdSchema, { 'Last-Event-ID': header })['Last-Event-ID'];
}

/** The place before the oldest event, if the error says which that is: a client that connects again begins there. */
function firstPlaceIn(thrown: unknown): string | undefined {
  const { oldest_seq: oldest } = { oldest_seq: undefined, ...GatewayError.from(thrown).details.extra };
  return typeof oldest === 'number' ? String(oldest - 1) : undefined;
}

/** @throws {GatewayError} `EVENTS_GONE`. */
function presentIn(page: EventPage): EventPage {
  const { isGone, lastSeq: last_seq, oldestSeq: oldest_seq } = page;
  if (isGone) throw new GatewayError('EVENTS_GONE', undefined, { extra: { oldest_seq, last_seq } });
  return page;
}
