import type { AuthKeyRecord, ClientInfo } from '../types.ts';
import { CallGuard } from './call-guard.ts';
import type { ClientLink } from './client-link.ts';
import type { ServerContext } from './context.ts';
import { Salts } from './salts.ts';
import { Session } from './session.ts';

/** Sessions without a connection that one key may leave behind; the longest unused ones are forgotten first. */
const MAX_IDLE_SESSIONS = 16;

/** One auth key as the running server knows it: its record, and what hangs on it in memory. */
export class AuthKey {
  readonly id: string;
  readonly dcId: number;
  /** 256 bytes. */
  readonly bytes: Uint8Array;
  readonly salts: Salts;
  readonly guard = new CallGuard<ClientLink>();
  readonly connections = new Set<ClientLink>();
  /** What its client last said of itself, in whatever session. */
  client: ClientInfo | undefined;
  readonly #context: ServerContext;
  readonly #sessions = new Map<string, Session>();
  #record: AuthKeyRecord;

  constructor(record: AuthKeyRecord, context: ServerContext) {
    this.#record = record;
    this.#context = context;
    this.id = record.id;
    this.dcId = record.dcId;
    this.bytes = record.key;
    this.salts = new Salts(record.key, record.salt, context.saltLifetimeMs, context.clock());
  }

  /** The layer that its client last named in a complete `initConnection`. */
  get layer(): number | undefined {
    return this.#record.layer;
  }

  session(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  createSession(id: string): Session {
    const session = new Session(id, this.#context.messageIds);
    this.#sessions.set(id, session);
    const idle = [...this.#sessions.values()].filter((other) => other !== session && !other.isConnected);
    for (const old of idle.slice(0, Math.max(0, idle.length - MAX_IDLE_SESSIONS)))
      this.#sessions.delete(old.id);
    return session;
  }

  /** False where there was no such session. */
  destroySession(id: string): boolean {
    return this.#sessions.delete(id);
  }

  /** The client has said its layer and what it is. The layer is kept with the key. */
  async initialized(layer: number, client: ClientInfo): Promise<void> {
    this.client = client;
    if (layer === this.#record.layer) return;
    this.#record = { ...this.#record, layer };
    await this.#context.keys.put(this.#record);
  }
}

/** The auth keys that are in use, out of the store. */
export class KeyRing {
  readonly #context: ServerContext;
  readonly #keys = new Map<string, AuthKey>();

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** A key of this data centre; undefined for one that it does not know. */
  find(id: string, dcId: number): AuthKey | undefined {
    const record = this.#context.keys.get(id);
    if (record === undefined) {
      this.#keys.delete(id);
      return undefined;
    }
    if (record.dcId !== dcId) return undefined;
    const known = this.#keys.get(id) ?? new AuthKey(record, this.#context);
    this.#keys.set(id, known);
    return known;
  }

  /** A key that has been used since the start. */
  inUse(id: string): AuthKey | undefined {
    return this.#keys.get(id);
  }

  /** Forgets a key for good. Its connections end with -404. */
  async drop(id: string): Promise<void> {
    const key = this.#keys.get(id);
    this.#keys.delete(id);
    await this.#context.keys.delete(id);
    for (const connection of key?.connections ?? []) connection.refuse(404);
  }
}
