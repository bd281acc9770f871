import { randomBytes } from 'node:crypto';
import { igeEncrypt } from '../../crypto/aes-ige.ts';
import { sha1 } from '../../crypto/hashes.ts';
import { oldMessageAes } from '../../crypto/message-key.ts';
import { serviceCodec } from '../../tl/service.ts';
import type { TlObject } from '../../types.ts';
import type { ClientKey } from './raw-client.ts';

/** The client's proof in `auth.bindTempAuthKey` that it has the permanent key. */
export function bindProof(permanent: ClientKey, msgId: bigint, inner: TlObject): Buffer {
  const body = serviceCodec.encode(inner, 'X');
  const header = Buffer.alloc(16);
  header.writeBigInt64LE(msgId, 0);
  header.writeInt32LE(body.length, 12);
  const plain = Buffer.concat([randomBytes(16), header, body]);
  const msgKey = sha1(plain).subarray(4, 20);
  const { key, iv } = oldMessageAes(permanent.bytes, msgKey);
  const encrypted = igeEncrypt(Buffer.concat([plain, randomBytes(8)]), key, iv);
  return Buffer.concat([Buffer.from(permanent.id, 'hex'), msgKey, encrypted]);
}
