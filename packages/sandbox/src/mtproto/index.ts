export { createMtprotoServer } from './server.ts';
