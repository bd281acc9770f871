import { GatewayError } from '@gateway/contracts';
import type { AnswerItem } from './answer-reader.ts';
import { readChunk, type Chunk } from './chunk.ts';
import { errorIn, errorOf } from './errors.ts';
import type { Finish } from './finish-reasons.ts';
import { ThinkingFilter } from './thinking.ts';
import { at } from './values.ts';

/** How a reply with text ended: complete, or cut off. */
export type ReplyFinish = 'stop' | 'length' | 'content_filter';

/** Characters to keep of a refusal. */
const MAX_REFUSAL = 16_384;
/** Characters that an error quotes from an answer in an unknown format. */
const MAX_QUOTE = 200;
/** Characters of the reply that are compared with a repeated `message`. */
const MAX_COMPARED = 1_000_000;

/** Collects one reply from the endpoint's values and decides how it ended. */
export class ReplyReader {
  readonly #thinking = new ThinkingFilter();
  #index: number | null = null;
  /** The endpoint's text so far, reasoning included. */
  #received = '';
  #refusal = '';
  #tool: string | null = null;
  #hasThought = false;
  #finish: Finish | null = null;
  #reason = '';
  #isDone = false;
  /** The first half of a surrogate pair whose second half has not arrived yet. */
  #half = '';
  #hasChunk = false;
  /** The start of the first JSON value that is not a chunk. */
  #foreign = '';

  /** Whether the endpoint has declared the end of the stream. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Whether the endpoint has sent a finish reason; more may follow for a moment. A `stop` after nothing but reasoning
   * does not count, since proxies of Gemini's API send it in every chunk.
   */
  get hasEnded(): boolean {
    const hasContent = this.#received !== '' || this.#refusal !== '' || this.#tool !== null;
    return this.#finish !== null && (this.#finish !== 'stop' || hasContent || !this.#hasThought);
  }

  /**
   * @returns the next piece of the reply, often empty. @throws {GatewayError} for an error that the endpoint reports.
   */
  take(item: AnswerItem): string {
    if (item.type === 'done') {
      this.#isDone = true;
      return '';
    }
    if (item.type === 'error') throw errorOf(item.value);
    const error = errorIn(item.value);
    if (error !== null) throw errorOf(error);
    const values: readonly unknown[] = Array.isArray(item.value) ? item.value : [item.value];
    return this.#wellFormed(values.map((value) => this.#takeValue(value)).join(''));
  }

  #takeValue(value: unknown): string {
    const chunk = readChunk(value);
    if (chunk !== null) return this.#takeChunk(chunk);
    if (at(value, 'choices') !== undefined) this.#hasChunk = true;
    else if (this.#foreign === '') this.#foreign = JSON.stringify(value)?.slice(0, MAX_QUOTE) ?? '';
    return '';
  }

  /** Some proxies split a character between two chunks. */
  #wellFormed(text: string): string {
    if (text === '') return '';
    const whole = this.#half + text;
    this.#half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? '';
    return whole.slice(0, whole.length - this.#half.length);
  }

  #takeChunk(chunk: Chunk): string {
    this.#hasChunk = true;
    this.#index ??= chunk.index;
    if (chunk.index !== this.#index) return '';
    const text = chunk.text || this.#newText(chunk);
    this.#refusal = (this.#refusal + chunk.refusal).slice(0, MAX_REFUSAL);
    this.#tool ??= chunk.tool;
    this.#hasThought ||= chunk.hasThought;
    if (this.#received.length < MAX_COMPARED) this.#received += text;
    if (chunk.finish !== null) {
      // A later `stop` does not undo a cut.
      if (this.#finish === null || this.#finish === 'stop') {
        this.#finish = chunk.finish;
        this.#reason = chunk.reason;
      }
    } else if (text !== '') this.#finish = null;
    return this.#thinking.push(text);
  }

  /**
   * The new part of a `message`, which mostly contains the whole text so far (Perplexity, completions without
   * streaming).
   */
  #newText({ message, hasDelta }: Chunk): string {
    if (message.startsWith(this.#received)) return message.slice(this.#received.length);
    return hasDelta ? '' : message;
  }

  /** The last piece, if one was kept back. */
  flush(): string {
    return this.#half + this.#thinking.end();
  }

  /**
   * How the reply ended. `[DONE]` without a reason counts as complete, because some endpoints never give a reason. An
   * answer that just stops does not.
   * @throws {GatewayError} if there is no reply, or nothing says that it is complete.
   */
  finish(): ReplyFinish {
    if (this.#refusal !== '') throw declined(this.#refusal);
    if (this.#tool !== null || this.#finish === 'tool_calls') throw toolCall(this.#tool);
    switch (this.#finish) {
      case 'stop':
      case 'length':
      case 'content_filter':
        return this.#finish;
      case null:
        if (!this.#hasChunk && this.#foreign !== '') throw notAChunk(this.#foreign);
        if (this.#isDone) return 'stop';
        throw new GatewayError('ASSISTANT_UNAVAILABLE', 'The assistant stopped in the middle of its reply.');
      default:
        throw new GatewayError(
          'ASSISTANT_UNAVAILABLE',
          `The assistant ended with “${this.#reason.slice(0, 100)}”, which does not say that its reply is complete.`,
        );
    }
  }
}

function notAChunk(json: string): GatewayError {
  return new GatewayError(
    'ASSISTANT_BAD_RESPONSE',
    `The assistant's answer is JSON, but not a chat completion: ${json}`,
  );
}

function declined(refusal: string): GatewayError {
  return new GatewayError(
    'ASSISTANT_DECLINED',
    `The assistant declined to answer: ${refusal.slice(0, 500)}`,
    {
      extra: { refusal },
    },
  );
}

function toolCall(name: string | null): GatewayError {
  const which = name === null ? 'a tool' : `the tool “${name.slice(0, 100)}”`;
  return new GatewayError(
    'ASSISTANT_TOOL_CALL',
    `The assistant requested ${which}. The gateway runs no tools: nothing was sent.`,
  );
}
