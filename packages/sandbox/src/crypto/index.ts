export { DH_GENERATOR, DH_PRIME, dhSharedKey } from './diffie-hellman.ts';
export { sha256 } from './hashes.ts';
export { exportRsaKeyPair, generateRsaKeyPair, loadRsaKeyPair } from './rsa.ts';
