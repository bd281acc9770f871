import { randomBytes } from 'node:crypto';
import { igeDecrypt, igeEncrypt } from '../crypto/aes-ige.ts';
import {
  DH_GENERATOR,
  DH_PRIME,
  dhSharedKey,
  isSafePublicValue,
  makeDhPair,
} from '../crypto/diffie-hellman.ts';
import { sha1 } from '../crypto/hashes.ts';
import { exchangeAes } from '../crypto/message-key.ts';
import { makePrimeProduct, type PrimeProduct } from '../crypto/prime-product.ts';
import { rsaUnpad, rsaUnpadClassic, type RsaKeyPair } from '../crypto/rsa.ts';
import { TlDecodeError } from '../tl/errors.ts';
import { serviceCodec } from '../tl/service.ts';
import { TlReader } from '../tl/tl-reader.ts';
import type { AuthKeyRecord, TlObject } from '../types.ts';
import { bytesOf, numberOf, sameBytes } from './fields.ts';

export interface HandshakeOptions {
  dcId: number;
  rsaKeyPair: RsaKeyPair;
  /** Unix milliseconds. */
  clock: () => number;
  isKnownKey: (id: string) => boolean;
  /** Stores the new key. The client gets its answer once this has resolved. */
  keep: (record: AuthKeyRecord) => Promise<void>;
  /** Stores a temporary key. `lifetime`: seconds. */
  keepTemporary: (record: AuthKeyRecord, lifetime: number) => void;
}

/** Aborts the key exchange: the client gets the transport error `-code` and the connection is closed. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  /** 404 for a wrong field, 444 if the client means another data centre. */
  readonly code: 404 | 444;
  constructor(code: 404 | 444, reason: string) {
    super(reason);
    this.code = code;
  }
}

type State =
  | { step: 'idle' }
  | { step: 'pq'; nonce: Buffer; serverNonce: Buffer; product: PrimeProduct }
  | {
      step: 'dh';
      nonce: Buffer;
      serverNonce: Buffer;
      newNonce: Buffer;
      secret: Buffer;
      /** The auth_key_aux_hash of the key that exists already, after dh_gen_retry; 0 on the first try. */
      retryId: bigint;
      /** Seconds; undefined for a permanent key. */
      lifetime: number | undefined;
    };

/** Clients add this to the number of a test data centre. */
const TEST_DC = 10_000;

/**
 * The server's side of the key exchange on one connection: `idle` → req_pq(_multi) → `pq` → req_DH_params → `dh` →
 * set_client_DH_params → `idle`. A new req_pq restarts it at any step. https://core.telegram.org/mtproto/auth_key
 */
export class Handshake {
  readonly #options: HandshakeOptions;
  #state: State = { step: 'idle' };

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /**
   * Answers one unencrypted message; undefined if it needs no answer.
   * @throws {HandshakeRefused}
   */
  async answer(body: Buffer): Promise<TlObject | undefined> {
    const request = decoded(() => serviceCodec.decode(body));
    switch (request._) {
      case 'req_pq':
      case 'req_pq_multi':
        return this.#offer(request);
      case 'req_DH_params':
        return this.#params(request);
      case 'set_client_DH_params':
        return this.#agree(request);
      case 'msgs_ack':
        return undefined;
      default:
        throw new HandshakeRefused(404, `${request._} without a key`);
    }
  }

  #offer(request: TlObject): TlObject {
    const nonce = bytesOf(request, 'nonce');
    const serverNonce = randomBytes(16);
    const product = makePrimeProduct();
    this.#state = { step: 'pq', nonce, serverNonce, product };
    return {
      _: 'resPQ',
      nonce,
      server_nonce: serverNonce,
      pq: product.pq,
      server_public_key_fingerprints: [this.#options.rsaKeyPair.fingerprint],
    };
  }

