import { MemoryStorage, type ITelegramStorageProvider } from '@mtcute/core';
import { BaseTelegramClient, TelegramClient } from '@mtcute/node';
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js';
import { MAIN_DATA_CENTER } from '../rpc/accounts.ts';
import type { Sandbox } from '../sandbox.ts';

export interface MtcuteClient {
  client: TelegramClient;
  /** Whether it receives updates already. mtcute starts that by itself, some time after signing in. */
  takesUpdates: () => boolean;
}

/** Creates a client that shares no code with the sandbox. The test must call `destroy` on it. */
export async function mtcuteClient(
  { dataCenters, publicKeyPem }: Pick<Sandbox, 'dataCenters' | 'publicKeyPem'>,
  {
    storage = new MemoryStorage(),
    usePfs = false,
    catchUp = false,
  }: { storage?: ITelegramStorageProvider; usePfs?: boolean; catchUp?: boolean } = {},
): Promise<MtcuteClient> {
  const crypto = new NodeCryptoProvider();
  await crypto.initialize();
  addPublicKey(crypto, publicKeyPem);
  const main = dataCenters.find(({ id }) => id === MAIN_DATA_CENTER);
  if (main === undefined) throw new Error('the sandbox has no main data centre');
  const dc = { id: main.id, ipAddress: main.host, port: main.port };
  const base = new BaseTelegramClient({
    apiId: 1,
    apiHash: '0123456789abcdef0123456789abcdef',
    storage,
    crypto,
    defaultDcs: { main: dc, media: dc },
    network: { usePfs },
    updates: { catchUp },
    logLevel: Number(process.env['MTCUTE_LOG'] ?? 0),
  });
  return {
    client: new TelegramClient({ client: base }),
    takesUpdates: () => base.updates?.updatesLoopActive ?? false,
  };
}
