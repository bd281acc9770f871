import { describe, expect, test } from 'vitest';
import { hexOf } from './fields.ts';
import { bindProof } from './testing/bind-proof.ts';
import { handshake, type Tampering } from './testing/client-handshake.ts';
import { clientMsgId, RawClient, serviceBody, type ClientKey } from './testing/raw-client.ts';
import {
  countingHandler,
  GET_NEAREST_DC,
  initialized,
  NEAREST_DC,
  RawSession,
} from './testing/raw-session.ts';
import { startServer, type StartedServer } from './testing/start-server.ts';

const NOW = Date.now();

describe('a temporary key', () => {
  async function temporaryKey(
    { port }: StartedServer,
    lifetime = 3_600,
  ): Promise<{ session: RawSession; key: ClientKey }> {
    const client = await RawClient.connect(port);
    const pqInner: Tampering['pqInner'] = (inner) =>
      Object.assign(inner, { _: 'p_q_inner_data_temp_dc', expires_in: lifetime });
    const { answer, key } = await handshake(client, 1, { pqInner });
    expect(answer._).toBe('dh_gen_ok');
    client.key = key;
    return { session: new RawSession(client), key };
  }

  async function permanentKey({ port }: StartedServer): Promise<ClientKey> {
    return (await handshake(await RawClient.connect(port), 1)).key;
  }

  /** @param changes of the proof. */
  async function bind(
    { session, key }: { session: RawSession; key: ClientKey },
    permanent: ClientKey,
    changes: Record<string, bigint | number> = {},
  ): Promise<unknown> {
    const msgId = clientMsgId();
    const request = {
      perm_auth_key_id: longOf(permanent.id),
      nonce: 5n,
      expires_at: Math.floor(NOW / 1_000) + 3_600,
    };
    const inner = { ...request, temp_auth_key_id: longOf(key.id), temp_session_id: longOf(session.id) };
    const proof = bindProof(permanent, msgId, { _: 'bind_auth_key_inner', ...inner, ...changes });
    const call = { _: 'auth.bindTempAuthKey', ...request, encrypted_message: proof };
    session.send(serviceBody(call), { msgId });
    const { result } = await session.resultOf(msgId);
    return result?.error?.['error_message'] ?? result?.bytes.toString('hex');
  }

  test('calls for the permanent key once it is bound, and is not stored', async () => {
    const { handler, calls } = countingHandler();
    const started = await startServer(handler);
    const permanent = await permanentKey(started);
    const temporary = await temporaryKey(started);
    expect(await temporary.session.call(initialized(GET_NEAREST_DC))).toMatchObject({
      error_code: 401,
      error_message: 'AUTH_KEY_PERM_EMPTY',
    });
    expect(await bind(temporary, permanent)).toBe('b5757299');
    expect(await temporary.session.call(initialized(GET_NEAREST_DC))).toEqual(NEAREST_DC);
    expect(calls.map(({ authKeyId }) => authKeyId)).toEqual([permanent.id]);
    expect([...started.keys.records.keys()]).toEqual([permanent.id]);
    expect(started.server.network.connections(permanent.id)).toBe(1);
    await started.server.network.dropKey(permanent.id);
    await temporary.session.client.closed();
    expect(temporary.session.client.transportError).toBe(-404);
  });

  test.each<[string, Record<string, bigint | number>]>([
    ['nonce', { nonce: 6n }],
    ['temporary key', { temp_auth_key_id: 6n }],
    ['permanent key', { perm_auth_key_id: 6n }],
    ['session', { temp_session_id: 6n }],
    ['expiry', { expires_at: 6 }],
  ])('is not bound by a proof with another %s', async (_what, changes) => {
    const started = await startServer(countingHandler().handler);
    const permanent = await permanentKey(started);
    const temporary = await temporaryKey(started);
    expect(await bind(temporary, permanent, changes)).toBe('ENCRYPTED_MESSAGE_INVALID');
  });

  test('is bound only to one key, and only by a client that has that key', async () => {
    const started = await startServer(countingHandler().handler);
    const [permanent, other] = [await permanentKey(started), await permanentKey(started)];
    const temporary = await temporaryKey(started);
    const stolen = { ...other, bytes: permanent.bytes };
    expect(await bind(temporary, stolen)).toBe('ENCRYPTED_MESSAGE_INVALID');
    expect(await bind(temporary, permanent)).toBe('b5757299');
    expect(await bind(temporary, other)).toBe('TEMP_AUTH_KEY_ALREADY_BOUND');
  });

  test('ends when it expires', async () => {
    let now = NOW;
    const started = await startServer(countingHandler().handler, { clock: () => now });
    const temporary = await temporaryKey(started, 60);
    now += 61_000;
    const { session } = temporary;
    session.startCall(GET_NEAREST_DC);
    await session.client.closed();
    expect(session.client.transportError).toBe(-404);
  });
});

/** The inverse of {@link hexOf}. */
function longOf(hex: string): bigint {
  const long = Buffer.from(hex, 'hex').readBigInt64LE();
  expect(hexOf(long)).toBe(hex);
  return long;
}
