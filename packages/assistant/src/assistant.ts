import { GatewayError } from '@gateway/contracts';
import { withTimeout } from '@gateway/runtime';
import OpenAI from 'openai';
import { toAssistantError } from './errors.ts';

export interface AssistantOptions {
  /** Of an OpenAI-compatible endpoint, without `/chat/completions`. */
  baseUrl: string;
  model: string;
  apiKey?: string | undefined;
  /** ms until the first piece of a reply, between two pieces, and for the whole of it. */
  firstPieceMs?: number;
  betweenMs?: number;
  wholeMs?: number;
}

export interface ChatRequest {
  /** As the endpoint takes them; at least one. */
  messages: readonly Readonly<Record<string, unknown>>[];
  /** Passed on as they are (`temperature`, …); `model` chooses another than the usual one. */
  extra?: Readonly<Record<string, unknown>>;
}

export interface Assistant {
  /**
   * The reply, piece by piece, as the model writes it. Nothing is read from the model that is not asked for here, so that a slow reader
   * slows the model down. Leaving the loop, or aborting the signal, ends the request.
   * @throws {GatewayError} `ASSISTANT_REFUSED`, `_RATE_LIMITED`, `_UNAVAILABLE` (also where it breaks off), `_TIMEOUT`.
   */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<string>;
}

const FIRST_PIECE_MS = 60_000;
const BETWEEN_MS = 60_000;
const WHOLE_MS = 10 * 60_000;

/** Times that a request is repeated that got no answer, or a 5xx; never once a piece of a reply has come. */
const RETRIES = 1;

/** What only the gateway decides. */
const OURS: ReadonlySet<string> = new Set(['messages', 'stream', 'stream_options', 'n']);

export function createAssistant({
  baseUrl,
  model,
  apiKey,
  firstPieceMs = FIRST_PIECE_MS,
  betweenMs = BETWEEN_MS,
  wholeMs = WHOLE_MS,
}: AssistantOptions): Assistant {
  const client = new OpenAI({
    baseURL: baseUrl,
    // The library wants one; endpoints on one's own machine take any.
    apiKey: apiKey ?? 'none',
    maxRetries: RETRIES,
    timeout: wholeMs,
    // Its own settings in the environment are no settings of ours.
    organization: null,
    project: null,
    logLevel: 'off',
  });

  return {
    async *stream({ messages, extra = {} }, signal) {
      const controller = new AbortController();
      const abort = () => controller.abort();
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      const end = Date.now() + wholeMs;
      const inTime = <T>(work: Promise<T>, ms: number) =>
        withTimeout(
          work,
          Math.max(0, Math.min(ms, end - Date.now())),
          () => new GatewayError('ASSISTANT_TIMEOUT'),
        );
      try {
        const body = {
          model,
          ...Object.fromEntries(Object.entries(extra).filter(([name]) => !OURS.has(name))),
          messages,
          stream: true,
        };
        const opening = client.post('/chat/completions', { body, stream: true, signal: controller.signal });
        const stream = await inTime(Promise.resolve(opening), firstPieceMs);
        const pieces = piecesOf(stream)[Symbol.asyncIterator]();
        for (let wait = firstPieceMs; ; wait = betweenMs) {
          const next = await inTime(pieces.next(), wait);
          if (next.done === true) return;
          yield next.value;
        }
      } catch (thrown) {
        throw toAssistantError(thrown, apiKey);
      } finally {
        signal.removeEventListener('abort', abort);
        controller.abort();
      }
    },
  };
}

/** The text of each chunk that has one. @throws {GatewayError} `ASSISTANT_UNAVAILABLE` where the stream ends and the reply had not. */
async function* piecesOf(stream: unknown): AsyncGenerator<string> {
  if (!isIterable(stream))
    throw new GatewayError('ASSISTANT_UNAVAILABLE', 'The assistant answered with no stream.');
  let finished = false;
  for await (const chunk of stream) {
    const choice = at(at(chunk, 'choices'), 0);
    const text = at(at(choice, 'delta'), 'content');
    if (typeof text === 'string' && text !== '') yield text;
    if (typeof at(choice, 'finish_reason') === 'string') finished = true;
  }
  if (!finished)
    throw new GatewayError('ASSISTANT_UNAVAILABLE', 'The assistant broke off in the middle of its reply.');
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Endpoints differ in what they leave out: nothing is taken for granted. */
function at(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
