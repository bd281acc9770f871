import type { JobState, SendResult } from '@gateway/contracts';
import { GatewayConnectionError, objectOf } from './errors.ts';
import { headerText } from './header-text.ts';
import { never } from './retry.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, ErrorBody } from './types.ts';

/** A request to the assistant. Other fields, such as `temperature`, are passed on to it. */
export interface MessageStreamRequest {
  user_id: string;
  messages: readonly ChatMessage[];
  /** Whether the reply is sent to `recipient_id`. */
  send_to_telegram?: boolean | undefined;
  /** `false`: the gateway's bot sends it. */
  send_as_user?: boolean | undefined;
  recipient_id?: string | number | undefined;
  /** Whether to send a reply that was cut off (see `finish_reason`). Default: false. */
  send_if_cut?: boolean | undefined;
  [field: string]: unknown;
}

export interface ChatMessage {
  role: string;
  /** A text, or content parts in the format of the chat endpoint. */
  content: unknown;
  [field: string]: unknown;
}

export interface MessageStreamOptions extends CallOptions {
  /** Streams with the same key send one message. Default: no key; each stream sends its own message. */
  idempotencyKey?: string | undefined;
}

/** The state of sending the reply to Telegram. */
export type TelegramProgress = Partial<SendResult> & {
  state: 'queued' | JobState;
  job_id?: string;
  /** Set if the send is delayed. */
  reason?: string;
  retry_at?: string;
  /** Why the send failed, or is delayed. */
  code?: string;
  message?: string;
};

export type MessageStreamEvent =
  /** The next piece of the reply. */
  | { event: 'delta'; data: { text: string } }
  /** The whole reply. No `finish_reason` if the caller supplied the reply; any but `stop` means it was cut off. */
  | {
      event: 'message';
      data: {
        role: 'assistant';
        content: string;
        finish_reason?: 'stop' | 'length' | 'content_filter';
        /** Number of unpaired surrogates that were replaced by U+FFFD; absent if none. */
        replaced_characters?: number;
      };
    }
  | { event: 'telegram'; data: TelegramProgress }
  /** An error after the stream started. */
  | { event: 'error'; data: Omit<ErrorBody, 'status'> }
  /** The last event. */
  | { event: 'done'; data: Record<string, unknown> };

const EVENTS: readonly string[] = [
  'delta',
  'message',
  'telegram',
  'error',
  'done',
] satisfies MessageStreamEvent['event'][];

/** See {@link GatewayClient.streamMessage}. */
export async function* streamMessage(
  transport: Transport,
  request: MessageStreamRequest,
  { idempotencyKey, signal }: MessageStreamOptions,
): AsyncGenerator<MessageStreamEvent> {
  const stream = await transport.stream({
    method: 'POST',
    path: '/message_stream',
    body: request,
    retry: never,
    signal,
    ...(idempotencyKey !== undefined && { headers: { 'Idempotency-Key': headerText(idempotencyKey) } }),
  });
  let isWhole = false;
  for await (const { event, data } of stream?.events ?? []) {
    const known = eventOf(event, data);
    if (known === null) continue;
    isWhole = known.event === 'done' || known.event === 'error';
    yield known;
    if (known.event === 'done') return;
  }
  if (!isWhole) throw new GatewayConnectionError('the stream closed before its end');
}

/** `null` for unknown events. The cast relies on the gateway's contract. */
function eventOf(event: string, data: string): MessageStreamEvent | null {
  if (!EVENTS.includes(event)) return null;
  const body = data === '' ? {} : objectOf(data);
  return body === null ? null : ({ event, data: body } as MessageStreamEvent);
}
