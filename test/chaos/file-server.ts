import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves files to the workers, each at an address of its own. */
export class FileServer implements Disposable {
  readonly #server: Server;
  readonly #files = new Map<string, Uint8Array>();

  private constructor() {
    this.#server = createServer(({ url = '' }, response) => {
      const bytes = this.#files.get(url);
      if (bytes === undefined) response.writeHead(404).end();
      else response.end(bytes);
    });
  }

  static async start(): Promise<FileServer> {
    const files = new FileServer();
    await new Promise<void>((resolve) => files.#server.listen(0, '127.0.0.1', resolve));
    return files;
  }

  /** @returns the file's address. */
  add(name: string, bytes: Uint8Array): string {
    this.#files.set(`/${name}`, bytes);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
