import { passesFilter, type GatewayEvent } from '@gateway/contracts';
import { eventWithHtml } from '@gateway/formatting';
import {
  moveCursor,
  openCursor,
  webhookBackoff,
  type Cursor,
  type EventReader,
  type RedisClient,
  type Webhook,
  type WebhookStore,
} from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import type { WebhookSender } from '@gateway/webhooks';
import type { Delivered } from './webhook-lane.ts';

/** Events that are read at a time. */
const CHUNK = 20;

/** How long a webhook may fail at one event, ms. After that it is paused. */
const PAUSED_AFTER = 24 * 3_600_000;

export interface DeliveryParts {
  redis: RedisClient;
  reader: EventReader;
  store: WebhookStore;
  sender: WebhookSender;
  /** Called after each try to post an event. */
  onTry: (outcome: 'delivered' | 'failed', event: GatewayEvent) => void;
  logger: Logger;
}

/**
 * Posts the next events of an account to a webhook, one after the other, and stores its place after each. Only the
 * owner of the account delivers.
 * @param mayDeliver is asked right before each try.
 * @throws {Fenced} if another worker owns the account by now.
 */
export async function deliverEvents(
  parts: DeliveryParts,
  webhook: Webhook,
  userId: string,
  { fence, mayDeliver }: { fence: string; mayDeliver: () => boolean },
): Promise<Delivered> {
  const { redis, reader } = parts;
  const cursor = await openCursor(redis, userId, fence, webhook);
  // Tries from before a pause do not count any more.
  const hasTries = cursor.tries !== null && cursor.tries.since >= webhook.stateAt;
  let place: Cursor = hasTries ? cursor : { ...cursor, tries: null };
  let stored = cursor.seq;
  // `false`: another delivery, of a lane that was opened since, has moved the place meanwhile.
  const store = async (next: Cursor): Promise<boolean> => {
    const from = stored;
    place = next;
    stored = next.seq;
    return moveCursor(redis, userId, fence, { webhookId: webhook.id, from, to: next });
  };
  const page = await reader.read(userId, place.seq, CHUNK);
  const events = page.isGone ? [goneEvent(userId, page.oldestSeq - 1)] : page.events.map(eventWithHtml);
  for (const event of events) {
    // A webhook that was behind gets this event, whatever types it asked for.
    const isWanted =
      page.isGone || (webhook.events.includes(event.type) && passesFilter(webhook.filter, event));
    if (!isWanted) {
      place = { seq: event.seq, tries: null };
      continue;
    }
    if (!mayDeliver()) return { is: 'stopped' };
    const failure = await post(parts, webhook, event, place);
    const next = { seq: failure === null ? event.seq : place.seq, tries: failure?.tries ?? null };
    if (!(await store(next))) return { is: 'more' };
    if (failure !== null) return failure.outcome;
  }
  if (place.seq !== stored) await store(place);
  return { is: page.isGone || events.length === CHUNK ? 'more' : 'done' };
}

/** One try. `null`: the receiver has taken the event. */
async function post(
  { sender, store, onTry, logger }: DeliveryParts,
  webhook: Webhook,
  event: GatewayEvent,
  { tries }: Cursor,
) {
  const attempts = (tries?.attempts ?? 0) + 1;
  const { status, error, final, retryAfterMs, ms } = await sender.send({
    id: `${event.event_id}@${webhook.id}`,
    url: webhook.url,
    body: JSON.stringify(event),
    attempt: attempts,
    secret: webhook.secret,
    headers: { 'x-webhook-subscription': webhook.id, 'x-event-id': event.event_id },
  });
  onTry(error === null ? 'delivered' : 'failed', event);
  const line = { webhookId: webhook.id, eventId: event.event_id, attempt: attempts, status, ms };
  if (error === null) {
    logger.debug(line, 'event delivered');
    return null;
  }
  const now = Date.now();
  const since = tries?.since ?? now;
  const isPaused = final || now - since >= PAUSED_AFTER;
  logger.info({ ...line, error, isPaused }, 'event not delivered');
  await store.setError(webhook.id, {
    at: new Date(now).toISOString(),
    event_id: event.event_id,
    status,
    message: error,
  });
  if (isPaused) await store.setState(webhook.id, 'paused');
  const outcome: Delivered = isPaused
    ? { is: 'paused' }
    : { is: 'failed', ms: Math.max(webhookBackoff(attempts), retryAfterMs ?? 0) };
  return { tries: { attempts, since }, outcome };
}

/** Comes before what is kept, if the webhook was behind. It is no part of the sequence. */
function goneEvent(userId: string, seq: number): GatewayEvent {
  return {
    event_id: `${userId}:${seq}:gone`,
    seq,
    type: 'updates.gap',
    user_id: userId,
    occurred_at: new Date().toISOString(),
    caught_up: false,
    chat: null,
    reason: 'events_gone',
  };
}
