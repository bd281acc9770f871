import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TlObject } from '../../types.ts';
import { derivedLong } from '../accounts.ts';
import {
  authorizationHash,
  authorizationObject,
  endAuthorization,
  liveAuthorizations,
  UNKNOWN_CLIENT,
} from '../authorizations.ts';
import { authorizationAnswer } from '../authorizations.ts';
import { rpcError } from '../errors.ts';
import { bytesField, idField, intField, longField } from '../fields.ts';
import { unixSeconds, type Request, type UserRequest } from '../telegram.ts';

const EXPORT_LIFETIME_SECONDS = 60;

/** As at Telegram, the key itself stays valid and can sign in again. */
export function logOut({ call, telegram }: UserRequest): TlObject {
  telegram.store.commit({ type: 'signed_out', authKeyId: call.authKeyId });
  return { _: 'auth.loggedOut' };
}

/**
 * A ticket to sign in at another data centre: its expiry time and a MAC that proves its origin. The server stores
 * nothing.
 */
export function exportAuthorization({ query, account, telegram, call }: UserRequest): TlObject {
  const dcId = intField(query, 'dc_id');
  if (dcId === call.dcId || !telegram.dataCenters().some(({ id }) => id === dcId))
    throw rpcError('DC_ID_INVALID');
  const expires = Buffer.alloc(4);
  expires.writeUInt32LE(unixSeconds(telegram) + EXPORT_LIFETIME_SECONDS);
  const bytes = Buffer.concat([expires, proofOf(telegram, account.id, dcId, expires)]);
  return { _: 'auth.exportedAuthorization', id: BigInt(account.id), bytes };
}

export function importAuthorization({ call, query, telegram }: Request): TlObject {
  const id = idField(query, 'id');
  const bytes = bytesField(query, 'bytes');
  const account = telegram.store.state.accounts.get(id);
  const expires = bytes.subarray(0, 4);
  const isGood =
    bytes.length === 36 &&
    expires.readUInt32LE(0) > unixSeconds(telegram) &&
    timingSafeEqual(bytes.subarray(4), proofOf(telegram, id, call.dcId, expires));
  if (account === undefined || !isGood) throw rpcError('AUTH_BYTES_INVALID');
  telegram.store.commit({
    type: 'signed_in',
    authorization: {
      authKeyId: call.authKeyId,
      accountId: id,
      status: { kind: 'authorized' },
      dcId: call.dcId,
      since: unixSeconds(telegram),
      client: call.client ?? UNKNOWN_CLIENT,
    },
  });
  return authorizationAnswer(telegram, account);
}

function proofOf({ store }: Request['telegram'], accountId: number, dcId: number, expires: Buffer): Buffer {
  const key = String(derivedLong(store, 'exported authorizations'));
  return createHmac('sha256', key).update(`${accountId} ${dcId} `).update(expires).digest();
}

export function getAuthorizations({ call, account, telegram }: UserRequest): TlObject {
  const authorizations = liveAuthorizations(telegram, account.id).map((authorization) =>
    authorizationObject(telegram, authorization, call.authKeyId),
  );
  return { _: 'account.authorizations', authorization_ttl_days: 180, authorizations };
}

export function resetAuthorization({ call, query, account, telegram }: UserRequest): boolean {
  const hash = longField(query, 'hash');
  const authorization = liveAuthorizations(telegram, account.id).find(
    ({ authKeyId }) => authKeyId !== call.authKeyId && authorizationHash(telegram.store, authKeyId) === hash,
  );
  if (authorization === undefined) throw rpcError('HASH_INVALID');
  endAuthorization(telegram, authorization.authKeyId, 'SESSION_REVOKED');
  return true;
}

/** Ends every other sign-in of the account. */
export function resetAuthorizations({ call, account, telegram }: UserRequest): boolean {
  for (const { authKeyId } of liveAuthorizations(telegram, account.id)) {
    if (authKeyId !== call.authKeyId) endAuthorization(telegram, authKeyId, 'SESSION_REVOKED');
  }
  return true;
}
