import type { EventDraft, GatewayEvent, ReadMessage, TelegramMessage } from '@gateway/contracts';
import { toHtml } from './to-html.ts';

/** The message as the API shows it. */
export function withHtml(message: ReadMessage): TelegramMessage {
  return { ...message, html: toHtml(message.text, message.entities) };
}

/** The event as the API shows it. */
export function eventWithHtml(
  event: EventDraft & Pick<GatewayEvent, 'event_id' | 'seq' | 'user_id'>,
): GatewayEvent {
  return 'message' in event ? { ...event, message: withHtml(event.message) } : event;
}
