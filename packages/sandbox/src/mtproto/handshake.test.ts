import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { DH_PRIME } from '../crypto/diffie-hellman.ts';
import { sha1 } from '../crypto/hashes.ts';
import { handshake, type Tampering } from './testing/client-handshake.ts';
import { MemoryKeys } from './testing/memory-keys.ts';
import { RawClient } from './testing/raw-client.ts';
import { startServer } from './testing/start-server.ts';

async function refuseAll(): Promise<never> {
  throw new Error('no calls here');
}

test('a correct client gets a key, and the server stores it', async () => {
  const { port, keys } = await startServer(refuseAll);
  const { answer, key } = await handshake(await RawClient.connect(port), 1);
  expect(answer._).toBe('dh_gen_ok');
  const salt = Buffer.alloc(8);
  salt.writeBigInt64LE(key.salt);
  expect(keys.get(key.id)).toEqual({ id: key.id, dcId: 1, key: key.bytes, salt });
});

test('req_pq is answered like req_pq_multi, and an exchange can be restarted', async () => {
  const { port } = await startServer(refuseAll);
  const client = await RawClient.connect(port);
  const nonce = randomBytes(16);
  expect(await client.ask({ _: 'req_pq', nonce })).toMatchObject({ _: 'resPQ', nonce });
  expect((await handshake(client, 1)).answer._).toBe('dh_gen_ok');
  expect((await handshake(client, 1)).answer._).toBe('dh_gen_ok');
});

test.each([1, -1, 10_001, -10_001])('data centre %i is accepted as number 1', async (dc) => {
  const { port } = await startServer(refuseAll);
  expect((await handshake(await RawClient.connect(port), dc)).answer._).toBe('dh_gen_ok');
});

test('p_q_inner_data, which names no data centre, is accepted', async () => {
  const { port } = await startServer(refuseAll);
  const pqInner: Tampering['pqInner'] = (inner) => {
    inner._ = 'p_q_inner_data';
  };
  expect((await handshake(await RawClient.connect(port), 7, { pqInner })).answer._).toBe('dh_gen_ok');
});

test.each(['p_q_inner_data', 'p_q_inner_data_dc'])('%s in the older RSA padding is accepted', async (_) => {
  const { port } = await startServer(refuseAll);
  const tampering: Tampering = { isClassic: true, pqInner: (inner) => Object.assign(inner, { _ }) };
  expect((await handshake(await RawClient.connect(port), 1, tampering)).answer._).toBe('dh_gen_ok');
});

test.each([2, 10_002, 0])('data centre %i is refused with -444 by number 1', async (dc) => {
  const { port } = await startServer(refuseAll);
  const client = await RawClient.connect(port);
  await expect(handshake(client, dc)).rejects.toThrow('closed with -444');
});

const other16 = randomBytes(16);

const TAMPERINGS: [string, Tampering][] = [
  ['nonce in req_DH_params', { reqDhParams: (request) => Object.assign(request, { nonce: other16 }) }],
  [
    'server_nonce in req_DH_params',
    { reqDhParams: (request) => Object.assign(request, { server_nonce: other16 }) },
  ],
  [
    'fingerprint in req_DH_params',
    { reqDhParams: (request) => Object.assign(request, { public_key_fingerprint: 1n }) },
  ],
  ['p in req_DH_params', { reqDhParams: (request) => Object.assign(request, { p: Buffer.from([1]) }) }],
  ['q in req_DH_params', { reqDhParams: (request) => Object.assign(request, { q: Buffer.alloc(4) }) }],
  [
    'encrypted_data that is random',
    { reqDhParams: (request) => Object.assign(request, { encrypted_data: Buffer.alloc(256, 1) }) },
  ],
  [
    'encrypted_data that is short',
    { reqDhParams: (request) => Object.assign(request, { encrypted_data: Buffer.alloc(255) }) },
  ],
  ['hash in RSA_PAD', { rsaSpoil: (data) => data.writeUInt8((data[223] ?? 0) ^ 1, 223) }],
  ['data in RSA_PAD', { rsaSpoil: (data) => data.writeUInt8((data[191] ?? 0) ^ 1, 191) }],
  [
    'hash in the older RSA padding',
    { isClassic: true, rsaSpoil: (data) => data.writeUInt8((data[0] ?? 0) ^ 1, 0) },
  ],
  [
    'new_nonce in the older RSA padding',
    { isClassic: true, rsaSpoil: (data) => data.writeUInt8((data[100] ?? 0) ^ 1, 100) },
  ],
  ['nonce in p_q_inner_data', { pqInner: (inner) => Object.assign(inner, { nonce: other16 }) }],
  ['server_nonce in p_q_inner_data', { pqInner: (inner) => Object.assign(inner, { server_nonce: other16 }) }],
  [
    'nonce in set_client_DH_params',
    { setClientDhParams: (request) => Object.assign(request, { nonce: other16 }) },
  ],
  [
    'server_nonce in set_client_DH_params',
    { setClientDhParams: (request) => Object.assign(request, { server_nonce: other16 }) },
  ],
  [
    'encrypted_data in set_client_DH_params',
    { setClientDhParams: (request) => Object.assign(request, { encrypted_data: randomBytes(336) }) },
  ],
  [
    'length of encrypted_data in set_client_DH_params',
    { setClientDhParams: (request) => Object.assign(request, { encrypted_data: randomBytes(33) }) },
  ],
  ['nonce in client_DH_inner_data', { clientDhInner: (inner) => Object.assign(inner, { nonce: other16 }) }],
  [
    'server_nonce in client_DH_inner_data',
    { clientDhInner: (inner) => Object.assign(inner, { server_nonce: other16 }) },
  ],
  [
    'retry_id in the first client_DH_inner_data',
    { clientDhInner: (inner) => Object.assign(inner, { retry_id: 1n }) },
  ],
  [
    'hash of client_DH_inner_data',
    { clientDhData: (data) => Buffer.concat([Buffer.alloc(20), data.subarray(20)]) },
  ],
  ['padding of client_DH_inner_data', { clientDhData: (data) => Buffer.concat([data, Buffer.alloc(16)]) }],
  ['g_b of 1', { clientDhInner: (inner) => Object.assign(inner, { g_b: Buffer.from([1]) }) }],
  ['g_b of p', { clientDhInner: (inner) => Object.assign(inner, { g_b: DH_PRIME }) }],
  [
    'g_b that is too small',
    { clientDhInner: (inner) => Object.assign(inner, { g_b: Buffer.alloc(248, 1) }) },
  ],
];

