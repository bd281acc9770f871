export { TlCodec } from './codec.ts';
export { TlDecodeError, TlEncodeError, type TlDecodeProblem } from './errors.ts';
export { codecForLayer, LAYERS, resultTypeOf } from './layers.ts';
