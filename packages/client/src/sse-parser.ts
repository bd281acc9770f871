/** One server-sent event. */
export interface SseEvent {
  /** `message` where the stream names none. */
  event: string;
  data: string;
  /** The last id that the stream has given; empty: none yet. */
  id: string;
}

/**
 * Reads server-sent events (WHATWG HTML, "Event stream interpretation") out of text that comes in pieces, cut anywhere: lines end in LF, CR
 * or CRLF, an empty one ends an event, an event that the stream breaks off in is dropped.
 */
export class SseParser {
  /** ms that the stream wants a caller to wait before it connects again; `null`: it has not said. */
  retryMs: number | null = null;
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id = '';

  /** @returns the events that are complete with this piece. */
  push(piece: string): SseEvent[] {
    const text = this.#rest + piece;
    const events: SseEvent[] = [];
    let start = 0;
    for (const end of text.matchAll(/\r\n|\n|\r/g)) {
      // The LF of this CR may be in the next piece.
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
    // Anything else is a comment (no field before the colon) or a field of the future.
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
