export {
  createMtprotoServer,
  type Endpoint,
  type MtprotoServer,
  type MtprotoServerOptions,
} from './server.ts';
