/** One server-sent event. */
export interface SseEvent {
  /** The event's name; `message` if the stream gives none. */
  event: string;
  data: string;
  /** The last id that the stream sent; empty if none yet. */
  id: string;
}

/**
 * Parses server-sent events (WHATWG HTML, "Event stream interpretation") from text that arrives in arbitrary pieces.
 * Lines end in LF, CR or CRLF; an empty line ends an event. An incomplete event at the stream's end is dropped.
 */
export class SseParser {
  /** ms that the stream asks the client to wait before it reconnects; `null` if it sent no `retry`. */
  retryMs: number | null = null;
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id = '';

  /** @returns the events that this piece completes. */
  push(piece: string): SseEvent[] {
    const text = this.#rest + piece;
    const events: SseEvent[] = [];
    let start = 0;
    for (const end of text.matchAll(/\r\n|\n|\r/g)) {
      // The next piece may begin with the LF that belongs to this CR.
      if (end[0] === '\r' && end.index === text.length - 1) break;
      const event = this.#line(text.slice(start, end.index));
      if (event !== null) events.push(event);
      start = end.index + end[0].length;
    }
    this.#rest = text.slice(start);
    return events;
  }

  #line(line: string): SseEvent | null {
    if (line === '') return this.#end();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
    // Anything else is a comment (no name before the colon) or an unknown field.
    return null;
  }

  #end(): SseEvent | null {
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    const isEvent = this.#data.length > 0;
    this.#event = '';
    this.#data = [];
    return isEvent ? event : null;
  }
}
