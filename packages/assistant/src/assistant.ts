import { GatewayError } from '@gateway/contracts';
import { Pauses, withTimeout } from '@gateway/runtime';
import { AnswerReader, type AnswerItem } from './answer-reader.ts';
import { Endpoint } from './endpoint.ts';
import { toAssistantError } from './errors.ts';
import { ReplyReader, type ReplyFinish } from './reply-reader.ts';

export interface AssistantOptions {
  /** Base URL of an OpenAI-compatible endpoint, without `/chat/completions`. */
  baseUrl: string;
  model: string;
  apiKey?: string | undefined;
  /** ms that the endpoint may send nothing. Comments and reasoning count as sent data. Default: a minute. */
  idleMs?: number;
  /** ms for the whole reply. Default: ten minutes. */
  maxMs?: number;
}

export interface ChatRequest {
  /** In the endpoint's format; at least one. */
  messages: readonly Readonly<Record<string, unknown>>[];
  /** Further fields, passed on unchanged (`temperature`, …). `model` replaces the default model. */
  extra?: Readonly<Record<string, unknown>>;
}

/** A piece of the reply, or, as the last part, how it ended. */
export type ReplyPart = { text: string } | { finish: ReplyFinish };

export interface Assistant {
  /**
   * The reply as the model writes it, piece by piece, and last how it ended. Reads only on demand, so a slow reader
   * slows the model down. Leaving the loop or aborting the signal ends the request, unless the reply has already ended.
   * @throws {GatewayError} any `ASSISTANT_*`; in particular if nothing says that the reply is complete.
   */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ReplyPart>;
}

const IDLE_MS = 60_000;
const MAX_MS = 10 * 60_000;

/**
 * ms to wait after the end of a reply for `[DONE]`, usage, or more text from endpoints that mark every chunk as the
 * end.
 */
const AFTER_END_MS = 1_500;

/** Maximum bytes of an answer. A long reply with reasoning in the smallest chunks is a tenth of this. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Fields that only the gateway sets. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['messages', 'stream', 'stream_options', 'n']);

export function createAssistant(options: AssistantOptions): Assistant {
  const { model, apiKey, idleMs = IDLE_MS, maxMs = MAX_MS } = options;
  const endpoint = new Endpoint(options);

  return {
    async *stream({ messages, extra = {} }, signal) {
      const controller = new AbortController();
      const abort = () => controller.abort();
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      const end = Date.now() + maxMs;
      const inTime = <T>(work: Promise<T>, ms: number) => {
        const left = end - Date.now();
        return withTimeout(work, Math.max(0, Math.min(ms, left)), () =>
          timeoutError(left < ms ? maxMs : null, idleMs),
        );
      };
      const body = {
        model,
        ...Object.fromEntries(Object.entries(extra).filter(([name]) => !OWN_FIELDS.has(name))),
        messages,
        stream: true,
      };
      try {
        const chunks = await inTime(endpoint.post(body, controller.signal), idleMs);
        yield* readReply((ms) => inTime(chunks.next(), ms), idleMs);
      } catch (thrown) {
        if (signal.aborted)
          throw new GatewayError('ASSISTANT_UNAVAILABLE', 'The reply was cut off: nothing was sent.');
        throw toAssistantError(thrown, apiKey);
      } finally {
        signal.removeEventListener('abort', abort);
        controller.abort();
      }
    },
  };
}

/** @param next returns the next bytes; rejects if none arrive within `ms`. */
async function* readReply(
  next: (ms: number) => Promise<IteratorResult<Uint8Array, void>>,
  idleMs: number,
): AsyncGenerator<ReplyPart> {
  const answer = new AnswerReader();
  const reply = new ReplyReader();
  // Bytes that have already arrived are read without a wait.
  const pauses = new Pauses();
  let bytes = 0;
  let afterEnd = Number.POSITIVE_INFINITY;
  while (!reply.isDone) {
    // A connection error after the end of the reply does not change the reply.
    const read = await next(Math.min(idleMs, afterEnd - Date.now())).catch((error: unknown) => {
      if (reply.hasEnded) return null;
      throw error;
    });
    if (read === null) break;
    const isLast = read.done === true;
    bytes += read.value?.length ?? 0;
    if (bytes > MAX_BYTES)
      throw new GatewayError('ASSISTANT_BAD_RESPONSE', 'The assistant sends without end.');
    for (const item of isLast ? lastItems(answer, reply) : answer.push(read.value)) {
      await pauses.pause();
      const text = item === null ? '' : reply.take(item);
      if (text !== '') yield { text };
      if (reply.isDone) break;
      if (!reply.hasEnded) afterEnd = Number.POSITIVE_INFINITY;
      else if (text !== '' || afterEnd === Number.POSITIVE_INFINITY) afterEnd = Date.now() + AFTER_END_MS;
    }
    if (isLast) break;
  }
  const finish = reply.finish();
  const rest = reply.flush();
  if (rest !== '') yield { text: rest };
  yield { finish };
}

/** @param maxMs the limit for the whole reply, if that was exceeded; `null`: the idle limit was. */
function timeoutError(maxMs: number | null, idleMs: number): GatewayError {
  const why =
    maxMs === null
      ? `sent nothing for ${idleMs / 1_000} s (ASSISTANT_IDLE_TIMEOUT)`
      : `took longer than ${maxMs / 1_000} s (ASSISTANT_MAX_TIME)`;
  return new GatewayError('ASSISTANT_TIMEOUT', `The assistant ${why}.`);
}

/** An unreadable rest is an error, unless the reply has already ended. */
function* lastItems(answer: AnswerReader, reply: ReplyReader): Generator<AnswerItem | null> {
  try {
    yield* answer.end();
  } catch (thrown) {
    if (!reply.hasEnded) throw thrown;
  }
}
