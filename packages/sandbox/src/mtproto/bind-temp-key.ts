import { igeDecrypt } from '../crypto/aes-ige.ts';
import { sha1 } from '../crypto/hashes.ts';
import { oldMessageAes } from '../crypto/message-key.ts';
import { serviceCodec } from '../tl/service.ts';
import { TlReader } from '../tl/tl-reader.ts';
import { RpcError, type TlObject } from '../types.ts';
import type { Caller } from './api-calls.ts';
import type { KeyRing } from './auth-key.ts';
import { bytesOf, hexOf, longOf, numberOf } from './fields.ts';

/** How far the clocks of client and server may differ. In seconds. */
const CLOCK_TOLERANCE = 300;

/** The key id and msg_key. */
const OUTER_HEADER = 24;
/** Random bytes, msg_id, seqno and length. */
const INNER_HEADER = 32;
const INNER_LENGTH = 40;

/**
 * Binds the caller's temporary key to a permanent one (core.telegram.org/method/auth.bindTempAuthKey). The client
 * proves that it has the permanent key by a message that is encrypted with it, in the way of MTProto 1.0.
 *
 * @throws {RpcError} TEMP_AUTH_KEY_EMPTY, TEMP_AUTH_KEY_ALREADY_BOUND, ENCRYPTED_MESSAGE_INVALID, EXPIRES_AT_INVALID.
 */
export function bindTempKey(keys: KeyRing, { key, session }: Caller, msgId: bigint, request: TlObject): void {
  if (!key.isTemporary) throw new RpcError(400, 'TEMP_AUTH_KEY_EMPTY');
  const permanent = keys.find(hexOf(longOf(request, 'perm_auth_key_id')), key.dcId);
  if (permanent === undefined || permanent.isTemporary) throw new RpcError(400, 'ENCRYPTED_MESSAGE_INVALID');
  const inner = openProof(bytesOf(request, 'encrypted_message'), permanent.bytes, permanent.id, msgId);
  const isProof =
    inner !== undefined &&
    hexOf(longOf(inner, 'temp_auth_key_id')) === key.id &&
    hexOf(longOf(inner, 'perm_auth_key_id')) === permanent.id &&
    hexOf(longOf(inner, 'temp_session_id')) === session.id &&
    inner['nonce'] === request['nonce'] &&
    inner['expires_at'] === request['expires_at'];
  if (!isProof) throw new RpcError(400, 'ENCRYPTED_MESSAGE_INVALID');
  if (numberOf(request, 'expires_at') > (key.expiresAt ?? 0) + CLOCK_TOLERANCE)
    throw new RpcError(400, 'EXPIRES_AT_INVALID');
  if (key.owner !== key && key.owner !== permanent) throw new RpcError(400, 'TEMP_AUTH_KEY_ALREADY_BOUND');
  key.bindTo(permanent);
}

/** The `bind_auth_key_inner` in a client's proof; undefined if the message is malformed. */
function openProof(message: Buffer, authKey: Uint8Array, keyId: string, msgId: bigint): TlObject | undefined {
  const encrypted = message.subarray(OUTER_HEADER);
  const isWhole = encrypted.length >= INNER_HEADER + INNER_LENGTH && encrypted.length % 16 === 0;
  if (!isWhole || message.toString('hex', 0, 8) !== keyId) return undefined;
  const msgKey = message.subarray(8, OUTER_HEADER);
  const { key, iv } = oldMessageAes(authKey, msgKey);
  const plain = igeDecrypt(encrypted, key, iv).subarray(0, INNER_HEADER + INNER_LENGTH);
  if (!sha1(plain).subarray(4, 20).equals(msgKey)) return undefined;
  if (plain.readBigInt64LE(16) !== msgId || plain.readInt32LE(28) !== INNER_LENGTH) return undefined;
  const inner = serviceCodec.read(new TlReader(plain, INNER_HEADER));
  return inner._ === 'bind_auth_key_inner' ? inner : undefined;
}
