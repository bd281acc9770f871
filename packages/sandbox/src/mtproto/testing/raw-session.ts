import { randomBytes } from 'node:crypto';
import { codecForLayer } from '../../tl/layers.ts';
import type { RpcHandler, TlObject, TlValue } from '../../types.ts';
import { longOf } from '../fields.ts';
import type { MtprotoMessage } from '../message.ts';
import { handshake } from './client-handshake.ts';
import {
  clientMsgId,
  RawClient,
  serviceBody,
  type ClientKey,
  type ConnectOptions,
  type ServerMessage,
} from './raw-client.ts';
import { startServer, type StartedServer } from './start-server.ts';

export const codec = codecForLayer(198);

/** `initConnection` around a call. */
export function described(query: TlObject): TlObject {
  return {
    _: 'initConnection',
    api_id: 7,
    device_model: 'model',
    system_version: '1',
    app_version: '2',
    system_lang_code: 'en',
    lang_pack: '',
    lang_code: 'en',
    query,
  };
}

/** `invokeWithLayer` and `initConnection` around a call. */
export function initialized(query: TlObject, layer = 198): TlObject {
  return { _: 'invokeWithLayer', layer, query: described(query) };
}

/** The bytes of a call of layer 198. */
export function callBody(query: TlObject): Buffer {
  return codec.encode(query, '!X');
}

interface Overrides {
  msgId?: bigint;
  seqno?: number;
  salt?: bigint;
}

/** A session of a raw client. Counts sequence numbers correctly unless a test overrides them. */
export class RawSession {
  readonly id: string;
  client: RawClient;
  #contentCount = 0;

  constructor(client: RawClient, id = randomBytes(8).toString('hex')) {
    this.client = client;
    this.id = id;
  }

  /** Creates, without sending it, a message that needs acknowledgement. */
  content(body: Buffer, { msgId = clientMsgId(), seqno }: Overrides = {}): MtprotoMessage {
    const message = { msgId, seqno: seqno ?? this.#contentCount * 2 + 1, body };
    this.#contentCount += 1;
    return message;
  }

  /** Creates, without sending it, a message that needs no acknowledgement. */
  silent(
    body: Buffer,
    { msgId = clientMsgId(), seqno = this.#contentCount * 2 }: Overrides = {},
  ): MtprotoMessage {
    return { msgId, seqno, body };
  }

  /** Sends a message that needs acknowledgement. Returns its msg_id. */
  send(body: Buffer, overrides: Overrides = {}): bigint {
    const message = this.content(body, overrides);
    this.client.send(this.id, message, overrides.salt);
    return message.msgId;
  }

  /** Makes a call without waiting for the answer. Returns its msg_id. */
  startCall(query: TlObject, overrides: Overrides = {}): bigint {
    return this.send(callBody(query), overrides);
  }

  resultOf(msgId: bigint): Promise<ServerMessage> {
    return this.client.next(({ result }) => result?.requestMsgId === msgId);
  }

  /** Makes a call. Returns the result decoded as `type`, or the `rpc_error`. */
  async call(query: TlObject, type = 'X'): Promise<TlValue> {
    const { result } = await this.resultOf(this.startCall(query));
    return result?.error ?? codec.decodeAs(result?.bytes ?? Buffer.alloc(0), type);
  }

  acknowledge(...msgIds: bigint[]): void {
    this.client.send(this.id, this.silent(serviceBody({ _: 'msgs_ack', msg_ids: msgIds })));
  }

  /** Pings and waits for the pong: the server has then received everything sent before. */
  async ping(): Promise<void> {
    const msgId = this.send(serviceBody({ _: 'ping', ping_id: 1n }));
    await this.client.next(({ service }) => service?._ === 'pong' && longOf(service, 'msg_id') === msgId);
  }
}

export const NEAREST_DC = { _: 'nearestDc', country: 'RU', this_dc: 1, nearest_dc: 2 };
export const GET_NEAREST_DC = { _: 'help.getNearestDc' };

/** A decoded `rpc_error`. */
export function rpcError(code: number, message: string): TlObject {
  return { _: 'rpc_error', error_code: code, error_message: message };
}

/** Sends a body as a call. Returns the result, or the `rpc_error`. */
export async function answerTo(session: RawSession, body: Buffer): Promise<TlObject> {
  const { result } = await session.resultOf(session.send(body));
  return result?.error ?? codec.decode(result?.bytes ?? Buffer.alloc(0));
}

export interface Ready {
  started: StartedServer;
  client: RawClient;
  session: RawSession;
  key: ClientKey;
  /** Opens another connection with the same key, in a new session unless one is given. */
  another: (sessionId?: string) => Promise<RawSession>;
}

export interface ReadyOptions extends ConnectOptions {
  server?: Parameters<typeof startServer>[1];
  /** Whether the client has sent `initConnection` already. Default: yes. */
  isInitialized?: boolean;
}

/** Starts a server, and connects a client with a key and a session. */
export async function ready(handler: RpcHandler, options: ReadyOptions = {}): Promise<Ready> {
  const started = await startServer(handler, options.server);
  const client = await RawClient.connect(started.port, options);
  const { key } = await handshake(client, 1);
  client.key = key;
  const session = new RawSession(client);
  if (options.isInitialized !== false) await session.call(initialized({ _: 'updates.getState' }));
  return {
    started,
    client,
    session,
    key,
    another: async (sessionId) => {
      const other = await RawClient.connect(started.port, options);
      other.key = key;
      return new RawSession(other, sessionId);
    },
  };
}

const STATE = { _: 'updates.state', pts: 1, qts: 0, date: 1, seq: 0, unread_count: 0 };

/** Answers `updates.getState` and `help.getNearestDc`, and records all calls. */
export function countingHandler(): { handler: RpcHandler; calls: Parameters<RpcHandler>[0][] } {
  const calls: Parameters<RpcHandler>[0][] = [];
  return {
    calls,
    handler: async (call) => {
      calls.push(call);
      return call.query._ === 'updates.getState' ? STATE : NEAREST_DC;
    },
  };
}
