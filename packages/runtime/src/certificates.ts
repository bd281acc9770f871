import { X509Certificate } from 'node:crypto';
import { readPemFile } from './pem-file.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads the certificates of a PEM file, as text.
 * @throws {Error} whose message continues the setting's name and shows none of the content.
 */
export function readCertificates(file: string): string {
  const blocks = readPemFile(file).match(BLOCK) ?? [];
  if (blocks.length === 0) throw new Error(`contains no certificate in PEM: ${file}`);
  for (const block of blocks) {
    try {
      void new X509Certificate(block);
    } catch {
      throw new Error(`contains a damaged certificate: ${file}`);
    }
  }
  return blocks.join('\n');
}
