export { codecForLayer, LAYERS, resultTypeOf } from './layers.ts';
