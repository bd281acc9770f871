import { withoutUnopenedThoughts, type ReplyFinish, type ReplyPart } from '@gateway/assistant';
import {
  cleanText,
  GatewayError,
  isInvisible,
  MAX_TEXT_LENGTH,
  textOf,
  type AccountView,
  type ChatMessage,
  type MessageStreamRequest,
} from '@gateway/contracts';
import type { EnqueuedJob } from '@gateway/queue';
import { refuseSignedOut } from '../accounts/signed-in.ts';
import { awaitAction, holdOf } from '../actions/await-action.ts';
import type { ApiContext } from '../context.ts';
import { withEitherSignal } from '../http/either-signal.ts';
import { replyJob } from './reply-job.ts';
import { WholeCharacters } from './whole-characters.ts';

/** An event of the stream, as named in the contract. */
export interface ReplyEvent {
  event: 'delta' | 'message' | 'telegram';
  data: Readonly<Record<string, unknown>>;
}

/** The chat that gets the reply, and the account that sends it. */
export interface Destination {
  /** The sending account: the caller's, or the bot's. */
  userId: string;
  recipient: string;
  view: AccountView;
}

export interface ReplyCall {
  request: MessageStreamRequest;
  /** `null`: the reply is only streamed. */
  destination: Destination | null;
  idempotencyKey: string | undefined;
  /** Digest of the request; distinguishes a repeat from a different request. */
  askedDigest: string;
  /** The existing reply job of this request, under the same key; `null`: none yet. */
  earlier: string | null;
  requestId: string;
  /** Aborted when the caller hangs up. */
  hungUp: AbortSignal;
  /** Called with the job's id as soon as the job exists. */
  onJob: (jobId: string) => void;
}

/** ms that the stream waits for the message to be sent. */
const SEND_WAIT_MS = 60_000;

/** Maximum length, in UTF-16 units, of a reply that is only streamed. */
const MAX_REPLY = 1_000_000;

/** Splits a reply that the caller supplied into the pieces to stream. */
const WORDS = /\S+\s*|\s+/g;

/** A complete reply that may be sent. */
interface Reply {
  content: string;
  /** Why the model stopped; `null`: the caller supplied the reply. */
  finish: ReplyFinish | null;
  /** Number of unpaired surrogates that were replaced by U+FFFD. */
  replaced: number;
}

/**
 * Streams the reply piece by piece, then the whole reply, then the outcome of its message. If the caller hangs up
 * before the reply is complete, nothing is sent. If the caller hangs up later, the message is still sent, once.
 * @throws {GatewayError} `ASSISTANT_*`, or why the reply could not be enqueued.
 */
export async function* replyEvents(context: ApiContext, call: ReplyCall): AsyncGenerator<ReplyEvent> {
  const { destination, earlier } = call;
  const { producer, metrics } = context;
  // For a job of an earlier request, uses the account view that this request read.
  const watched = (jobId: string, { userId, view }: Destination): EnqueuedJob => ({
    jobId,
    wait: producer.watch(jobId, userId),
    view,
    isRepeat: true,
  });
  // The earlier request already has its reply, so the model is not called again.
  if (destination !== null && earlier !== null) {
    yield* outcomeOf(context, call, watched(earlier, destination));
    metrics.assistant('replied');
    return;
  }
  const { content, finish, replaced } = yield* reply(context, call);
  const message = {
    role: 'assistant',
    content,
    ...(finish !== null && { finish_reason: finish }),
    ...(replaced > 0 && { replaced_characters: replaced }),
  };
  yield { event: 'message', data: message };
  if (destination !== null && isCut(finish) && call.request.send_if_cut !== true) {
    const error = cutError(finish);
    yield { event: 'telegram', data: { state: 'failed', ...error.toPublic() } };
    metrics.assistant(error.code);
    return;
  }
  if (destination !== null) {
    const accepted = await send(content, destination);
    metrics.accepted(1);
    yield* outcomeOf(context, call, accepted);
  }
  metrics.assistant('replied');

  async function send(text: string, to: Destination): Promise<EnqueuedJob> {
    const { requestId, askedDigest, idempotencyKey } = call;
    const { userId, recipient } = to;
    const job = await replyJob(
      text,
      { userId, recipient, requestId, askedDigest, idempotencyKey },
      context.logger,
    );
    return producer.enqueue(job, refuseSignedOut);
  }
}

type Cut = Exclude<ReplyFinish, 'stop'>;

function isCut(finish: ReplyFinish | null): finish is Cut {
  return finish !== null && finish !== 'stop';
}

