import {
  BaseTelegramClient,
  IntermediatePacketCodec,
  MemoryStorage,
  ObfuscatedPacketCodec,
  PaddedIntermediatePacketCodec,
  TcpTransport,
  type tl,
} from '@mtcute/node';
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RpcCall } from '../types.ts';
import { configObject, rsaKeyPair, startServer, type StartedServer } from './testing/start-server.ts';

const crypto = new NodeCryptoProvider();
await crypto.initialize();
addPublicKey(crypto, rsaKeyPair.publicKeyPem);

const CODECS = {
  intermediate: () => new IntermediatePacketCodec(),
  'padded intermediate': () => new PaddedIntermediatePacketCodec(),
  'obfuscated intermediate': () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()),
  'obfuscated padded intermediate': () => new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec()),
};

function mtcute({ port }: StartedServer, codec: (typeof CODECS)[keyof typeof CODECS]): BaseTelegramClient {
  const dc = { id: 1, ipAddress: '127.0.0.1', port };
  const transport = Object.assign(new TcpTransport(), { packetCodec: codec });
  const client = new BaseTelegramClient({
    apiId: 7,
    apiHash: 'hash',
    crypto,
    transport,
    storage: new MemoryStorage(),
    defaultDcs: { main: dc, media: { ...dc, mediaOnly: true } },
    logLevel: 0,
    disableUpdates: true,
  });
  onTestFinished(() => client.destroy());
  return client;
}

describe('mtcute', () => {
  test.each(Object.entries(CODECS))('makes a key and calls over %s', async (_name, codec) => {
    const calls: RpcCall[] = [];
    const started = await startServer(async (call) => {
      calls.push(call);
      return configObject(started.endpoints, call.dcId);
    });
    const client = mtcute(started, codec);
    await client.connect();

    const config = await client.call({ _: 'help.getConfig' });

    expect(config).toMatchObject({
      _: 'config',
      thisDc: 1,
      meUrlPrefix: 'https://t.me/',
    } satisfies Partial<tl.RawConfig>);
    expect(started.keys.records.size).toBe(1);
    expect(calls.at(-1)).toMatchObject({
      query: { _: 'help.getConfig' },
      layer: 227,
      dcId: 1,
      authKeyId: [...started.keys.records.keys()][0],
      client: { apiId: 7 },
    });
    expect(started.errors).toEqual([]);
  });
});
