import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface HeardRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Answer = (response: ServerResponse, request: HeardRequest) => void | Promise<void>;

/**
 * A real HTTP server for tests. It gives each request the next of its answers, repeats the last one, and records the
 * requests.
 */
export class ScriptedGateway {
  readonly requests: HeardRequest[] = [];
  /** Number of connections that the caller closed before the whole answer was sent. */
  hangUps = 0;
  readonly #server: Server;
  #answers: Answer[] = [];

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway();
    await new Promise<void>((resolve) => {
      gateway.#server.listen(0, '127.0.0.1', resolve);
    });
    return gateway;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Sets the answers from now on, and clears what was recorded. */
  answers(...answers: Answer[]): void {
    this.#answers = answers;
    this.requests.length = 0;
    this.hangUps = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('close', () => {
      if (!response.writableEnded) this.hangUps += 1;
    });
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { method = '', url: path = '', headers } = request;
    const heard = { method, path, headers, body: Buffer.concat(pieces).toString() };
    this.requests.push(heard);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === undefined) throw new Error(`no answer for ${method} ${path}`);
    await answer(response, heard);
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function refusal(status: number, code: string, fields: Record<string, unknown> = {}): Answer {
  const body = { status: 'error', code, message: `It is ${code}.`, kind: 'retryable', ...fields };
  return json(status, body, { 'x-request-id': 'req-1' });
}

/** Reads the request, then cuts the connection instead of answering. */
export const cut: Answer = (response) => {
  response.destroy();
};

/** Reads the request and never answers. */
export const silence: Answer = () => {};

/** Streams these pieces of bytes, each in its own write; then the stream ends, is cut, or stays open. */
export function events(
  pieces: Iterable<string | Buffer>,
  end: 'ends' | 'is cut' | 'stays open' = 'ends',
): Answer {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    for (const piece of pieces) {
      await new Promise((resolve) => {
        response.write(piece, resolve);
      });
      // Keeps this piece in its own packet.
      await new Promise(setImmediate);
    }
    if (end === 'ends') response.end();
    if (end === 'is cut') response.destroy();
  };
}
