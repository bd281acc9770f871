import { createCipheriv, createPublicKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { igeDecrypt, igeEncrypt } from './aes-ige.ts';
import { DH_GENERATOR, DH_PRIME, dhSharedKey, isSafePublicValue, makeDhPair } from './diffie-hellman.ts';
import { sha256 } from './hashes.ts';
import { exchangeAes, messageAes, messageKey } from './message-key.ts';
import { makePrimeProduct } from './prime-product.ts';
import { exportRsaKeyPair, generateRsaKeyPair, loadRsaKeyPair, rsaFingerprint, rsaUnpad } from './rsa.ts';
import { rsaPad } from './testing/rsa-pad.ts';

/** Bytes derived from a name, always the same. */
function bytesFor(name: string, length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    sha256(Buffer.from(`${name}${index}`)),
  );
  return Buffer.concat(parts).subarray(0, length);
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytes256(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(512, '0'), 'hex');
}

function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let power = base, left = exponent; left > 0n; left >>= 1n, power = (power * power) % modulus) {
    if (left & 1n) result = (result * power) % modulus;
  }
  return result;
}

describe('AES-IGE', () => {
  const key = bytesFor('key', 32);
  const iv = bytesFor('iv', 32);

  /** The expected value comes from GramJS's IGE and from mtcute's, which agree. */
  test('encrypts as other implementations do', () => {
    const expected =
      'b1f5121443888e58e7b725ff04547df028eae672dbe988824bffcba1183bff88d706f85b1ef251d72542e982c47adc47' +
      '58e7a24978027391515568a944d56a6deb9207629928533faa61e8e9757b2ed6';
    expect(igeEncrypt(bytesFor('data', 80), key, iv).toString('hex')).toBe(expected);
    expect(igeDecrypt(Buffer.from(expected, 'hex'), key, iv)).toEqual(bytesFor('data', 80));
  });

  /** c[i] = E(p[i] ^ c[i-1]) ^ p[i-1], block by block. */
  function byDefinition(data: Buffer): Buffer {
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
    const out: Buffer[] = [];
    let [lastCipher, lastPlain] = [iv.subarray(0, 16), iv.subarray(16)];
    for (let at = 0; at < data.length; at += 16) {
      const plain = data.subarray(at, at + 16);
      lastCipher = xor(cipher.update(xor(plain, lastCipher)), lastPlain);
      lastPlain = plain;
      out.push(lastCipher);
    }
    return Buffer.concat(out);
  }

  test.each([0, 16, 32, 48, 64, 1024, 4112])(
    'follows the definition of IGE for %i bytes, and decrypts again',
    (length) => {
      // The data is at an odd offset, because buffers from sockets are not aligned.
      const data = Buffer.concat([Buffer.alloc(1), randomBytes(length)]).subarray(1);
      const encrypted = igeEncrypt(data, key, iv);
      expect(encrypted.equals(byDefinition(data))).toBe(true);
      expect(igeDecrypt(encrypted, key, iv).equals(data)).toBe(true);
    },
  );

  test('refuses incomplete blocks', () => {
    expect(() => igeEncrypt(Buffer.alloc(15), key, iv)).toThrow(RangeError);
    expect(() => igeDecrypt(Buffer.alloc(17), key, iv)).toThrow(RangeError);
  });
});

describe('message keys', () => {
  const authKey = bytesFor('auth key', 256);
  const msgKey = bytesFor('msg key', 16);

  /** The expected values come from GramJS. */
  test.each([
    [
      'client',
      'd9794d8837bee7f45f4ca04f2a615973df2e07e4fa6b58d3e1e4a096491b79cd',
      'fc1065c2dca611ccbde3216fe4e38e92caa2e43637d4e0a04cbc3cbeaebf16e6',
    ],
    [
      'server',
      '8e8d5b77065f832ac5a752e77c6da3fed3e7340e4f31e4bf34a67f8b6c9cb4fd',
      '34448bb232dd6137936a02aad85a9457c34db2444c65a4527c3b7cc53b89cc0a',
    ],
  ] as const)('of the %s are derived as other implementations do', (writer, key, iv) => {
    const aes = messageAes(authKey, msgKey, writer);
    expect([aes.key.toString('hex'), aes.iv.toString('hex')]).toEqual([key, iv]);
  });

  test('are the middle of the hash of a part of the auth key and of the message', () => {
    const data = bytesFor('data', 80);
    expect(messageKey(authKey, data, 'client')).toEqual(
      sha256(authKey.subarray(88, 120), data).subarray(8, 24),
    );
    expect(messageKey(authKey, data, 'server')).toEqual(
      sha256(authKey.subarray(96, 128), data).subarray(8, 24),
    );
  });

  /** https://core.telegram.org/mtproto/samples-auth_key */
  test('of the key exchange match the published sample', () => {
    const newNonce = Buffer.from('311C85DB234AA2640AFC4A76A735CF5B1F0FD68BD17FA181E1229AD867CC024D', 'hex');
    const serverNonce = Buffer.from('A5CF4D33F4A11EA877BA4AA573907330', 'hex');
    const { key, iv } = exchangeAes(serverNonce, newNonce);
    expect(key.toString('hex')).toBe('f011280887c7bb01df0fc4e17830e0b91fbb8be4b2267cb985ae25f33b527253');
    expect(iv.toString('hex')).toBe('3212d579ee35452ed23e0d0c92841aa7d31b2e9bdef2151e80d15860311c85db');
  });
});

