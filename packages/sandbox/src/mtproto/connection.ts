import type { Socket } from 'node:net';
import { TlDecodeError } from '../tl/errors.ts';
import { serviceCodec } from '../tl/service.ts';
import { ServerTransport, TransportError } from '../transport/index.ts';
import type { AuthKey, KeyRing } from './auth-key.ts';
import type { ClientLink } from './client-link.ts';
import type { ServerContext } from './context.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import { Handshake, HandshakeRefused } from './handshake.ts';
import type { MtprotoMessage } from './message.ts';
import type { Receiver } from './receiver.ts';
import type { MtprotoSession } from './session.ts';

export interface ConnectionOptions {
  socket: Socket;
  dcId: number;
  context: ServerContext;
  keys: KeyRing;
  receiver: Receiver;
}

const PLAIN_KEY_ID = '0000000000000000';
const PLAIN_HEADER = 20;

/** Limit for unsent bytes. A client that does not read what it is sent is disconnected at this limit. */
const MAX_UNSENT_BYTES = 2 ** 24;

/** The longest delay of a Node timer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** One TCP connection of a client. Converts between bytes, packets and messages. */
export class Connection implements ClientLink {
  readonly dcId: number;
  readonly #socket: Socket;
  readonly #context: ServerContext;
  readonly #keys: KeyRing;
  readonly #receiver: Receiver;
  readonly #transport = new ServerTransport();
  readonly #handshake: Handshake;
  /** Serializes the steps of a key exchange. */
  #lastPlain: Promise<void> = Promise.resolve();
  #key: AuthKey | undefined;
  #session: MtprotoSession | undefined;
  #closing: NodeJS.Timeout | undefined;

  constructor({ socket, dcId, context, keys, receiver }: ConnectionOptions) {
    this.dcId = dcId;
    this.#socket = socket;
    this.#context = context;
    this.#keys = keys;
    this.#receiver = receiver;
    this.#handshake = new Handshake({
      dcId,
      rsaKeyPair: context.rsaKeyPair,
      clock: context.clock,
      isKnownKey: (id) => keys.has(id),
      keepTemporary: (record, lifetime) => keys.addTemporary(record, lifetime),
      keep: (record) =>
        context.keys.put(record).catch((error: unknown) => {
          context.onError(error, 'keeping a new key');
          throw error;
        }),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    // A `close` event follows each `error` event and handles it.
    socket.on('error', () => undefined);
    // After `end` the client makes no more calls, although the socket takes a moment to close.
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onEnd());
  }

  /** The session of the latest message. Its updates go out on this connection. */
  get session(): MtprotoSession | undefined {
    return this.#session;
  }

  /** Moves a session to this connection. */
  use(session: MtprotoSession): void {
    if (this.#session !== session) this.#session?.detach(this);
    this.#session = session;
    session.attach(this);
  }

  deliver(sessionId: string, messages: readonly MtprotoMessage[]): void {
    const key = this.#key;
    if (key === undefined) return;
    const salt = key.salts.current(this.#context.clock());
    for (const message of messages)
      this.#send(sealEnvelope({ salt, sessionId, message }, key.bytes, key.id, 'server'));
  }

  /** Closes the connection unless called again within `delayMs`. */
  closeAfter(delayMs: number): void {
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => this.cut(), Math.min(Math.max(delayMs, 0), MAX_DELAY_MS));
  }

  /** Sends a transport error and closes the connection. `code`: positive, e.g. 404. */
  refuse(code: number): void {
    const packet = Buffer.alloc(4);
    packet.writeInt32LE(-code);
    this.#send(packet);
    this.#socket.destroySoon();
  }

  /** Closes the connection at once, without an answer. */
  cut(): void {
    this.#socket.destroy();
  }

  #send(packet: Buffer): void {
    const bytes = this.#transport.encode(packet);
    if (bytes === undefined || !this.#socket.writable) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.cut();
  }

  #onData(chunk: Buffer): void {
    try {
      for (const packet of this.#transport.receive(chunk)) {
        if (this.#socket.writable) this.#onPacket(packet);
      }
    } catch (error) {
      if (!(error instanceof TransportError || error instanceof TlDecodeError))
        this.#context.onError(error, 'a packet');
      this.cut();
    }
  }

  #onPacket(packet: Buffer): void {
    const keyId = packet.toString('hex', 0, 8);
    if (keyId === PLAIN_KEY_ID) this.#lastPlain = this.#lastPlain.then(() => this.#onPlain(packet));
    else this.#onEncrypted(packet, keyId);
  }

  #onEncrypted(packet: Buffer, keyId: string): void {
    // A temporary key may have expired.
    const isCurrent = this.#key?.id === keyId && !this.#key.isTemporary;
    const key = isCurrent ? this.#key : this.#keys.find(keyId, this.dcId);
    if (key === undefined) return this.refuse(404);
    if (key !== this.#key) {
      this.#leaveKey();
      this.#key = key;
      key.addConnection(this);
    }
    const envelope = openEnvelope(packet, key.bytes, 'client');
    if (envelope === undefined) this.refuse(404);
    else this.#receiver.receive(this, key, envelope);
  }

  /** Never rejects. */
  async #onPlain(packet: Buffer): Promise<void> {
    try {
      const answer = await this.#handshake.answer(plainBody(packet));
      if (answer === undefined) return;
      const body = serviceCodec.encode(answer, 'X');
      const header = Buffer.alloc(PLAIN_HEADER);
      header.writeBigInt64LE(this.#context.messageIds.next(true), 8);
      header.writeUInt32LE(body.length, 16);
      this.#send(Buffer.concat([header, body]));
    } catch (error) {
      if (!(error instanceof HandshakeRefused)) this.#context.onError(error, 'a key exchange');
      this.refuse(error instanceof HandshakeRefused ? error.code : 404);
    }
  }

  #leaveKey(): void {
    this.#session?.detach(this);
    this.#session = undefined;
    this.#key?.removeConnection(this);
    this.#key = undefined;
  }

  #onEnd(): void {
    clearTimeout(this.#closing);
    this.#leaveKey();
  }
}

/** @throws {HandshakeRefused} if the length field differs from the actual length. */
function plainBody(packet: Buffer): Buffer {
  if (packet.length < PLAIN_HEADER || packet.readUInt32LE(16) !== packet.length - PLAIN_HEADER) {
    throw new HandshakeRefused(404, 'an unencrypted message of another length than it says');
  }
  return packet.subarray(PLAIN_HEADER);
}
