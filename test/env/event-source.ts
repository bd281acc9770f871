import { createParser } from 'eventsource-parser';
import type { ReadEvent } from '../../apps/api/src/testing/read-events.ts';

/** A stream of server-sent events. Its opener must end it. */
export class OpenStream {
  readonly events: ReadEvent[] = [];
  readonly comments: string[] = [];
  /** Resolves with all events once the server has ended the stream. */
  readonly ended: Promise<ReadEvent[]>;
  readonly #abort: AbortController;

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#abort = abort;
    this.ended = this.#read(body);
    this.ended.catch(() => {});
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.status !== 200 || response.body === null)
      throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return new OpenStream(response.body, abort);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<ReadEvent[]> {
    const parser = createParser({
      onEvent: ({ event, id, data }) => this.events.push({ event, id, data: JSON.parse(data) }),
      onComment: (comment) => this.comments.push(comment),
    });
    const decoder = new TextDecoder();
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
    return this.events;
  }

  close(): void {
    this.#abort.abort();
  }
}
