import { onTestFinished } from 'vitest';
import { generateRsaKeyPair } from '../../crypto/rsa.ts';
import { CLIENT_CONFIG } from '../../rpc/client-config.ts';
import type { RpcHandler, TlObject } from '../../types.ts';
import {
  createMtprotoServer,
  type Endpoint,
  type MtprotoServer,
  type MtprotoServerOptions,
} from '../server.ts';
import { MemoryKeys } from './memory-keys.ts';

/** Shared by all tests, because generating a key takes long. */
export const rsaKeyPair = generateRsaKeyPair();

export interface StartedServer {
  server: MtprotoServer;
  endpoints: Endpoint[];
  /** The port of the first data centre. */
  port: number;
  keys: MemoryKeys;
  /** The errors that `onError` received. */
  errors: unknown[];
}

/** Starts a server with data centres 1 and 2 on free ports. It closes when the test ends. */
export async function startServer(
  handler: RpcHandler,
  options: Partial<MtprotoServerOptions> = {},
): Promise<StartedServer> {
  const keys = new MemoryKeys();
  const errors: unknown[] = [];
  const server = createMtprotoServer({
    dataCenters: [
      { id: 1, port: 0 },
      { id: 2, port: 0 },
    ],
    rsaKeyPair,
    keys,
    handler,
    onError: (error) => errors.push(error),
    ...options,
  });
  const endpoints = await server.listen();
  onTestFinished(() => server.close());
  return { server, endpoints, port: endpoints[0]?.port ?? 0, keys, errors };
}

/** A `help.getConfig` answer that both layers can encode. */
export function configObject(endpoints: readonly Endpoint[], thisDc: number): TlObject {
  return {
    _: 'config',
    date: Math.floor(Date.now() / 1000),
    expires: Math.floor(Date.now() / 1000) + 3600,
    test_mode: false,
    this_dc: thisDc,
    dc_options: endpoints.map(({ dcId, host, port }) => ({
      _: 'dcOption',
      id: dcId,
      ip_address: host,
      port,
    })),
    dc_txt_domain_name: 'example.org',
    ...CLIENT_CONFIG,
    caption_length_max: 1024,
    webfile_dc_id: 1,
  };
}
