import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface HeardRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Answer = (response: ServerResponse, request: HeardRequest) => void | Promise<void>;

/** A real HTTP server that answers each request by the next of its answers, the last one over and over, and keeps what it heard. */
export class ScriptedGateway {
  readonly requests: HeardRequest[] = [];
  /** Connections that the caller has closed before they were answered to the end. */
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

  /** From now on. */
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

/** Takes the request, and cuts the connection in place of an answer. */
export const cut: Answer = (response) => {
  response.destroy();
};

/** Takes the request and says nothing. */
export const silence: Answer = () => {};

/** A stream of events out of these pieces of bytes, each written by itself; then it ends, or is cut, or stays open. */
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
      // Its own packet, not one with the next.
      await new Promise(setImmediate);
    }
    if (end === 'ends') response.end();
    if (end === 'is cut') response.destroy();
  };
}
