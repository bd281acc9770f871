import type { TlCodec } from '../tl/codec.ts';
import { TlDecodeError } from '../tl/errors.ts';
import { codecForLayer, isSpoken } from '../tl/layers.ts';
import { serviceCodec } from '../tl/service.ts';
import { DropConnection, RpcError, type RpcCall, type TlObject } from '../types.ts';
import type { AuthKey } from './auth-key.ts';
import type { ClientLink } from './client-link.ts';
import type { ServerContext } from './context.ts';
import { gzipWhereWorth } from './gzip.ts';
import { writeRpcResult } from './message.ts';
import type { MtprotoSession } from './session.ts';
import { peekId, unwrap, type WrappedCall } from './unwrap.ts';

/** The origin of a call. */
export interface Caller {
  connection: ClientLink;
  key: AuthKey;
  session: MtprotoSession;
}

/** Runs API calls: unwraps them, passes them to the handler, and queues the answers. */
export class ApiCalls {
  readonly #context: ServerContext;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** Starts a call, which is answered once it is done. Several calls run concurrently. Never throws. */
  start(caller: Caller, msgId: bigint, body: Buffer): void {
    const { session } = caller;
    const run = this.#run(caller, msgId, body).finally(() => {
      session.running.delete(msgId);
      session.unwanted.delete(msgId);
    });
    session.running.set(msgId, run);
  }

  /** Resolves to whether the call succeeded. */
  async #run(caller: Caller, msgId: bigint, body: Buffer): Promise<boolean> {
    const { connection, session } = caller;
    try {
      this.#answer(session, msgId, await this.#result(caller, body));
      return true;
    } catch (error) {
      session.noteFailure(msgId);
      if (error instanceof DropConnection) {
        // An unanswered message counts as not received: if the client sends it again, the call runs again.
        session.received.forget(msgId);
        if (error.transportError === undefined) connection.cut();
        else connection.refuse(-error.transportError);
      } else {
        const { code, message } = this.#asRpcError(error);
        const rpcError = { _: 'rpc_error', error_code: code, error_message: message };
        this.#answer(session, msgId, serviceCodec.encode(rpcError, 'RpcError'));
      }
      return false;
    }
  }

  #answer(session: MtprotoSession, msgId: bigint, result: Buffer): void {
    if (session.unwanted.has(msgId)) return;
    session.outbox.answer(msgId, writeRpcResult(msgId, result));
    session.flushSoon();
  }

  async #result(caller: Caller, body: Buffer): Promise<Buffer> {
    const { connection, session } = caller;
    const key = caller.key.owner;
    if (key.isTemporary) throw new RpcError(401, 'AUTH_KEY_PERM_EMPTY');
    if (key.guard.isDuplicated) throw new RpcError(406, 'AUTH_KEY_DUPLICATED');
    const wrapped = unwrap(body);
    this.#learn(wrapped, key, session);
    const layer = session.layer ?? key.layer;
    const client = session.client ?? key.client;
    if (session.client === undefined && key.layer === undefined)
      throw new RpcError(400, 'CONNECTION_NOT_INITED');
    // An earlier version of the sandbox may have stored another layer with the key.
    if (layer === undefined || !isSpoken(layer)) throw new RpcError(400, 'CONNECTION_LAYER_INVALID');
    const codec = codecForLayer(layer);
    const { query, resultType } = readQuery(wrapped, codec);
    const call = {
      query,
      layer: codec.layer,
      dcId: connection.dcId,
      authKeyId: key.id,
      sessionId: session.id,
      client,
    };
    // Clients upload and download on connections of their own, to which no updates go.
    if (isTransfer(query)) return this.#handle(session, wrapped, call, codec, resultType);
    session.takesUpdates = !wrapped.withoutUpdates;
    // Clients open connections with it, those for uploads too.
    if (query._ === 'help.getConfig') return this.#handle(session, wrapped, call, codec, resultType);
    return this.#guarded(caller, () => this.#handle(session, wrapped, call, codec, resultType));
  }

  /** Runs a call, unless two clients use the key at once. */
  async #guarded(
    { connection, key: { owner: key }, session }: Caller,
    run: () => Promise<Buffer>,
  ): Promise<Buffer> {
    if (key.guard.starts(connection, session.id)) this.#context.onDuplicated(key.id);
    try {
      if (key.guard.isDuplicated) throw new RpcError(406, 'AUTH_KEY_DUPLICATED');
      return await run();
    } finally {
      key.guard.ends(connection);
    }
  }

  async #handle(
    session: MtprotoSession,
    { after }: WrappedCall,
    call: RpcCall,
    codec: TlCodec,
    resultType: string,
  ): Promise<Buffer> {
    for (const earlier of after) {
      if (!(await session.succeeded(earlier))) throw new RpcError(400, 'MSG_WAIT_FAILED');
    }
    try {
      const result = codec.encode(await this.#context.handler(call), resultType);
      return isTransfer(call.query) ? result : gzipWhereWorth(result);
    } catch (error) {
      throw this.#reported(error, call.query._);
    }
  }

  #learn({ layer, client }: WrappedCall, key: AuthKey, session: MtprotoSession): void {
    session.layer = layer ?? session.layer;
    session.client = client ?? session.client;
    if (session.layer === undefined || session.client === undefined) return;
    if (layer === undefined && client === undefined) return;
    key
      .initialized(session.layer, session.client)
      .catch((error: unknown) => this.#context.onError(error, 'keeping a layer'));
  }

  /** Reports an unexpected error to `onError`, and replaces it with a 500 for the client. */
  #reported(error: unknown, method: string): Error {
    if (error instanceof RpcError || error instanceof DropConnection) return error;
    this.#context.onError(error, method);
    return new RpcError(500, 'INTERNAL');
  }

  #asRpcError(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    if (error instanceof TlDecodeError) return new RpcError(400, 'INPUT_FETCH_ERROR');
    this.#context.onError(error, 'a call');
    return new RpcError(500, 'INTERNAL');
  }
}

function isTransfer(query: TlObject): boolean {
  return query._.startsWith('upload.');
}

/** @throws {RpcError} INPUT_METHOD_INVALID if no method has the id. @throws {TlDecodeError} */
function readQuery({ reader }: WrappedCall, codec: TlCodec): { query: TlObject; resultType: string } {
  const id = peekId(reader);
  const resultType = codec.resultTypeOf(codec.nameOf(id) ?? '');
  if (resultType === undefined) throw new RpcError(400, `INPUT_METHOD_INVALID_${id}`);
  const query = codec.read(reader);
  if (reader.remaining > 0) throw new RpcError(400, 'INPUT_FETCH_ERROR');
  return { query, resultType };
}
