import { codecForLayer, LAYERS } from '../tl/layers.ts';
import { TlReader } from '../tl/tl-reader.ts';
import { RpcError, type ClientInfo, type TlObject } from '../types.ts';
import { longOf, longsOf, numberOf, stringOf } from './fields.ts';
import { GZIP_PACKED_ID, gunzipPacked } from './gzip.ts';

/** A received call without its wrappers. The call itself is not decoded yet: its layer is known only now. */
export interface WrappedCall {
  reader: TlReader;
  /** From `invokeWithLayer`. */
  layer: number | undefined;
  /** From `initConnection`. */
  client: ClientInfo | undefined;
  withoutUpdates: boolean;
  /** The calls that must have succeeded before. */
  after: bigint[];
}

/** Limit for nested wrappers, above the number of different ones. */
const MAX_WRAPPERS = 16;

/**
 * Removes `invokeWithLayer`, `initConnection`, `invokeWithoutUpdates`, `invokeAfterMsg(s)` and `gzip_packed`, in any
 * order. `layer`: the layer that the caller is known to speak, if any.
 * @throws {TlDecodeError} if a wrapper cannot be decoded.
 * @throws {RpcError} CONNECTION_LAYER_INVALID.
 */
export function unwrap(body: Buffer, layer: number | undefined): WrappedCall {
  const call: WrappedCall = {
    reader: new TlReader(body),
    layer: undefined,
    client: undefined,
    withoutUpdates: false,
    after: [],
  };
  for (let wrappers = 0; wrappers < MAX_WRAPPERS; wrappers += 1) {
    const { reader } = call;
    const id = peekId(reader);
    if (id === GZIP_PACKED_ID) {
      call.reader = new TlReader(gunzipPacked(reader.buffer.subarray(reader.position)));
      continue;
    }
    const codec = codecForLayer(call.layer ?? layer ?? LAYERS[0] ?? 0);
    const note = WRAPPERS[codec.nameOf(id) ?? ''];
    if (note === undefined) return call;
    note(codec.readWrapper(reader), call);
  }
  throw new RpcError(400, 'INPUT_FETCH_ERROR');
}

const WRAPPERS: Record<string, ((wrapper: TlObject, call: WrappedCall) => void) | undefined> = {
  invokeWithLayer: (wrapper, call) => {
    call.layer = numberOf(wrapper, 'layer');
    if (call.layer <= 0) throw new RpcError(400, 'CONNECTION_LAYER_INVALID');
  },
  initConnection: (wrapper, call) => {
    call.client = {
      apiId: numberOf(wrapper, 'api_id'),
      deviceModel: stringOf(wrapper, 'device_model'),
      appVersion: stringOf(wrapper, 'app_version'),
    };
  },
  invokeWithoutUpdates: (_wrapper, call) => {
    call.withoutUpdates = true;
  },
  invokeAfterMsg: (wrapper, call) => {
    call.after.push(longOf(wrapper, 'msg_id'));
  },
  invokeAfterMsgs: (wrapper, call) => {
    call.after.push(...longsOf(wrapper, 'msg_ids'));
  },
};

/** The constructor id at the reader's position, which does not move. 0 at the end. */
export function peekId(reader: TlReader): number {
  return reader.remaining < 4 ? 0 : reader.buffer.readUInt32LE(reader.position);
}
