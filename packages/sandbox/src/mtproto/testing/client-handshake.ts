import { randomBytes } from 'node:crypto';
import { igeDecrypt, igeEncrypt } from '../../crypto/aes-ige.ts';
import { dhSharedKey, makeDhPair } from '../../crypto/diffie-hellman.ts';
import { sha1 } from '../../crypto/hashes.ts';
import { exchangeAes } from '../../crypto/message-key.ts';
import { rsaPad, rsaPadClassic } from '../../crypto/testing/rsa-pad.ts';
import { serviceCodec } from '../../tl/service.ts';
import { TlReader } from '../../tl/tl-reader.ts';
import type { TlObject } from '../../types.ts';
import { bytesOf, longsOf } from '../fields.ts';
import type { ClientKey, RawClient } from './raw-client.ts';
import { rsaKeyPair } from './start-server.ts';

/** Hooks to change what the client sends. They change objects in place; returned bytes replace the original ones. */
export interface Tampering {
  pqInner?: (inner: TlObject) => void;
  rsaSpoil?: (dataWithHash: Buffer) => void;
  /** Uses the older padding, with a SHA-1. */
  isClassic?: boolean;
  reqDhParams?: (request: TlObject) => void;
  clientDhInner?: (inner: TlObject) => void;
  /** SHA-1, data and padding, before encryption. */
  clientDhData?: (data: Buffer) => Buffer;
  setClientDhParams?: (request: TlObject) => void;
}

export interface HandshakeResult {
  /** The server's last answer. */
  answer: TlObject;
  key: ClientKey;
  newNonce: Buffer;
  nonces: { nonce: Buffer; server_nonce: Buffer };
  /** Sends set_client_DH_params again, with a new g_b and this retry_id. */
  agree: (retryId: bigint) => Promise<TlObject>;
}

/** Runs the client's side of https://core.telegram.org/mtproto/auth_key and checks the server's answers. */
export async function handshake(
  client: RawClient,
  dc: number,
  tampering: Tampering = {},
): Promise<HandshakeResult> {
  const nonce = randomBytes(16);
  const resPq = await client.ask({ _: 'req_pq_multi', nonce });
  check(resPq._ === 'resPQ' && bytesOf(resPq, 'nonce').equals(nonce), 'resPQ');
  check(longsOf(resPq, 'server_public_key_fingerprints')[0] === rsaKeyPair.fingerprint, 'the fingerprint');
  const serverNonce = bytesOf(resPq, 'server_nonce');
  const nonces = { nonce, server_nonce: serverNonce };
  const [p, q] = factors(bytesOf(resPq, 'pq'));
  const newNonce = randomBytes(32);

  const inner = {
    _: 'p_q_inner_data_dc',
    pq: bytesOf(resPq, 'pq'),
    p,
    q,
    ...nonces,
    new_nonce: newNonce,
    dc,
  };
  tampering.pqInner?.(inner);
  const pad = tampering.isClassic === true ? rsaPadClassic : rsaPad;
  const reqDhParams = {
    _: 'req_DH_params',
    ...nonces,
    p,
    q,
    public_key_fingerprint: rsaKeyPair.fingerprint,
    encrypted_data: pad(serviceCodec.encode(inner, 'X'), rsaKeyPair.publicKeyPem, tampering.rsaSpoil),
  };
  tampering.reqDhParams?.(reqDhParams);
  const params = await client.ask(reqDhParams);
  const none = { id: '', bytes: Buffer.alloc(0), salt: 0n };
  if (params._ !== 'server_DH_params_ok') {
    return { answer: params, key: none, newNonce, nonces, agree: () => Promise.reject(new Error(params._)) };
  }
  const { key, iv } = exchangeAes(serverNonce, newNonce);
  const answer = igeDecrypt(bytesOf(params, 'encrypted_answer'), key, iv);
  const reader = new TlReader(answer, 20);
  const serverDh = serviceCodec.read(reader);
  check(
    sha1(answer.subarray(20, reader.position)).equals(answer.subarray(0, 20)),
    'the hash of server_DH_inner_data',
  );

  async function agree(retryId: bigint): Promise<{ result: TlObject; authKey: Buffer }> {
    const { secret, publicValue } = makeDhPair();
    const clientDh = { _: 'client_DH_inner_data', ...nonces, retry_id: retryId, g_b: publicValue };
    tampering.clientDhInner?.(clientDh);
    const data = serviceCodec.encode(clientDh, 'X');
    const padded = Buffer.concat([sha1(data), data, Buffer.alloc((16 - ((20 + data.length) % 16)) % 16)]);
    const encrypted = igeEncrypt(tampering.clientDhData?.(padded) ?? padded, key, iv);
    const request = { _: 'set_client_DH_params', ...nonces, encrypted_data: encrypted };
    tampering.setClientDhParams?.(request);
    return { result: await client.ask(request), authKey: dhSharedKey(secret, bytesOf(serverDh, 'g_a')) };
  }

  const { result, authKey } = await agree(0n);
  const hash = sha1(authKey);
  const salt = Buffer.from(newNonce.subarray(0, 8).map((byte, index) => byte ^ (serverNonce[index] ?? 0)));
  if (result._ === 'dh_gen_ok') {
    const expected = sha1(newNonce, Buffer.from([1]), hash.subarray(0, 8)).subarray(4);
    check(bytesOf(result, 'new_nonce_hash1').equals(expected), 'new_nonce_hash1');
  }
  const clientKey = { id: hash.toString('hex', 12, 20), bytes: authKey, salt: salt.readBigInt64LE(0) };
  return {
    answer: result,
    key: clientKey,
    newNonce,
    nonces,
    agree: async (retryId) => (await agree(retryId)).result,
  };
}

function check(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`the server got ${what} wrong`);
}

/** Factorizes pq by Pollard's rho. */
function factors(pqBytes: Buffer): [Buffer, Buffer] {
  const pq = pqBytes.readBigUInt64BE(0);
  const gcd = (a: bigint, b: bigint): bigint => {
    let [x, y] = [a, b];
    while (y > 0n) [x, y] = [y, x % y];
    return x;
  };
  for (let c = 1n; ; c += 1n) {
    let [slow, fast, product] = [2n, 2n, 1n];
    let divisor = 1n;
    for (let step = 1; divisor === 1n; step += 1) {
      slow = (slow * slow + c) % pq;
      for (let i = 0; i < 2; i += 1) fast = (fast * fast + c) % pq;
      product = (product * (slow > fast ? slow - fast : fast - slow)) % pq;
      if (step % 64 === 0 || product === 0n) divisor = gcd(product, pq);
    }
    if (divisor !== pq) {
      const sorted = [divisor, pq / divisor].sort((a, b) => (a < b ? -1 : 1));
      const [p = 0n, q = 0n] = sorted;
      return [bigEndian(p), bigEndian(q)];
    }
  }
}

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number(value));
  return bytes;
}
