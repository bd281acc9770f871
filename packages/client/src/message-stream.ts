import type { JobState, SendResult } from '@gateway/contracts';
import { GatewayConnectionError, objectOf } from './errors.ts';
import { never } from './retry.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, ErrorBody } from './types.ts';

/** What the assistant is asked. Fields beside these are passed on to it: `temperature`, say. */
export interface MessageStreamRequest {
  user_id: string;
  messages: readonly ChatMessage[];
  /** Whether the reply is sent to `recipient_id`. */
  send_to_telegram?: boolean | undefined;
  /** false: by the gateway's bot. */
  send_as_user?: boolean | undefined;
  recipient_id?: string | number | undefined;
  /** Whether a reply that was cut (`finish_reason`) is sent all the same. Default: false. */
  send_if_cut?: boolean | undefined;
  [field: string]: unknown;
}

export interface ChatMessage {
  role: string;
  /** A text, or parts of content as the chat endpoint takes them. */
  content: unknown;
  [field: string]: unknown;
}

export interface MessageStreamOptions extends CallOptions {
  /** The reply of two streams under one key is one message. Default: one of its own for each stream. */
  idempotencyKey?: string | undefined;
}

/** How the reply stands at Telegram. */
export type TelegramProgress = Partial<SendResult> & {
  state: 'queued' | JobState;
  job_id?: string;
  /** Where it is delayed. */
  reason?: string;
  retry_at?: string;
  /** Where it has failed. */
  code?: string;
  message?: string;
};

export type MessageStreamEvent =
  /** A piece of the reply, as the assistant writes. */
  | { event: 'delta'; data: { text: string } }
  /** The whole reply. `finish_reason` is missing where the caller brought it; all but `stop` are cut. */
  | {
      event: 'message';
      data: {
        role: 'assistant';
        content: string;
        finish_reason?: 'stop' | 'length' | 'content_filter';
        /** Halves of surrogate pairs that became U+FFFD; missing where there were none. */
        replaced_characters?: number;
      };
    }
  | { event: 'telegram'; data: TelegramProgress }
  /** It went wrong after the stream had begun. */
  | { event: 'error'; data: Omit<ErrorBody, 'status'> }
  /** The last. */
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
    ...(idempotencyKey !== undefined && { headers: { 'Idempotency-Key': idempotencyKey } }),
  });
  let isWhole = false;
  for await (const { event, data } of stream?.events ?? []) {
    const known = eventOf(event, data);
    if (known === null) continue;
    isWhole = known.event === 'done' || known.event === 'error';
    yield known;
    if (known.event === 'done') return;
  }
  if (!isWhole) throw new GatewayConnectionError('the stream broke off before its end');
}

/** The shape of each event is the gateway's contract; events that are not known here are left out. */
function eventOf(event: string, data: string): MessageStreamEvent | null {
  if (!EVENTS.includes(event)) return null;
  const body = data === '' ? {} : objectOf(data);
  return body === null ? null : ({ event, data: body } as MessageStreamEvent);
}
