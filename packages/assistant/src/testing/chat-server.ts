import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The server's script for a request: it writes any answer at any time. */
export type ChatScript = (response: ServerResponse, body: Record<string, unknown>) => void | Promise<void>;

export interface ChatCall {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
  /** Resolves when the caller has disconnected, or the whole answer is written. */
  closed: Promise<void>;
}

/** A real HTTP server that streams chat completions by a script. */
export class ChatServer implements AsyncDisposable {
  readonly calls: ChatCall[] = [];
  readonly #server: Server;
  script: ChatScript;

  private constructor(script: ChatScript) {
    this.script = script;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(script: ChatScript = reply('Hello!')): Promise<ChatServer> {
    const server = new ChatServer(script);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get baseUrl(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = await json(request);
    const read = typeof body === 'object' && body !== null ? { ...body } : {};
    this.calls.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: read,
      closed: once(response, 'close').then(() => {}),
    });
    await this.script(response, read);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

/** One event of the stream. */
export function chunk(delta: Record<string, unknown>, finish_reason: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

export const END = `${chunk({}, 'stop')}data: [DONE]\n\n`;

/** Replies with this text, one word per piece. */
export function reply(text: string): ChatScript {
  return (response) => {
    begin(response);
    response.write(chunk({ role: 'assistant', content: '' }));
    for (const piece of text.split(/(?<=\s)/)) response.write(chunk({ content: piece }));
    response.end(END);
  };
}
