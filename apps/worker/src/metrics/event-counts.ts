import type { EventDraft, GapReason } from '@gateway/contracts';
import type { ReceivingMetrics } from '@gateway/telemetry';
import type { DeliveryParts } from '../subscriptions/deliver-events.ts';

/** Counts events once they are stored. */
export function countEvents(
  metrics: ReceivingMetrics,
  now: () => number,
): (events: readonly EventDraft[], gaps: readonly GapReason[]) => void {
  return (events, gaps) => {
    for (const event of events) {
      metrics.stored(event.type, ageOf(event, now()));
      if (event.type === 'updates.gap') metrics.gap(event.reason);
    }
    for (const reason of gaps) {
      metrics.stored('updates.gap', null);
      metrics.gap(reason);
    }
  };
}

/** Seconds since Telegram's date of a message or edit; `null`: it has none, or was fetched later. */
function ageOf(event: EventDraft, now: number): number | null {
  const isDated = event.type === 'message.new' || event.type === 'message.edited';
  if (!isDated || event.caught_up) return null;
  return Math.max(0, now - Date.parse(event.occurred_at)) / 1_000;
}

/** Counts tries to post events to webhooks. A webhook that was behind gets a gap which is in no sequence. */
export function countTry(metrics: ReceivingMetrics): DeliveryParts['onTry'] {
  const gone: GapReason = 'events_gone';
  return (outcome, event) => {
    metrics.delivery(outcome);
    if (outcome === 'delivered' && event.type === 'updates.gap' && event.reason === gone) metrics.gap(gone);
  };
}
