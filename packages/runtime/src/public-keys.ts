import { createPublicKey } from 'node:crypto';
import { readPemFile } from './pem-file.ts';

/** The key exchange supports only this size. */
const MODULUS_BITS = 2048;
/** Older OpenSSL formats have a comment or headers between keys; only the text between the marks counts. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;

/**
 * Reads the RSA public keys of a PEM file (SPKI or PKCS#1), each as its own PEM. Ignores text around them.
 * @throws {Error} whose message continues the setting's name and shows none of the content.
 */
export function readPublicKeys(file: string): string[] {
  return parsePublicKeys(readPemFile(file), file);
}

function parsePublicKeys(text: string, file: string): string[] {
  const wrong = (what: string): Error => new Error(`${what}: ${file}`);
  if (text.trim() === '') throw wrong('is an empty file');
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text))
    throw wrong('contains a private key: use the public key only, and keep the private one secret');
  const blocks = [...text.matchAll(BLOCK)];
  const marks = text.match(/-----(?:BEGIN|END) /g)?.length ?? 0;
  if (blocks.length === 0 && marks === 0) throw wrong('contains no public key in PEM');
  if (marks !== blocks.length * 2)
    throw wrong('contains a key that is cut off, or whose BEGIN and END differ');
  return blocks.map(([, label = '', body = ''], index) => {
    const which = blocks.length === 1 ? 'its key' : `its key ${index + 1} of ${blocks.length}`;
    if (label !== 'PUBLIC KEY' && label !== 'RSA PUBLIC KEY')
      throw wrong(`contains a ${label} in place of a public key`);
    return checkedKey(toPem(label, body), (what) => wrong(`${what} (${which})`));
  });
}

function toPem(label: string, body: string): string {
  const lines = body.split(/\r\n|\r|\n/).map((line) => line.trim());
  return [
    `-----BEGIN ${label}-----`,
    ...lines.filter((line) => line !== ''),
    `-----END ${label}-----`,
    '',
  ].join('\n');
}

function checkedKey(pem: string, wrong: (what: string) => Error): string {
  let key;
  try {
    key = createPublicKey(pem);
  } catch {
    throw wrong('contains something that is not a public key in PEM');
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw wrong(`contains a key of kind ${key.asymmetricKeyType}: it must be RSA`);
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== MODULUS_BITS)
    throw wrong(`contains an RSA key of ${bits} bits: Telegram's protocol needs ${MODULUS_BITS}`);
  return pem;
}
