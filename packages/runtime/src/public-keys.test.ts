import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSettings, SettingsError } from './settings/settings.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'public-keys-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const one = generateKeyPairSync('rsa', { modulusLength: 2048 });
const two = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject, type: 'spki' | 'pkcs1') => key.export({ type, format: 'pem' }).toString();
const spki = pem(one.publicKey, 'spki');
const pkcs1 = pem(two.publicKey, 'pkcs1');

/** The value of the setting for a file with this content. */
function keysIn(content: string | Buffer): string[] | undefined {
  const file = join(directory, 'keys.pem');
  writeFileSync(file, content);
  return parseSettings({ TELEGRAM_DC: '2:127.0.0.1:443', TELEGRAM_DC_KEY: file }).TELEGRAM_DC_KEY;
}

function refusal(value: string): string {
  try {
    parseSettings({ TELEGRAM_DC: '2:127.0.0.1:443', TELEGRAM_DC_KEY: value });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'taken';
}

function refusalOf(content: string | Buffer): string {
  const file = join(directory, 'keys.pem');
  writeFileSync(file, content);
  return refusal(file);
}

const header = spki.replace('-----\n', '-----\nComment: mine\n\n');
const cut = spki.slice(0, 200);
const withCertificate = `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`;
const privateKey = one.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const privateRsa = one.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const encrypted = one.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

describe('the file of TELEGRAM_DC_KEY', () => {
  it.each([
    ['one key, SPKI', spki, 1],
    ['one key, PKCS#1', pkcs1, 1],
    ['two keys', spki + pkcs1, 2],
    ['two keys with text around them', `# main\n${spki}\n# next\n${pkcs1}\nend`, 2],
    ['lines that end in CRLF', (spki + pkcs1).replaceAll('\n', '\r\n'), 2],
    ['a byte order mark and indented lines', `\ufeff${spki.replaceAll('\n', '\n  ')}`, 1],
    ['the same key twice', spki + spki, 2],
    ['no line end at the end', pkcs1.trim(), 1],
  ])('is accepted with %s', (_title, content, count) => {
    expect(keysIn(content)).toHaveLength(count);
  });

  it('returns each key unchanged', () => {
    expect(keysIn(`first\r\n${pkcs1.replaceAll('\n', '\r\n')}second\n${spki}`)).toEqual([pkcs1, spki]);
  });

  it.each([
    ['nothing', '', /is an empty file/],
    ['white space', ' \n', /is an empty file/],
    ['text', 'hello', /contains no public key in PEM/],
    ['a key in DER', one.publicKey.export({ type: 'spki', format: 'der' }), /contains no public key in PEM/],
    ['UTF-16', Buffer.from(spki, 'utf16le'), /contains no public key in PEM/],
    ['a private key', privateKey, /contains a private key/],
    ['a private RSA key', privateRsa, /contains a private key/],
    ['an encrypted private key', encrypted, /contains a private key/],
    ['a private key after a public one', spki + privateKey, /contains a private key/],
    [
      'the private key of an OpenSSH user',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n',
      /contains a private key/,
    ],
    ['a certificate', withCertificate, /contains a CERTIFICATE in place of a public key/],
    ['a certificate after a key', spki + withCertificate, /contains a CERTIFICATE in place of a public key/],
    ['a key that is cut', cut, /contains a key that is cut off/],
    ['a second key that is cut', pkcs1 + cut, /contains a key that is cut off/],
    ['a key with a header', header, /not a public key in PEM \(its key\)/],
    ['a second key that is broken', spki + pkcs1.replace(/\n.{20}/, '\n'), /\(its key 2 of 2\)/],
    [
      'an Ed25519 key',
      pem(generateKeyPairSync('ed25519').publicKey, 'spki'),
      /of kind ed25519: it must be RSA/,
    ],
    ['an RSA-PSS key', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey, 'spki'), /RSA/],
    [
      'an RSA key of another size',
      pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, 'spki'),
      /1024 bits/,
    ],
  ])('is refused in one line with %s', (_title, content, message) => {
    const line = refusalOf(content);
    expect(line).toMatch(/^Bad setting: TELEGRAM_DC_KEY [^\n]+$/);
    expect(line).toMatch(message);
    expect(line).not.toContain(privateKey.split('\n')[1]);
  });

  it.each([
    ['no file', () => join(directory, 'none'), /cannot be read: .*none \(ENOENT\)$/],
    ['a directory', () => directory, /cannot be read: .* \(it is a directory\)$/],
    ['a device', () => '/dev/zero', /cannot be read: \/dev\/zero \(it is not a regular file\)$/],
    [
      'a key itself',
      () => privateKey,
      /^Bad setting: TELEGRAM_DC_KEY must be the name of a PEM file, not its content$/,
    ],
  ])('is refused if the setting names %s', (_title, value, message) => {
    expect(refusal(value())).toMatch(message);
  });
});