function cutError(finish: Cut): GatewayError {
  const why = finish === 'length' ? 'at the limit of its length' : 'by a filter of content';
  return new GatewayError('ASSISTANT_INCOMPLETE', `The reply was cut ${why}, and was not sent.`, {
    extra: { finish_reason: finish },
  });
}

/** Streams the reply as it arrives. @returns the whole reply. */
async function* reply(context: ApiContext, call: ReplyCall): AsyncGenerator<ReplyEvent, Reply> {
  const pieces: string[] = [];
  const characters = new WholeCharacters();
  let length = 0;
  let finish: ReplyFinish | null = null;
  const most = call.destination === null ? MAX_REPLY : MAX_TEXT_LENGTH;
  for await (const part of partsOf(context, call)) {
    if ('finish' in part) {
      finish = part.finish;
      continue;
    }
    const text = characters.add(part.text);
    if (text === '') continue;
    length += text.length;
    if (length > most)
      throw new GatewayError(
        'ASSISTANT_REFUSED',
        `The reply is longer than ${most} UTF-16 units: nothing was sent.`,
      );
    pieces.push(text);
    yield { event: 'delta', data: { text } };
  }
  const rest = characters.end();
  if (rest !== '') {
    pieces.push(rest);
    yield { event: 'delta', data: { text: rest } };
  }
  const whole = pieces.join('');
  const content = finish === null ? whole : withoutUnopenedThoughts(whole);
  if (!isInvisible(cleanText(content))) return { content, finish, replaced: characters.replaced };
  throw isCut(finish) ? cutError(finish) : new GatewayError('ASSISTANT_EMPTY');
}

async function* partsOf(context: ApiContext, call: ReplyCall): AsyncGenerator<ReplyPart> {
  const given = ownReply(call.request.messages);
  if (given !== null) {
    for (const text of given.match(WORDS) ?? []) yield { text };
    return;
  }
  const { assistant, stopping } = context;
  if (assistant === null) throw new GatewayError('ASSISTANT_NOT_CONFIGURED');
  const {
    user_id: _1,
    send_to_telegram: _2,
    send_as_user: _3,
    recipient_id: _4,
    send_if_cut: _5,
    messages,
    ...extra
  } = call.request;
  const ending = new AbortController();
  const end = () => ending.abort();
  call.hungUp.addEventListener('abort', end);
  stopping.addEventListener('abort', end);
  if (call.hungUp.aborted || stopping.aborted) end();
  try {
    for await (const part of assistant.stream({ messages, extra }, ending.signal)) {
      // Another piece shows that the reply was incomplete when the caller hung up. A finish shows that it was complete.
      if (ending.signal.aborted && 'text' in part)
        throw new GatewayError('ASSISTANT_UNAVAILABLE', 'The reply was broken off: nothing was sent.');
      yield part;
    }
  } finally {
    call.hungUp.removeEventListener('abort', end);
    stopping.removeEventListener('abort', end);
  }
}

/** The reply, if the caller supplied it as the last message; `null`: the model must write it. */
export function ownReply(messages: readonly ChatMessage[]): string | null {
  const last = messages.at(-1);
  return last?.role === 'assistant' ? textOf(last) : null;
}

async function* outcomeOf(
  { producer, settings, stopping }: ApiContext,
  { idempotencyKey, hungUp, onJob }: ReplyCall,
  accepted: EnqueuedJob,
): AsyncGenerator<ReplyEvent> {
  const { jobId: job_id } = accepted;
  onJob(job_id);
  const telegram = (data: ReplyEvent['data']): ReplyEvent => ({ event: 'telegram', data });
  try {
    yield telegram({ state: 'queued', job_id });
    const outcome = await withEitherSignal(hungUp, stopping, (signal) =>
      awaitAction(producer, accepted, {
        waitMs: SEND_WAIT_MS,
        hold: holdOf(accepted.view, undefined, settings),
        mayBeOld: idempotencyKey !== undefined,
        signal,
      }),
    );
    if (outcome.state === 'completed') yield telegram({ state: outcome.state, job_id, ...outcome.result });
    else {
      const { state, reason, retryAt } = outcome;
      yield telegram({
        state,
        job_id,
        // As `code`, which a failure has in the same place.
        ...(reason !== null && { code: reason, reason }),
        ...(retryAt !== null && { retry_at: retryAt }),
      });
    }
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    yield telegram({
      state: error.code === 'CANCELLED' ? 'cancelled' : 'failed',
      ...error.toPublic(),
      job_id,
    });
  } finally {
    accepted.wait.cancel();
  }
}
