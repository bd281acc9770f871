import type { AuthKeyRecord, ClientInfo } from '../types.ts';
import { CallGuard } from './call-guard.ts';
import type { ClientLink } from './client-link.ts';
import type { ServerContext } from './context.ts';
import { Salts } from './salts.ts';
import { MtprotoSession } from './session.ts';

/** Maximum number of sessions without a connection per key. The oldest ones are deleted first. */
const MAX_IDLE_SESSIONS = 16;

/** How many temporary keys are kept. The oldest ones are deleted first. */
const MAX_TEMPORARY_KEYS = 4_096;

/** An auth key in use: its stored record, and its sessions and connections in memory. */
export class AuthKey {
  readonly id: string;
  readonly dcId: number;
  /** 256 bytes. */
  readonly bytes: Uint8Array;
  /** Unix seconds; only for temporary keys. */
  readonly expiresAt: number | undefined;
  readonly salts: Salts;
  readonly guard = new CallGuard<ClientLink>();
  readonly connections = new Set<ClientLink>();
  /** What the key's client last said about itself, in any session. */
  client: ClientInfo | undefined;
  readonly #context: ServerContext;
  readonly #sessions = new Map<string, MtprotoSession>();
  #record: AuthKeyRecord;
  #permanent: AuthKey | undefined;

  constructor(record: AuthKeyRecord, context: ServerContext, expiresAt?: number) {
    this.#record = record;
    this.expiresAt = expiresAt;
    this.#context = context;
    this.id = record.id;
    this.dcId = record.dcId;
    this.bytes = record.key;
    this.salts = new Salts(record.key, record.salt, context.saltLifetimeMs, context.clock());
  }

  get isTemporary(): boolean {
    return this.expiresAt !== undefined;
  }

  /** The key whose sign-in the calls of this key use: for a bound temporary key the permanent one. */
  get owner(): AuthKey {
    return this.#permanent ?? this;
  }

  /** The connections of this temporary key then also count as those of the permanent key. */
  bindTo(permanent: AuthKey): void {
    this.#permanent = permanent;
    for (const connection of this.connections) permanent.connections.add(connection);
  }

  addConnection(connection: ClientLink): void {
    this.connections.add(connection);
    this.owner.connections.add(connection);
  }

  removeConnection(connection: ClientLink): void {
    for (const key of [this, this.owner]) {
      key.guard.closed(connection);
      key.connections.delete(connection);
    }
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
  /** Temporary keys are kept in memory only: after a restart clients make new ones. */
  readonly #temporary = new Map<string, AuthKey>();

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** A key of this data centre; undefined if the data centre does not know it. */
  find(id: string, dcId: number): AuthKey | undefined {
    const temporary = this.#temporary.get(id);
    if (temporary !== undefined) return this.#isValid(temporary, dcId) ? temporary : undefined;
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

  /** @param lifetime seconds. */
  addTemporary(record: AuthKeyRecord, lifetime: number): void {
    const expiresAt = Math.floor(this.#context.clock() / 1_000) + lifetime;
    this.#temporary.set(record.id, new AuthKey(record, this.#context, expiresAt));
    const [oldest] = this.#temporary.keys();
    if (oldest !== undefined && this.#temporary.size > MAX_TEMPORARY_KEYS) this.#temporary.delete(oldest);
  }

  /** Whether there is a key with this id, in any data centre. */
  has(id: string): boolean {
    return this.#temporary.has(id) || this.#context.keys.get(id) !== undefined;
  }

  /** A temporary key ends with the permanent one that it is bound to. */
  #isValid(key: AuthKey, dcId: number): boolean {
    const isOwned = key.owner === key || this.#keys.get(key.owner.id) === key.owner;
    const { expiresAt = 0 } = key;
    return key.dcId === dcId && isOwned && this.#context.clock() < expiresAt * 1_000;
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