  #params(request: TlObject): TlObject {
    const state = this.#state;
    if (state.step !== 'pq') throw new HandshakeRefused(404, 'req_DH_params without req_pq');
    this.#checkNonces(request);
    const { nonce, serverNonce, product } = state;
    if (request['public_key_fingerprint'] !== this.#options.rsaKeyPair.fingerprint) {
      throw new HandshakeRefused(404, 'another public_key_fingerprint than was offered');
    }
    if (!sameBytes(request, 'p', product.p) || !sameBytes(request, 'q', product.q)) {
      throw new HandshakeRefused(404, 'p and q are not the factors of pq');
    }
    const inner = openInnerData(bytesOf(request, 'encrypted_data'), this.#options.rsaKeyPair);
    if (!inner._.startsWith('p_q_inner_data'))
      throw new HandshakeRefused(404, `${inner._} in encrypted_data`);
    this.#checkNonces(inner);
    this.#checkDataCentre(inner);

    const newNonce = bytesOf(inner, 'new_nonce');
    const sameFactors =
      sameBytes(inner, 'pq', product.pq) &&
      sameBytes(inner, 'p', product.p) &&
      sameBytes(inner, 'q', product.q);
    const lifetime = inner['expires_in'] === undefined ? undefined : numberOf(inner, 'expires_in');
    if (!sameFactors || (lifetime !== undefined && lifetime <= 0)) {
      this.#state = { step: 'idle' };
      const hash = sha1(newNonce).subarray(4, 20);
      return { _: 'server_DH_params_fail', nonce, server_nonce: serverNonce, new_nonce_hash: hash };
    }
    const { secret, publicValue } = makeDhPair();
    this.#state = { step: 'dh', nonce, serverNonce, newNonce, secret, retryId: 0n, lifetime };
    const answer = serviceCodec.encode(
      {
        _: 'server_DH_inner_data',
        nonce,
        server_nonce: serverNonce,
        g: DH_GENERATOR,
        dh_prime: DH_PRIME,
        g_a: publicValue,
        server_time: Math.floor(this.#options.clock() / 1000),
      },
      'Server_DH_inner_data',
    );
    const { key, iv } = exchangeAes(serverNonce, newNonce);
    const encrypted = igeEncrypt(withHash(answer), key, iv);
    return { _: 'server_DH_params_ok', nonce, server_nonce: serverNonce, encrypted_answer: encrypted };
  }

  async #agree(request: TlObject): Promise<TlObject> {
    const state = this.#state;
    if (state.step !== 'dh') throw new HandshakeRefused(404, 'set_client_DH_params without req_DH_params');
    this.#checkNonces(request);
    const { nonce, serverNonce, newNonce, secret, lifetime } = state;
    const { key, iv } = exchangeAes(serverNonce, newNonce);
    const inner = openWithHash(bytesOf(request, 'encrypted_data'), key, iv);
    this.#checkNonces(inner);
    if (inner['retry_id'] !== state.retryId) throw new HandshakeRefused(404, 'a wrong retry_id');
    const publicValue = bytesOf(inner, 'g_b');
    if (!isSafePublicValue(publicValue)) throw new HandshakeRefused(404, 'g_b is out of its range');

    const authKey = dhSharedKey(secret, publicValue);
    const authKeyHash = sha1(authKey);
    const id = authKeyHash.toString('hex', 12, 20);
    const auxHash = authKeyHash.subarray(0, 8);
    const nonceHash = (number: number) => sha1(newNonce, Buffer.from([number]), auxHash).subarray(4, 20);
    if (this.#options.isKnownKey(id)) {
      this.#state = { ...state, retryId: auxHash.readBigInt64LE(0) };
      return { _: 'dh_gen_retry', nonce, server_nonce: serverNonce, new_nonce_hash2: nonceHash(2) };
    }
    this.#state = { step: 'idle' };
    const salt = Buffer.from(newNonce.subarray(0, 8).map((byte, index) => byte ^ (serverNonce[index] ?? 0)));
    try {
      const record = { id, dcId: this.#options.dcId, key: authKey, salt };
      if (lifetime === undefined) await this.#options.keep(record);
      else this.#options.keepTemporary(record, lifetime);
    } catch {
      return { _: 'dh_gen_fail', nonce, server_nonce: serverNonce, new_nonce_hash3: nonceHash(3) };
    }
    return { _: 'dh_gen_ok', nonce, server_nonce: serverNonce, new_nonce_hash1: nonceHash(1) };
  }

  #checkNonces(object: TlObject): void {
    const state = this.#state;
    if (state.step === 'idle' || !sameBytes(object, 'nonce', state.nonce)) {
      throw new HandshakeRefused(404, `a wrong nonce in ${object._}`);
    }
    if (!sameBytes(object, 'server_nonce', state.serverNonce)) {
      throw new HandshakeRefused(404, `a wrong server_nonce in ${object._}`);
    }
  }

  /** `dc` is negative for a media connection and {@link TEST_DC} higher for a test data centre. */
  #checkDataCentre(inner: TlObject): void {
    if (inner['dc'] === undefined) return;
    const dc = Math.abs(numberOf(inner, 'dc'));
    if (dc % TEST_DC !== this.#options.dcId)
      throw new HandshakeRefused(444, `this is data centre ${this.#options.dcId}, not ${dc}`);
  }
}

/** The client's proof, in RSA_PAD or in the older padding with a SHA-1. */
function openInnerData(encrypted: Buffer, rsaKeyPair: RsaKeyPair): TlObject {
  const padded = rsaUnpad(encrypted, rsaKeyPair);
  if (padded !== undefined) return decoded(() => serviceCodec.read(new TlReader(padded)));
  const classic = rsaUnpadClassic(encrypted, rsaKeyPair);
  if (classic === undefined) throw new HandshakeRefused(404, 'encrypted_data has no padding for this key');
  const reader = new TlReader(classic.dataAndPadding);
  const inner = decoded(() => serviceCodec.read(reader));
  if (!sha1(classic.dataAndPadding.subarray(0, reader.position)).equals(classic.hash))
    throw new HandshakeRefused(404, 'a wrong SHA-1 in encrypted_data');
  return inner;
}

/** SHA-1, the data, and padding to a multiple of the AES block. */
function withHash(data: Buffer): Buffer {
  const padding = randomBytes((16 - ((20 + data.length) % 16)) % 16);
  return Buffer.concat([sha1(data), data, padding]);
}

function openWithHash(encrypted: Buffer, key: Buffer, iv: Buffer): TlObject {
  if (encrypted.length < 32 || encrypted.length % 16 !== 0)
    throw new HandshakeRefused(404, 'encrypted_data is not of whole blocks');
  const plain = igeDecrypt(encrypted, key, iv);
  const reader = new TlReader(plain, 20);
  const inner = decoded(() => serviceCodec.read(reader));
  const hash = sha1(plain.subarray(20, reader.position));
  if (inner._ !== 'client_DH_inner_data' || reader.remaining > 15 || !hash.equals(plain.subarray(0, 20))) {
    throw new HandshakeRefused(404, 'encrypted_data is not what it should be');
  }
  return inner;
}

function decoded(decode: () => TlObject): TlObject {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TlDecodeError) throw new HandshakeRefused(404, error.message);
    throw error;
  }
}
