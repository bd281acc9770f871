import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import { serviceCodec } from '../../tl/service.ts';
import { TlReader } from '../../tl/tl-reader.ts';
import { ClientTransport, type TransportName } from '../../transport/testing/client-transport.ts';
import type { TlObject, TlValue } from '../../types.ts';
import { openEnvelope, sealEnvelope } from '../envelope.ts';
import { GZIP_PACKED_ID, gunzipPacked } from '../gzip.ts';
import {
  constructorIdOf,
  CONTAINER_ID,
  openContainer,
  RPC_RESULT_ID,
  type MtprotoMessage,
} from '../message.ts';

/** An auth key on the client's side. */
export interface ClientKey {
  id: string;
  bytes: Buffer;
  salt: bigint;
}

/** A decoded message of the server. */
export interface ServerMessage extends MtprotoMessage {
  /** The service message; undefined for an `rpc_result` and for updates. */
  service: TlObject | undefined;
  /** Only for an `rpc_result`: the request's msg_id, and the result's bytes, unpacked. */
  result: { requestMsgId: bigint; bytes: Buffer; error: TlObject | undefined; isPacked: boolean } | undefined;
  /** Number of the packet that the message came in, from 0. */
  packet: number;
}

export interface ConnectOptions {
  transport?: TransportName;
  isObfuscated?: boolean;
}

/** A minimal MTProto client that sends exactly what a test says, valid or not. */
export class RawClient {
  readonly messages: ServerMessage[] = [];
  /** The bodies of the unencrypted messages received. */
  readonly plain: TlObject[] = [];
  /** The transport error received, e.g. -404. */
  transportError: number | undefined;
  isClosed = false;
  key: ClientKey | undefined;
  readonly #socket: Socket;
  readonly #transport: ClientTransport;
  #packets = 0;

  private constructor(socket: Socket, transport: ClientTransport) {
    this.#socket = socket;
    this.#transport = transport;
    socket.on('data', (chunk: Buffer) => {
      for (const packet of transport.receive(chunk)) this.#onPacket(packet);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async connect(
    port: number,
    { transport = 'intermediate', isObfuscated = false }: ConnectOptions = {},
  ): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    onTestFinished(() => {
      socket.destroy();
    });
    return new RawClient(socket, new ClientTransport(transport, isObfuscated));
  }

  close(): void {
    this.#socket.destroy();
  }

  sendPacket(packet: Buffer): void {
    this.#socket.write(this.#transport.encode(packet));
  }

  sendRaw(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Sends an unencrypted message and returns the answer. */
  async ask(request: TlObject): Promise<TlObject> {
    const body = serviceCodec.encode(request, 'X');
    const packet = Buffer.alloc(20 + body.length);
    packet.writeBigInt64LE(clientMsgId(), 8);
    packet.writeUInt32LE(body.length, 16);
    packet.set(body, 20);
    const known = this.plain.length;
    this.sendPacket(packet);
    await vi.waitFor(
      () => {
        if (this.plain.length === known && !this.isClosed) throw new Error('no answer yet');
      },
      { timeout: 10_000 },
    );
    const answer = this.plain[known];
    if (answer === undefined) throw new Error(`closed with ${this.transportError}`);
    return answer;
  }

  /** Sends an encrypted message. */
  send(sessionId: string, message: MtprotoMessage, salt?: bigint): void {
    const { key } = this;
    if (key === undefined) throw new Error('no key');
    this.sendPacket(
      sealEnvelope({ salt: salt ?? key.salt, sessionId, message }, key.bytes, key.id, 'client'),
    );
  }

  /** Waits for a matching message and removes it from {@link messages}. */
  async next(matches: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    const found = await vi.waitFor(
      () => {
        const index = this.messages.findIndex(matches);
        if (index >= 0) return index;
        throw new Error(`not among ${this.messages.map(describeMessage).join(', ') || 'no messages'}`);
      },
      { timeout: 3000, interval: 5 },
    );
    const [message] = this.messages.splice(found, 1);
    if (message === undefined) throw new Error('unreachable');
    return message;
  }

  /** Waits for a service message of this name. */
  async service(name: string): Promise<TlObject> {
    const { service } = await this.next((message) => message.service?._ === name);
    if (service === undefined) throw new Error('unreachable');
    return service;
  }

  async closed(): Promise<void> {
    await vi.waitFor(
      () => {
        if (!this.isClosed) throw new Error('still open');
      },
      { timeout: 5000, interval: 5 },
    );
  }

  #onPacket(packet: Buffer): void {
    if (packet.length === 4) {
      this.transportError = packet.readInt32LE(0);
    } else if (packet.readBigInt64LE(0) === 0n) {
      this.plain.push(serviceCodec.decode(packet.subarray(20)));
    } else if (this.key !== undefined) {
      const envelope = openEnvelope(packet, this.key.bytes, 'server');
      if (envelope === undefined) throw new Error('the server sealed its message wrongly');
      const { message } = envelope;
      const isContainer = constructorIdOf(message.body) === CONTAINER_ID;
      for (const each of isContainer ? openContainer(message) : [message])
        this.messages.push(readMessage(each, this.#packets));
      this.#packets += 1;
    }
  }
}

function readMessage(message: MtprotoMessage, packet: number): ServerMessage {
  const id = constructorIdOf(message.body);
  if (id === RPC_RESULT_ID) {
    const reader = new TlReader(message.body, 4);
    const requestMsgId = reader.long();
    const packed = reader.raw(reader.remaining);
    const isPacked = constructorIdOf(packed) === GZIP_PACKED_ID;
    const bytes = isPacked ? gunzipPacked(packed) : packed;
    const isError = constructorIdOf(bytes) === serviceCodec.idOf('rpc_error');
    const error = isError ? serviceCodec.decode(bytes) : undefined;
    return { ...message, packet, service: undefined, result: { requestMsgId, bytes, error, isPacked } };
  }
  const service = serviceCodec.nameOf(id) === undefined ? undefined : serviceCodec.decode(message.body);
  return { ...message, packet, service, result: undefined };
}

function describeMessage({ service, result, body }: ServerMessage): string {
  return (
    service?._ ?? (result === undefined ? `message ${constructorIdOf(body).toString(16)}` : 'rpc_result')
  );
}

let lastMsgId = 0n;

/** A message id from a client clock `aheadSeconds` ahead of the server's. With a correct clock, ids increase. */
export function clientMsgId(aheadSeconds = 0, nowMs = Date.now()): bigint {
  const id = ((BigInt(Math.floor((nowMs / 1000 + aheadSeconds) * 1000)) * 2n ** 32n) / 1000n) & ~3n;
  if (aheadSeconds !== 0 || nowMs < Date.now() - 60_000) return id;
  lastMsgId = id > lastMsgId ? id : lastMsgId + 4n;
  return lastMsgId;
}

/** The bytes of a service message. */
export function serviceBody(message: TlValue): Buffer {
  return serviceCodec.encode(message, 'X');
}
