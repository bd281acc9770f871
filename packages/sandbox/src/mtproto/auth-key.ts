import type { AuthKeyRecord, ClientInfo } from '../types.ts';
import { CallGuard } from './call-guard.ts';
import type { ClientLink } from './client-link.ts';
import type { ServerContext } from './context.ts';
import { Salts } from './salts.ts';
import { MtprotoSession } from './session.ts';

/** Maximum number of sessions without a connection per key. The oldest ones are deleted first. */
const MAX_IDLE_SESSIONS = 16;

/** An auth key in use: its stored record, and its sessions and connections in memory. */
export class AuthKey {
  readonly id: string;
  readonly dcId: number;
  /** 256 bytes. */
  readonly bytes: Uint8Array;
  readonly salts: Salts;
  readonly guard = new CallGuard<ClientLink>();
  readonly connections = new Set<ClientLink>();
  /** What the key's client last said about itself, in any session. */
  client: ClientInfo | undefined;
  readonly #context: ServerContext;
  readonly #sessions = new Map<string, MtprotoSession>();
  #record: AuthKeyRecord;

  constructor(record: AuthKeyRecord, context: ServerContext) {
    this.#record = record;
    this.#context = context;
    this.id = record.id;
    this.dcId = record.dcId;
    this.bytes = record.key;
    this.salts = new Salts(record.key, record.salt, context.saltLifetimeMs, context.clock());
  }

  /** The layer in the client's latest complete `initConnection`. */
  get layer(): number | undefined {
    return this.#record.layer;
  }

  session(id: string): MtprotoSession | undefined {
    return this.#sessions.get(id);
  }

  createSession(id: string): MtprotoSession {
    const session = new MtprotoSession(id, this.#context.messageIds);
    this.#sessions.set(id, session);
    const idle = [...this.#sessions.values()].filter((other) => other !== session && !other.isConnected);
    for (const old of idle.slice(0, Math.max(0, idle.length - MAX_IDLE_SESSIONS)))
      this.#sessions.delete(old.id);
    return session;
  }

  /** Returns false if there was no such session. */
  destroySession(id: string): boolean {
    return this.#sessions.delete(id);
  }

  /** Records a complete `initConnection`. Stores the layer with the key if it changed. */
  async initialized(layer: number, client: ClientInfo): Promise<void> {
    this.client = client;
    if (layer === this.#record.layer) return;
    this.#record = { ...this.#record, layer };
    await this.#context.keys.put(this.#record);
  }
}

/** Loads auth keys from the store and keeps them in memory while in use. */
export class KeyRing {
  readonly #context: ServerContext;
  readonly #keys = new Map<string, AuthKey>();

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** A key of this data centre; undefined if the data centre does not know it. */
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

  /** A key that has been used since the server started. */
  inUse(id: string): AuthKey | undefined {
    return this.#keys.get(id);
  }

  /** Deletes a key for good and closes its connections with -404. */
  async drop(id: string): Promise<void> {
    const key = this.#keys.get(id);
    this.#keys.delete(id);
    await this.#context.keys.delete(id);
    for (const connection of key?.connections ?? []) connection.refuse(404);
  }
}
