import { GatewayError } from '@gateway/contracts';
import { isDeeplyNested } from './json-depth.ts';
import { LineSplitter } from './lines.ts';

/** One JSON value from the endpoint, or its statement that the stream is over. */
export type AnswerItem =
  | { type: 'value'; value: unknown }
  /** An event named `error`: JSON or text. */
  | { type: 'error'; value: unknown }
  | { type: 'done' };

/**
 * Maximum characters of a line and of a JSON document. Enough for a whole reply with its reasoning; parsed in less than
 * 50 ms.
 */
const MAX_DOCUMENT = 1024 * 1024;
/** Characters that an error quotes from an answer in an unknown format. */
const MAX_QUOTE = 200;

/** The start of meaningful JSON: an object, a list, or `[DONE]` with or without quotes. */
const JSON_START = /^\s*[[{"]/;
const DONE = /^"?\[DONE\]"?$/;

/**
 * Reads a streamed answer of an endpoint. The first line decides the format, because the Content-Type is often wrong:
 * - server-sent events, also with a single line end between them, with comments, or as JSON lines without `data:`
 * - JSON lines (Ollama's own API)
 * - one JSON document: a whole completion, an error, or a list of either (Gemini)
 */
export class AnswerReader {
  readonly #lines = new LineSplitter(MAX_DOCUMENT);
  #kind: 'unknown' | 'events' | 'document' = 'unknown';
  /** Lines of the incomplete event or document. */
  #pending: string[] = [];
  #pendingLength = 0;
  #event = '';
  #hasItems = false;
  /** The first line that fits no format. */
  #foreign = '';

  /**
   * @returns the items that these bytes complete; `null` for each line that completes none, so that the caller can
   * pause.
   * @throws {GatewayError} `ASSISTANT_BAD_RESPONSE`, or `_UNAVAILABLE` for a broken chunk.
   */
  *push(bytes: Uint8Array): Generator<AnswerItem | null> {
    yield* this.#read(this.#lines.push(bytes));
  }

  /**
   * The items that the end of the answer completes. @throws {GatewayError} as {@link push}, and for an answer in an
   * unknown format.
   */
  *end(): Generator<AnswerItem | null> {
    yield* this.#read(this.#lines.end());
    yield* this.#complete();
    if (this.#hasItems) return;
    if (this.#foreign !== '') throw badResponse(`began with “${this.#foreign}”`);
    if (this.#kind === 'unknown') throw badResponse('was empty');
  }

  *#read(lines: Iterable<string>): Generator<AnswerItem | null> {
    try {
      for (const line of lines) yield this.#kind === 'document' ? this.#keep(line) : this.#line(line);
    } catch (thrown) {
      if (thrown instanceof RangeError) throw badResponse('had a line that is too long');
      throw thrown;
    }
  }

  #line(line: string): AnswerItem | null {
    if (line.trim() === '') return this.#completeEvent();
    const isFirst = this.#kind === 'unknown';
    this.#kind = 'events';
    const field = /^(data|event|id|retry)?:[ ]?|^data$/.exec(line);
    if (field !== null) {
      const value = line.slice(field[0].length);
      if (field[1] === 'event') this.#event = value.trim();
      return field[1] === 'data' ? this.#data(value) : null;
    }
    if (line.trimStart().startsWith('<') && isFirst) throw badResponse('is an HTML page');
    if (this.#pending.length > 0) return this.#keep(line);
    if (JSON_START.test(line)) {
      const item = this.#json(line);
      if (item !== null) return item;
      if (isFirst) this.#kind = 'document';
      return this.#keep(line);
    }
    if (this.#foreign === '') this.#foreign = line.slice(0, MAX_QUOTE);
    return null;
  }

  /** A data line that is complete JSON is read at once, since some endpoints send no empty line between events. */
  #data(value: string): AnswerItem | null {
    if (value.trim() === '') return null;
    if (this.#pending.length === 0) {
      const item = this.#json(value);
      if (item !== null) return item;
    }
    return this.#keep(value);
  }

  #json(text: string): AnswerItem | null {
    if (!JSON_START.test(text)) return null;
    if (DONE.test(text.trim())) return this.#item({ type: 'done' });
    if (isDeeplyNested(text)) throw badResponse('is nested too deeply');
    try {
      const value: unknown = JSON.parse(text);
      return this.#item({ type: this.#event === 'error' ? 'error' : 'value', value });
    } catch {
      return null;
    }
  }

  #item(item: AnswerItem): AnswerItem {
    this.#hasItems = true;
    this.#event = '';
    return item;
  }

  #keep(line: string): null {
    this.#pendingLength += line.length + 1;
    if (this.#pendingLength > MAX_DOCUMENT) throw badResponse('is too long');
    this.#pending.push(line);
    return null;
  }

  /** The end of an event: joins its lines. */
  #completeEvent(): AnswerItem | null {
    const isError = this.#event === 'error';
    const text = this.#takePending();
    if (text === '') {
      this.#event = '';
      return null;
    }
    const item = this.#json(text);
    if (item !== null) return item;
    if (isError) return this.#item({ type: 'error', value: text });
    if (/^\s*[[{]/.test(text))
      throw new GatewayError('ASSISTANT_UNAVAILABLE', 'The assistant sent a broken piece of its reply.');
    // A plain word such as `ping`.
    this.#event = '';
    if (this.#foreign === '') this.#foreign = text.slice(0, MAX_QUOTE);
    return null;
  }

  *#complete(): Generator<AnswerItem> {
    if (this.#kind !== 'document') {
      const item = this.#completeEvent();
      if (item !== null) yield item;
      return;
    }
    const document = parsed(this.#takePending());
    if (document === undefined) throw badResponse('is broken JSON');
    for (const value of Array.isArray(document) ? document : [document])
      yield this.#item({ type: 'value', value });
  }

  #takePending(): string {
    const text = this.#pending.join('\n');
    this.#pending = [];
    this.#pendingLength = 0;
    return text;
  }
}

function parsed(text: string): unknown {
  if (isDeeplyNested(text)) throw badResponse('is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badResponse(what: string): GatewayError {
  return new GatewayError(
    'ASSISTANT_BAD_RESPONSE',
    `The assistant's answer ${what}: it is not a chat completion. Check ASSISTANT_BASE_URL.`,
  );
}
