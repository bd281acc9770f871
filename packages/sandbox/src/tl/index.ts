export { codecForLayer, LAYERS, resultTypeOf } from './layers.ts';
export { isTlObject } from './tl-object.ts';
