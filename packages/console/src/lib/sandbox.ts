import type { Entity } from '@gateway/client';

export interface SandboxMessage {
  id: number;
  from_id: number;
  to_id: number;
  text: string;
  date: string;
  entities?: Entity[];
}

/** The sandbox's control port, by way of the server: what a person would see on the phone. */
export class Sandbox {
  readonly #key: string | null;

  constructor(key: string | null) {
    this.#key = key;
  }

  /** The code that "Telegram" last sent there; `null`: none. */
  async code(phone: string): Promise<string | null> {
    const response = await this.#call('GET', `/codes/${encodeURIComponent(phone)}`);
    return response.ok ? ((await response.json()) as { code: string }).code : null;
  }

  /** What the account has sent, the oldest first. */
  async sentBy(id: number): Promise<SandboxMessage[]> {
    const response = await this.#call('GET', `/messages?from=${id}`);
    return response.ok ? ((await response.json()) as SandboxMessage[]) : [];
  }

  /** The account's next send is told to wait. */
  async floodNext(id: number, seconds: number): Promise<void> {
    const fault = { user_id: id, method: 'messages.sendMessage', error: `FLOOD_WAIT_${seconds}`, times: 1 };
    await this.#call('POST', '/faults', fault);
  }

  /** The owner of a phone number scans a QR code. @throws {Error} what the sandbox says against it. */
  async scan(url: string, phone: string): Promise<void> {
    const response = await this.#call('POST', '/login-tokens/accept', { url, phone });
    if (response.ok) return;
    const { error, message } = (await response.json().catch(() => ({}))) as Record<string, string>;
    throw new Error(message ?? error ?? `The sandbox answers ${response.status}.`);
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