test.each(TAMPERINGS)(
  'wrong: %s. The exchange ends with -404, and there is no key',
  async (_what, tampering) => {
    const { port, keys, errors } = await startServer(refuseAll);
    const client = await RawClient.connect(port);
    await expect(handshake(client, 1, tampering)).rejects.toThrow('closed with -404');
    expect([keys.records.size, errors]).toEqual([0, []]);
  },
);

test.each<[string, Tampering['pqInner']]>([
  ['another pq inside', (inner) => Object.assign(inner, { pq: Buffer.alloc(8, 1) })],
  ['another p inside', (inner) => Object.assign(inner, { p: Buffer.alloc(4, 1) })],
  ['another q inside', (inner) => Object.assign(inner, { q: Buffer.alloc(4, 1) })],
  [
    'a temporary key that has expired',
    (inner) => Object.assign(inner, { _: 'p_q_inner_data_temp', expires_in: 0 }),
  ],
])('%s is answered with server_DH_params_fail', async (_what, pqInner) => {
  const { port } = await startServer(refuseAll);
  const { answer, newNonce, nonces } = await handshake(
    await RawClient.connect(port),
    1,
    pqInner && { pqInner },
  );
  expect(answer).toEqual({
    _: 'server_DH_params_fail',
    ...nonces,
    new_nonce_hash: sha1(newNonce).subarray(4),
  });
});

test.each([
  [
    'set_client_DH_params out of turn',
    { _: 'set_client_DH_params', nonce: other16, server_nonce: other16, encrypted_data: Buffer.alloc(16) },
  ],
  [
    'req_DH_params out of turn',
    {
      _: 'req_DH_params',
      nonce: other16,
      server_nonce: other16,
      p: Buffer.alloc(4),
      q: Buffer.alloc(4),
      public_key_fingerprint: 1n,
      encrypted_data: Buffer.alloc(256),
    },
  ],
  ['a message that needs a key', { _: 'ping', ping_id: 1n }],
])('%s ends with -404', async (_what, request) => {
  const { port } = await startServer(refuseAll);
  const client = await RawClient.connect(port);
  await expect(client.ask(request)).rejects.toThrow('closed with -404');
});

test('a key that exists already leads to dh_gen_retry and a new key', async () => {
  const taken = new MemoryKeys();
  let isTaken = true;
  const keys = Object.assign(taken, {
    get(id: string) {
      return isTaken ? { id, dcId: 1, key: Buffer.alloc(256), salt: Buffer.alloc(8) } : taken.records.get(id);
    },
  });
  const { port } = await startServer(refuseAll, { keys });
  const { answer, key, newNonce, agree } = await handshake(await RawClient.connect(port), 1);
  const auxHash = sha1(key.bytes).subarray(0, 8);
  expect(answer).toMatchObject({
    _: 'dh_gen_retry',
    new_nonce_hash2: sha1(newNonce, Buffer.from([2]), auxHash).subarray(4),
  });

  isTaken = false;
  expect((await agree(auxHash.readBigInt64LE(0)))._).toBe('dh_gen_ok');
  expect(taken.records.size).toBe(1);
});

test('a key that cannot be stored leads to dh_gen_fail', async () => {
  const keys = Object.assign(new MemoryKeys(), { put: () => Promise.reject(new Error('disk full')) });
  const { port, errors } = await startServer(refuseAll, { keys });
  const { answer, key, newNonce } = await handshake(await RawClient.connect(port), 1);
  const auxHash = sha1(key.bytes).subarray(0, 8);
  expect(errors).toEqual([new Error('disk full')]);
  expect(answer).toMatchObject({
    _: 'dh_gen_fail',
    new_nonce_hash3: sha1(newNonce, Buffer.from([3]), auxHash).subarray(4),
  });
});

test('an unencrypted message with a wrong length ends with -404', async () => {
  const { port } = await startServer(refuseAll);
  const client = await RawClient.connect(port);
  client.sendPacket(Buffer.alloc(44));
  await client.closed();
  expect(client.transportError).toBe(-404);
});
