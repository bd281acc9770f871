import { codecForLayer, LAYERS } from '../tl/layers.ts';
import { TlReader } from '../tl/tl-reader.ts';
import { RpcError, type ClientInfo, type TlObject } from '../types.ts';
import { longOf, longsOf, numberOf, stringOf } from './fields.ts';
import { GZIP_PACKED_ID, gunzipPacked } from './gzip.ts';

/** A call as it came in, with its wrappers taken off and the call itself not read yet: its layer is known only now. */
export interface WrappedCall {
  reader: TlReader;
  /** From `invokeWithLayer`. */
  layer: number | undefined;
  /** From `initConnection`. */
  client: ClientInfo | undefined;
  withoutUpdates: boolean;
  /** The calls that must have gone well before. */
  after: bigint[];
}

/** More wrappers than there are kinds of them. */
const MAX_WRAPPERS = 16;

/**
 * Takes off `invokeWithLayer`, `initConnection`, `invokeWithoutUpdates`, `invokeAfterMsg(s)` and `gzip_packed`, in whatever order.
 * `layer`: the one that the caller is known to speak, if any.
 * @throws {TlDecodeError} for wrappers that cannot be read.
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

/** The id at the reader, which stays where it is. 0 at the end. */
export function peekId(reader: TlReader): number {
  return reader.remaining < 4 ? 0 : reader.buffer.readUInt32LE(reader.position);
}
