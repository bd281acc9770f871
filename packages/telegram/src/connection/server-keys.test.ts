import { generateKeyPairSync } from 'node:crypto';
import { _serverKeys } from 'telegram/crypto/RSA.js';
import { expect, it } from 'vitest';
import { fingerprint, trustServerKeys } from './server-keys.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

it("computes the fingerprints that GramJS lists Telegram's own keys under", () => {
  for (const [listed, { n, e }] of _serverKeys) {
    const eBytes = Buffer.from(e.toString(16).padStart(6, '0'), 'hex');
    expect(fingerprint(Buffer.from(n.toString(16), 'hex'), eBytes)).toBe(listed);
  }
});

it.each(['spki', 'pkcs1'] as const)('adds a key in %s form, number for number', (type) => {
  const before = new Set(_serverKeys.keys());
  trustServerKeys([publicKey.export({ type, format: 'pem' }).toString()]);
  const added = [..._serverKeys].filter(([listed]) => !before.has(listed));
  const { n } = publicKey.export({ format: 'jwk' });
  expect(added.map(([, key]) => [key.n.toString(16), key.e])).toEqual([
    [Buffer.from(n ?? '', 'base64url').toString('hex'), 65537],
  ]);
  for (const [listed] of added) _serverKeys.delete(listed);
});

it('says which key cannot be read', () => {
  const good = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect(() => trustServerKeys([good, 'nonsense'])).toThrow('Server key 2 is not a public key in PEM');
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect(() => trustServerKeys([other])).toThrow('Server key 1 is not an RSA key');
});
