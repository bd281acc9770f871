import { GatewayError } from '@gateway/contracts';
import { isDeeplyNested } from './json-depth.ts';
import { LineSplitter } from './lines.ts';

/** One JSON value that the endpoint sent, or its word that the stream is over. */
export type AnswerItem =
  | { type: 'value'; value: unknown }
  /** An event that is named `error`: JSON, or a text. */
  | { type: 'error'; value: unknown }
  | { type: 'done' };

/** Characters of a line, and of a JSON document: room for a whole reply with its thoughts, and parsed in less than 50 ms. */
const MAX_DOCUMENT = 1024 * 1024;
/** Characters of an answer of another kind that are quoted. */
const MAX_QUOTE = 200;

/** Of what may say something: an object, a list, `[DONE]` with quotes or without. */
const JSON_START = /^\s*[[{"]/;
const DONE = /^"?\[DONE\]"?$/;

/**
 * Reads what endpoints answer a request for a stream with, by its first line, for the Content-Type is often wrong:
 * - server-sent events, also with a single line end between them, with comments, and with JSON lines that have no `data:`
 * - JSON lines (Ollama's own API)
 * - one JSON document: a whole completion, an error, or a list of either (Gemini)
 */
export class AnswerReader {
  readonly #lines = new LineSplitter(MAX_DOCUMENT);
  #kind: 'unknown' | 'events' | 'document' = 'unknown';
  /** Lines of the event, or of the document, that is not complete. */
  #pending: string[] = [];
  #pendingLength = 0;
  #event = '';
  #hasItems = false;
  /** The first line that is no part of any format. */
  #foreign = '';

  /**
   * @returns what is complete with these bytes; `null` for each line that completes nothing, so that the caller can pause.
   * @throws {GatewayError} `ASSISTANT_BAD_RESPONSE`, `_UNAVAILABLE` (a broken chunk).
   */
  *push(bytes: Uint8Array): Generator<AnswerItem | null> {
    yield* this.#read(this.#lines.push(bytes));
  }

  /** What the end of the answer completes. @throws {GatewayError} as {@link push}, also where the answer was of another kind. */
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

  /** A line of data is read at once where it is JSON of its own: some endpoints put no empty line between events. */
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

  /** The end of an event: what its lines are together. */
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
      throw new GatewayError(
        'ASSISTANT_UNAVAILABLE',
        'The assistant sent a piece of its reply that is broken.',
      );
    // A word such as `ping`.
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
    if (document === undefined) throw badResponse('is JSON that is broken');
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
    `The assistant's answer ${what}: it is no chat completion. Check ASSISTANT_BASE_URL.`,
  );
}