describe('RSA', () => {
  const keyPair = generateRsaKeyPair();

  /** Telegram's own keys, as clients contain them. */
  test.each([
    [
      'b25898df208d2603',
      'c8c11d635691fac091dd9489aedced2932aa8a0bcefef05fa800892d9b52ed03200865c9e97211cb2ee6c7ae96d3fb0e15aeffd66019b44a08a240cfdd2868a8' +
        '5e1f54d6fa5deaa041f6941ddf302690d61dc476385c2fa655142353cb4e4b59f6e5b6584db76fe8b1370263246c010c93d011014113ebdf987d093f9d37c2be' +
        '48352d69a1683f8f6e6c2167983c761e3ab169fde5daaa12123fa1beab621e4da5935e9c198f82f35eae583a99386d8110ea6bd1abb0f568759f62694419ea5f' +
        '69847c43462abef858b4cb5edc84e7b9226cd7bd7e183aa974a712c079dde85b9dc063b8a5c08e8f859c0ee5dcd824c7807f20153361a7f63cfd2a433a1be7f5',
    ],
    [
      'd09d1d85de64fd85',
      'e8bb3305c0b52c6cf2afdf7637313489e63e05268e5badb601af417786472e5f93b85438968e20e6729a301c0afc121bf7151f834436f7fda680847a66bf64ac' +
        'cec78ee21c0b316f0edafe2f41908da7bd1f4a5107638eeb67040ace472a14f90d9f7c2b7def99688ba3073adb5750bb02964902a359fe745d8170e36876d4fd' +
        '8a5d41b2a76cbff9a13267eb9580b2d06d10357448d20d9da2191cb5d8c93982961cdfdeda629e37f1fb09a0722027696032fe61ed663db7a37f6f263d370f69' +
        'db53a0dc0a1748bdaaff6209d5645485e6e001d1953255757e4b8e42813347b11da6ab500fd0ace7e6dfa3736199ccaf9397ed0745a427dcfa6cd67bcb1acff3',
    ],
  ])('fingerprints Telegram’s key %s', (fingerprint, modulus) => {
    const jwk = { kty: 'RSA', n: Buffer.from(modulus, 'hex').toString('base64url'), e: 'AQAB' };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    for (const type of ['pkcs1', 'spki'] as const) {
      const pem = key.export({ type, format: 'pem' }).toString();
      expect(BigInt.asUintN(64, rsaFingerprint(pem)).toString(16)).toBe(fingerprint);
    }
  });

  test('a key survives export and import as PEM', () => {
    const loaded = loadRsaKeyPair(exportRsaKeyPair(keyPair));
    expect([loaded.publicKeyPem, loaded.fingerprint]).toEqual([keyPair.publicKeyPem, keyPair.fingerprint]);
    expect(keyPair.publicKeyPem).toContain('BEGIN RSA PUBLIC KEY');
    expect(() => loadRsaKeyPair('no key')).toThrow();
  });

  test('RSA_PAD decrypts data sealed for the key, and nothing else', () => {
    const data = randomBytes(144);
    expect(rsaUnpad(rsaPad(data, keyPair.publicKeyPem), keyPair)?.subarray(0, 144)).toEqual(data);
    const spoilt = rsaPad(data, keyPair.publicKeyPem, (dataWithHash) => dataWithHash.fill(0, 223));
    expect(rsaUnpad(spoilt, keyPair)).toBeUndefined();
    expect(rsaUnpad(rsaPad(data, generateRsaKeyPair().publicKeyPem), keyPair)).toBeUndefined();
    expect(rsaUnpad(Buffer.alloc(256, 0xff), keyPair)).toBeUndefined();
    expect(rsaUnpad(Buffer.alloc(255), keyPair)).toBeUndefined();
  });
});

describe('Diffie-Hellman', () => {
  const prime = number(DH_PRIME);

  test('both sides compute the same key, by the formula', () => {
    const [a, b] = [makeDhPair(), makeDhPair()];
    const shared = dhSharedKey(a.secret, b.publicValue);
    expect(dhSharedKey(b.secret, a.publicValue)).toEqual(shared);
    expect(a.publicValue).toEqual(bytes256(modPow(BigInt(DH_GENERATOR), number(a.secret), prime)));
    expect(shared).toEqual(bytes256(modPow(number(b.publicValue), number(a.secret), prime)));
    expect(a.secret).not.toEqual(b.secret);
  });

  test.each([
    ['0', 0n, false],
    ['1', 1n, false],
    ['the lower bound', 2n ** 1984n, false],
    ['one above the lower bound', 2n ** 1984n + 1n, true],
    ['one below the upper bound', prime - 2n ** 1984n - 1n, true],
    ['the upper bound', prime - 2n ** 1984n, false],
    ['p - 1', prime - 1n, false],
    ['p', prime, false],
    ['2^2048 - 1', 2n ** 2048n - 1n, false],
  ])('%s: whether it is a safe public value', (_name, value, expected) => {
    expect(isSafePublicValue(bytes256(value))).toBe(expected);
  });

  test('a public value of more bytes than the prime is not safe', () => {
    expect(isSafePublicValue(Buffer.alloc(257, 1))).toBe(false);
  });
});

test('pq is the product of two different primes of 31 bits, p < q', () => {
  for (let i = 0; i < 20; i += 1) {
    const { pq, p, q } = makePrimeProduct();
    expect(pq.readBigUInt64BE(0)).toBe(BigInt(p.readUInt32BE(0)) * BigInt(q.readUInt32BE(0)));
    expect(p.readUInt32BE(0)).toBeLessThan(q.readUInt32BE(0));
    expect(p.readUInt32BE(0)).toBeGreaterThan(2 ** 30);
  }
});
