import { cleanText, GatewayError, isInvisible, messageStreamRequestSchema } from '@gateway/contracts';
import { Pauses } from '@gateway/runtime';
import { Hono } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { readIdempotencyKey } from '../http/idempotency-key.ts';
import { answerLanguage, inLanguage } from '../http/language.ts';
import { eventStream } from '../http/sse.ts';
import { validationError } from '../http/validation.ts';
import { destinationOf } from '../message-stream/destination.ts';
import { digestOfRequest, earlierReply, replyKey } from '../message-stream/repeat.ts';
import { ownReply, replyEvents } from '../message-stream/reply-events.ts';
import { readAccountBody } from '../middleware/json-body.ts';

/**
 * Streams an assistant's reply and sends it from the account. Refuses as many invalid requests as possible before the
 * stream begins.
 */
export function messageStreamRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.post('/message_stream', async (c) => {
    const pauses = new Pauses();
    const givenKey = readIdempotencyKey(c.req.header('idempotency-key'));
    const request = await readAccountBody(c, messageStreamRequestSchema);
    const given = ownReply(request.messages);
    if (given !== null && isInvisible(cleanText(given)))
      throw validationError([
        { path: `messages.${request.messages.length - 1}.content`, message: 'must not be empty' },
      ]);
    if (given === null && context.assistant === null) throw new GatewayError('ASSISTANT_NOT_CONFIGURED');
    const destination = await destinationOf(context, request, c.get('caller'));
    const idempotencyKey = replyKey(request, givenKey);
    // A request may have 8,000 parts: its check, its digest and its reply each take a turn of their own.
    await pauses.pause();
    const askedDigest = digestOfRequest(request);
    await pauses.pause();
    const earlier = await earlierReply(context, destination, idempotencyKey, request);
    if (destination !== null && earlier === null) {
      const { userId, view, recipient } = destination;
      await context.producer.requireReply(userId, view, recipient);
    }
    const requestId = c.get('requestId');
    const facts = c.get('facts');
    const language = answerLanguage(c);

    return eventStream(c, async (stream) => {
      const write = (event: string, data: object) => stream.writeSSE({ event, data: JSON.stringify(data) });
      try {
        const onJob = (jobId: string) => {
          facts.jobId = jobId;
        };
        const call = {
          request,
          destination,
          idempotencyKey,
          askedDigest,
          earlier,
          requestId,
          hungUp: stream.hungUp,
          onJob,
        };
        // A reply that the caller supplied never waits for input and can produce up to 100,000 events.
        for await (const { event, data } of replyEvents(context, call)) {
          await write(event, event === 'telegram' ? inLanguage(data, language) : data);
          await pauses.pause();
        }
      } catch (thrown) {
        const error = GatewayError.from(thrown);
        context.metrics.assistant(error.code);
        const line = { requestId, userId: request.user_id, code: error.code, err: error.cause ?? error };
        if (error.code === 'INTERNAL') context.logger.error(line, 'unexpected error');
        else context.logger.info(line, 'the assistant failed');
        const shown = inLanguage(error.toPublic(), language);
        await write('error', { status: 'error', ...shown, request_id: requestId });
      }
      await write('done', { request_id: requestId });
    });
  });

  return routes;
}
