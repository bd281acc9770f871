import type { Entity } from '@gateway/client';
import { text } from '@gateway/texts';
import { ShownError } from './shown-error.ts';

export interface SandboxMessage {
  id: number;
  from_id: number;
  to_id: number;
  text: string;
  date: string;
  entities?: Entity[];
}

/** The sandbox's control port, reached through the server. Shows what a person would see on a phone. */
export class Sandbox {
  readonly #key: string | null;

  constructor(key: string | null) {
    this.#key = key;
  }

  /** The last code that "Telegram" sent to this number; `null`: none. */
  async code(phone: string): Promise<string | null> {
    const response = await this.#call('GET', `/codes/${encodeURIComponent(phone)}`);
    return response.ok ? ((await response.json()) as { code: string }).code : null;
  }

  /** Messages that the account has sent, the oldest first. */
  async sentBy(id: number): Promise<SandboxMessage[]> {
    const response = await this.#call('GET', `/messages?from=${id}`);
    return response.ok ? ((await response.json()) as SandboxMessage[]) : [];
  }

  /** Makes the account's next send hit a flood wait. */
  async floodNext(id: number, seconds: number): Promise<void> {
    const fault = { user_id: id, method: 'messages.sendMessage', error: `FLOOD_WAIT_${seconds}`, times: 1 };
    await this.#call('POST', '/faults', fault);
  }

  /** The owner of a phone number scans a QR code. @throws {Error} the reason of the sandbox if it refuses. */
  async scan(url: string, phone: string): Promise<void> {
    const response = await this.#call('POST', '/login-tokens/accept', { url, phone });
    if (response.ok) return;
    const { error, message } = (await response.json().catch(() => ({}))) as Record<string, string>;
    const said = message ?? error;
    throw said === undefined
      ? new ShownError(text('The server answered {status}.', { status: response.status }))
      : new Error(said);
  }

  #call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`/console/sandbox${path}`, {
      method,
      headers: {
        ...(this.#key !== null && { Authorization: `Bearer ${this.#key}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
