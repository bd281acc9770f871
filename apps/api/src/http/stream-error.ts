import { GatewayError } from '@gateway/contracts';
import type { Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { errorAnswer } from './error-response.ts';
import { answerLanguage } from './language.ts';
import type { EventWriter } from './sse.ts';

/** ms after which a client may connect again, once a stream has ended with an error. */
const RETRY_MS = 5_000;

/** Codes that are an answer to the caller rather than a fault of the gateway. */
const EXPECTED: ReadonlySet<string> = new Set(['EVENTS_GONE', 'RECEIVING_OFF']);

/**
 * Ends a stream with an event `error`, whose data is an error of the API. Call it before the stream begins: the
 * answer's headers name its language.
 * @returns writes the error. `id` of the event: where a client that connects again begins.
 */
export function streamErrors(
  { logger }: Pick<ApiContext, 'logger'>,
  c: Context<ApiEnv>,
): (writer: EventWriter, thrown: unknown, id?: string) => Promise<void> {
  const language = answerLanguage(c);
  const requestId = c.get('requestId');
  return async (writer, thrown, id) => {
    const error = GatewayError.from(thrown);
    const { code, cause = error } = error;
    if (!EXPECTED.has(code))
      logger.warn({ ...c.get('facts'), err: cause, code, requestId }, 'the event stream failed');
    const data = JSON.stringify(errorAnswer(error, requestId, language).body);
    await writer.writeSSE({ event: 'error', data, retry: RETRY_MS, ...(id !== undefined && { id }) });
  };
}
