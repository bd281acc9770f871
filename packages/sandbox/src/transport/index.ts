export { TransportError } from './framing.ts';
export { ServerTransport } from './transport.ts';
