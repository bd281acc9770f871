import { DirectTelegram, type DirectClient } from '../../../testing/direct-telegram.ts';
import { createControlApp } from '../control-app.ts';
import { serveControl, type ControlServer } from '../control-server.ts';

/** A sandbox without network for clients, and its control API over HTTP. */
export class ControlClient {
  readonly telegram: DirectTelegram;
  /** What the API reported as its own faults. */
  readonly errors: unknown[];
  readonly #server: ControlServer;

  private constructor(telegram: DirectTelegram, server: ControlServer, errors: unknown[]) {
    this.telegram = telegram;
    this.#server = server;
    this.errors = errors;
  }

  static async open(): Promise<ControlClient> {
    const telegram = new DirectTelegram();
    const errors: unknown[] = [];
    const app = createControlApp(telegram.control, (error) => errors.push(error));
    return new ControlClient(telegram, await serveControl(app, 0), errors);
  }

  get url(): string {
    return this.#server.url;
  }

  /** @param body sent as it is if it is a text, else as JSON. */
  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(this.url + path, { method, ...(body !== undefined && { body: text }) });
    return { status: response.status, body: await response.json() };
  }

  /** A client that has signed in with this phone number. */
  async signedIn(phone: string): Promise<{ client: DirectClient; id: number }> {
    const client = this.telegram.client(phone);
    return { client, id: await client.signIn(phone) };
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}
