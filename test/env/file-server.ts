import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves files to the workers, each at a path of its own, and notes the requests. */
export class FileServer implements Disposable {
  readonly #server: Server;
  readonly #answers = new Map<string, (response: ServerResponse) => void>();
  /** The paths that were requested. */
  readonly requests: string[] = [];

  private constructor() {
    this.#server = createServer(({ url = '' }, response) => {
      this.requests.push(url);
      const answer = this.#answers.get(url);
      if (answer === undefined) response.writeHead(404).end();
      else answer(response);
    });
  }

  static async start(): Promise<FileServer> {
    const files = new FileServer();
    await new Promise<void>((resolve) => files.#server.listen(0, '127.0.0.1', resolve));
    return files;
  }

  /** @param file its bytes, or what answers each request. @returns the address of the path. */
  add(path: string, file: Uint8Array | ((response: ServerResponse) => void)): string {
    this.#answers.set(path, typeof file === 'function' ? file : (response) => response.end(file));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
