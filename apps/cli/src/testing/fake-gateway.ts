import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

export interface HeardCall {
  /** `POST /telegram/user/send` */
  call: string;
  headers: IncomingHttpHeaders;
  // Tests read bodies without types, because they check the content.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export interface FakeAnswer {
  status?: number;
  /** JSON, or the text of an event stream; `null`: no answer. */
  body: object | string | null;
  headers?: Record<string, string>;
}

/** A real HTTP server that answers like the gateway, as far as the test defines it. */
export class FakeGateway {
  readonly heard: HeardCall[] = [];
  /** Number of calls that the caller gave up. */
  hangUps = 0;
  readonly #server: Server;
  #routes: Record<string, (call: HeardCall) => FakeAnswer> = {};

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(): Promise<FakeGateway> {
    const gateway = new FakeGateway();
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

  /** Sets the answers by method and path; anything else is a 404. */
  answers(routes: Record<string, (call: HeardCall) => FakeAnswer>): void {
    this.#routes = routes;
    this.heard.length = 0;
    this.hangUps = 0;
  }

  get calls(): string[] {
    return this.heard.map(({ call }) => call);
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
    const text = Buffer.concat(pieces).toString();
    const call = `${request.method} ${request.url}`;
    const heard = { call, headers: request.headers, body: text === '' ? undefined : JSON.parse(text) };
    this.heard.push(heard);
    const { status = 200, body, headers } = this.#routes[call]?.(heard) ?? refusal(404, 'NOT_FOUND');
    if (body === null) return;
    const isStream = typeof body === 'string';
    response.writeHead(status, {
      ...headers,
      'content-type': isStream ? 'text/event-stream' : 'application/json',
    });
    response.end(isStream ? body : JSON.stringify(body));
  }
}

export function refusal(status: number, code: string, fields: Record<string, unknown> = {}): FakeAnswer {
  return {
    status,
    body: {
      status: 'error',
      code,
      message: `It is ${code}.`,
      kind: 'permanent',
      request_id: 'req-1',
      ...fields,
    },
  };
}
