import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserInfo } from '@gateway/contracts';
import { createSandbox, type Control, type Sandbox, type SandboxOptions } from '@gateway/sandbox';
import { expect } from 'vitest';
import { createTelegram } from '../telegram.ts';
import type { AccountClient, OpenOptions, TelegramOptions } from '../types.ts';
import { MemoryPeerBook } from './memory-peer-book.ts';

const CONNECT_TIMEOUT_MS = 5000;
export const CALL_TIMEOUT_MS = 1500;

let lastPhone = 0;

/** A new phone number of Telegram's test kind. `digit` is its data centre, and repeated five times, its code. */
export function testPhone(digit = 2): string {
  lastPhone += 1;
  return `+99966${digit}${String(lastPhone).padStart(4, '0')}`;
}

export function codeOf(phone: string): string {
  return phone.charAt(6).repeat(5);
}

export interface SignedIn {
  client: AccountClient;
  book: MemoryPeerBook;
  user: UserInfo;
}

/** A sandbox with clients. {@link close} also checks that no promise was rejected without a handler. */
export class World {
  readonly #dataDir: string;
  readonly #clients: AccountClient[] = [];
  readonly #unhandled: unknown[] = [];
  readonly #note = (reason: unknown) => this.#unhandled.push(reason);
  #sandbox: Sandbox;

  private constructor(dataDir: string, sandbox: Sandbox) {
    this.#dataDir = dataDir;
    this.#sandbox = sandbox;
    process.on('unhandledRejection', this.#note);
  }

  static async create(options: SandboxOptions = {}): Promise<World> {
    const dataDir = await mkdtemp(join(tmpdir(), 'telegram-test-'));
    return new World(dataDir, await createSandbox({ ...options, dataDir }));
  }

  get sandbox(): Sandbox {
    return this.#sandbox;
  }

  get control(): Control {
    return this.#sandbox.control;
  }

  /** Stops the sandbox, runs `whileAway`, and starts it again with the same main port and state. */
  async restart(whileAway: () => Promise<void>): Promise<void> {
    const main = this.#sandbox.dataCenters.find(({ id }) => id === 2)?.port ?? 0;
    await this.#sandbox.close();
    try {
      await whileAway();
    } finally {
      this.#sandbox = await createSandbox({ dataDir: this.#dataDir, ports: { main } });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#sandbox.close();
    await rm(this.#dataDir, { recursive: true });
    process.off('unhandledRejection', this.#note);
    expect(this.#unhandled).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  options(): TelegramOptions {
    return {
      apiId: 12345,
      apiHash: '0123456789abcdef0123456789abcdef',
      dataCenters: this.#sandbox.dataCenters,
      serverKeys: [this.#sandbox.publicKeyPem],
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      callTimeoutMs: CALL_TIMEOUT_MS,
      unknownKeyPausesMs: [10, 20],
    };
  }

  /** Opens a client that closes with this world. */
  open(session: string | null = null, book = new MemoryPeerBook(), options: OpenOptions = {}): AccountClient {
    const client = createTelegram(this.options()).open(session, book, options);
    this.#clients.push(client);
    return client;
  }

  async signIn(phone = testPhone()): Promise<SignedIn> {
    const book = new MemoryPeerBook();
    const client = this.open(null, book);
    const { phone_code_hash: phoneCodeHash, delivery } = await client.sendCode(phone);
    const result = await client.signIn({ phoneNumber: phone, phoneCodeHash, delivery }, codeOf(phone));
    if (result.status !== 'authorized') throw new Error(`Not signed in: ${result.status}`);
    return { client, book, user: result.user };
  }

  /** Texts sent from one account to a peer, in order. */
  texts(from: number, to: number): string[] {
    return this.control.messages({ from, to }).map(({ text }) => text);
  }
}
