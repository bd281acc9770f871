import { createPublicKey } from 'node:crypto';
import { _serverKeys } from 'telegram/crypto/RSA.js';
import { Logger, LogLevel } from 'telegram/extensions/Logger.js';
import { readBigIntFromBuffer } from 'telegram/Helpers.js';
import { Api, TelegramClient } from 'telegram/index.js';
import {
  ConnectionTCPAbridged,
  ConnectionTCPFull,
  ConnectionTCPObfuscated,
} from 'telegram/network/connection/index.js';
import { StringSession } from 'telegram/sessions/index.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RpcError, type RpcCall } from '../types.ts';
import { configObject, rsaKeyPair, startServer, type StartedServer } from './testing/start-server.ts';

const { n, e } = createPublicKey(rsaKeyPair.publicKeyPem).export({ format: 'jwk' });
_serverKeys.set(rsaKeyPair.fingerprint.toString(), {
  n: readBigIntFromBuffer(Buffer.from(n ?? '', 'base64url'), false),
  e: Buffer.from(e ?? '', 'base64url').readUIntBE(0, 3),
});

type Params = ConstructorParameters<typeof ConnectionTCPFull>[0];

/** GramJS connects to ports of its own choice. A subclass redirects it to the test's server. */
function redirected(params: Params, { endpoints }: StartedServer): Params {
  return { ...params, port: endpoints.find(({ dcId }) => dcId === params.dcId)?.port ?? 0 };
}

const TRANSPORTS = {
  full: (started: StartedServer) =>
    class extends ConnectionTCPFull {
      constructor(params: Params) {
        super(redirected(params, started));
      }
    },
  abridged: (started: StartedServer) =>
    class extends ConnectionTCPAbridged {
      constructor(params: Params) {
        super(redirected(params, started));
      }
    },
  'obfuscated abridged': (started: StartedServer) =>
    class extends ConnectionTCPObfuscated {
      constructor(params: Params) {
        super(redirected(params, started));
      }
    },
};

function gramJs(
  started: StartedServer,
  transport: (typeof TRANSPORTS)[keyof typeof TRANSPORTS],
): TelegramClient {
  const session = new StringSession('');
  session.setDC(2, '127.0.0.1', 443);
  const client = new TelegramClient(session, 7, 'hash', {
    connection: transport(started),
    connectionRetries: 1,
    baseLogger: new Logger(LogLevel.NONE),
    securityChecks: true,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** Limit for one key exchange and the first calls, in ms. */
const CONNECT_MS = 8_000;

/** Tries several clients: in 1 of 256 key exchanges GramJS drops a leading zero byte of the key, and fails. */
async function connected(
  started: StartedServer,
  transport: (typeof TRANSPORTS)[keyof typeof TRANSPORTS],
): Promise<TelegramClient> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const client = gramJs(started, transport);
    const late = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), CONNECT_MS).unref();
    });
    if (await Promise.race([client.connect().catch(() => false), late])) return client;
  }
  throw new Error('GramJS did not connect');
}

describe('GramJS', () => {
  test.each(Object.entries(TRANSPORTS))('creates a key and makes calls over %s', async (_name, transport) => {
    const calls: RpcCall[] = [];
    const started = await startServer(async (call) => {
      calls.push(call);
      return call.query._ === 'help.getConfig'
        ? configObject(started.endpoints, call.dcId)
        : { _: 'nearestDc', country: 'RU', this_dc: call.dcId, nearest_dc: 1 };
    });
    const client = await connected(started, transport);

    const nearest = await client.invoke(new Api.help.GetNearestDc());

    expect(nearest).toMatchObject({ className: 'NearestDc', country: 'RU', thisDc: 2, nearestDc: 1 });
    expect(calls.map(({ query }) => query._)).toEqual(
      expect.arrayContaining(['help.getConfig', 'help.getNearestDc']),
    );
    expect(calls.at(-1)).toMatchObject({
      layer: 198,
      dcId: 2,
      authKeyId: [...started.keys.records.keys()].at(-1),
      client: { apiId: 7 },
    });
    expect(started.errors).toEqual([]);
  });

  test('turns an rpc_error into its own error', async () => {
    const started = await startServer(async (call) => {
      if (call.query._ === 'help.getConfig') return configObject(started.endpoints, call.dcId);
      throw new RpcError(400, 'COUNTRY_INVALID');
    });
    const client = await connected(started, TRANSPORTS.full);

    await expect(client.invoke(new Api.help.GetNearestDc())).rejects.toMatchObject({
      code: 400,
      errorMessage: 'COUNTRY_INVALID',
    });
  });
});
