import { codecForLayer, isSpoken } from '../tl/layers.ts';
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

/** The wrappers are the same in all layers. */
const WRAPPER_LAYER = 198;

/**
 * Removes `invokeWithLayer`, `initConnection`, `invokeWithoutUpdates`, `invokeAfterMsg(s)` and `gzip_packed`, in any
 * order.
 * @throws {TlDecodeError} if a wrapper cannot be decoded.
 * @throws {RpcError} CONNECTION_LAYER_INVALID for a layer that the sandbox does not speak.
 */
export function unwrap(body: Buffer): WrappedCall {
  const call: WrappedCall = {
    reader: new TlReader(body),
    layer: undefined,
    client: undefined,
    withoutUpdates: false,
    after: [],
  };
  const codec = codecForLayer(WRAPPER_LAYER);
  for (let wrappers = 0; wrappers < MAX_WRAPPERS; wrappers += 1) {
    const { reader } = call;
    const id = peekId(reader);
    if (id === GZIP_PACKED_ID) {
      call.reader = new TlReader(gunzipPacked(reader.buffer.subarray(reader.position)));
      continue;
    }
    const note = WRAPPERS[codec.nameOf(id) ?? ''];
    if (note === undefined) return call;
    note(codec.readWrapper(reader), call);
  }
  throw new RpcError(400, 'INPUT_FETCH_ERROR');
}

const WRAPPERS: Record<string, ((wrapper: TlObject, call: WrappedCall) => void) | undefined> = {
  invokeWithLayer: (wrapper, call) => {
    call.layer = numberOf(wrapper, 'layer');
    if (!isSpoken(call.layer)) throw new RpcError(400, 'CONNECTION_LAYER_INVALID');
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
