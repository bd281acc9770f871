export { MAX_PACKET, TransportError } from './framing.ts';
export { ServerTransport } from './transport.ts';
