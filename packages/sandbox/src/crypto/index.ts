export { DH_GENERATOR, DH_PRIME, dhSharedKey, isSafePublicValue, makeDhPair } from './diffie-hellman.ts';
export { sha1, sha256 } from './hashes.ts';
export {
  exportRsaKeyPair,
  generateRsaKeyPair,
  loadRsaKeyPair,
  rsaFingerprint,
  type RsaKeyPair,
} from './rsa.ts';
