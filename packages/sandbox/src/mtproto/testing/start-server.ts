import { onTestFinished } from 'vitest';
import { generateRsaKeyPair } from '../../crypto/rsa.ts';
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
    chat_size_max: 200,
    megagroup_size_max: 200_000,
    forwarded_count_max: 100,
    online_update_period_ms: 210_000,
    offline_blur_timeout_ms: 5000,
    offline_idle_timeout_ms: 30_000,
    online_cloud_timeout_ms: 300_000,
    notify_cloud_delay_ms: 30_000,
    notify_default_delay_ms: 1500,
    push_chat_period_ms: 60_000,
    push_chat_limit: 2,
    edit_time_limit: 172_800,
    revoke_time_limit: 2_147_483_647,
    revoke_pm_time_limit: 2_147_483_647,
    rating_e_decay: 2_419_200,
    stickers_recent_limit: 200,
    channels_read_media_period: 604_800,
    call_receive_timeout_ms: 20_000,
    call_ring_timeout_ms: 90_000,
    call_connect_timeout_ms: 30_000,
    call_packet_timeout_ms: 10_000,
    me_url_prefix: 'https://t.me/',
    caption_length_max: 1024,
    message_length_max: 4096,
    webfile_dc_id: 1,
  };
}
