import { GatewayError } from '@gateway/contracts';
import type { AnswerItem } from './answer-reader.ts';
import { readChunk, type Chunk } from './chunk.ts';
import { errorIn, errorOf } from './errors.ts';
import type { Finish } from './finish-reasons.ts';
import { ThinkingFilter } from './thinking.ts';
import { at } from './values.ts';

/** How a reply ended that has a text: whole, or cut. */
export type ReplyFinish = 'stop' | 'length' | 'content_filter';

/** Characters of a refusal that are kept. */
const MAX_REFUSAL = 16_384;
/** Characters of an answer of another kind that are quoted. */
const MAX_QUOTE = 200;
/** Characters of a reply against which a repeated `message` is compared. */
const MAX_COMPARED = 1_000_000;

/** Follows one reply through what the endpoint sends, and judges its end. */
export class ReplyReader {
  readonly #thinking = new ThinkingFilter();
  #index: number | null = null;
  /** The endpoint's text so far, thoughts included. */
  #received = '';
  #refusal = '';
  #tool: string | null = null;
  #hasThought = false;
  #finish: Finish | null = null;
  #reason = '';
  #isDone = false;
  /** The first half of a surrogate pair whose second half is still to come. */
  #half = '';
  #hasChunk = false;
  /** The beginning of the first JSON that is no chunk. */
  #foreign = '';

  /** The endpoint has said that nothing more comes. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * The endpoint has said how the reply ends; a moment is left for what may follow. A `stop` after nothing but thoughts is not
   * believed: proxies of Gemini's API write it into each chunk.
   */
  get hasEnded(): boolean {
    const hasContent = this.#received !== '' || this.#refusal !== '' || this.#tool !== null;
    return this.#finish !== null && (this.#finish !== 'stop' || hasContent || !this.#hasThought);
  }

  /** @returns the next piece of the reply, often empty. @throws {GatewayError} what the endpoint reports. */
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

  /** Some proxies cut a character in two. */
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
    const text = chunk.text || this.#newOf(chunk);
    this.#refusal = (this.#refusal + chunk.refusal).slice(0, MAX_REFUSAL);
    this.#tool ??= chunk.tool;
    this.#hasThought ||= chunk.hasThought;
    if (this.#received.length < MAX_COMPARED) this.#received += text;
    if (chunk.finish !== null) {
      // A cut is not taken back by a later `stop`.
      if (this.#finish === null || this.#finish === 'stop') {
        this.#finish = chunk.finish;
        this.#reason = chunk.reason;
      }
    } else if (text !== '') this.#finish = null;
    return this.#thinking.push(text);
  }

  /** A `message` mostly holds the whole text so far (Perplexity, completions that are not streamed): what is new in it. */
  #newOf({ message, hasDelta }: Chunk): string {
    if (message.startsWith(this.#received)) return message.slice(this.#received.length);
    return hasDelta ? '' : message;
  }

  /** The last piece, where one was held back. */
  flush(): string {
    return this.#half + this.#thinking.end();
  }

  /**
   * How the reply ended. `[DONE]` alone counts as whole: some endpoints never give a reason. An answer that just stops does not.
   * @throws {GatewayError} where there is no reply, or nothing says that it is whole.
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
        throw new GatewayError(
          'ASSISTANT_UNAVAILABLE',
          'The assistant broke off in the middle of its reply.',
        );
      default:
        throw new GatewayError(
          'ASSISTANT_UNAVAILABLE',
          `The assistant ended with “${this.#reason.slice(0, 100)}”, which does not say that its reply is whole.`,
        );
    }
  }
}

function notAChunk(json: string): GatewayError {
  return new GatewayError(
    'ASSISTANT_BAD_RESPONSE',
    `The assistant's answer is JSON, but no chat completion: ${json}`,
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
    `The assistant asked for ${which}. The gateway runs no tools: nothing was sent.`,
  );
}
