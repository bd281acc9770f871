import { randomBytes } from 'node:crypto';
import type { TlObject } from '../../../types.ts';
import { acceptedTokens, authorizationAnswer, openAttempts } from '../../authorizations.ts';
import { rpcError } from '../../errors.ts';
import { bytesField, longField, objectField } from '../../fields.ts';
import { newPasswordAlgorithm, passwordAlgorithm } from '../../srp.ts';
import type { UserRequest } from '../../telegram.ts';

export function getPassword({ call, account, telegram }: UserRequest): TlObject {
  const common = {
    _: 'account.password',
    new_algo: newPasswordAlgorithm(),
    new_secure_algo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: randomBytes(8) },
    secure_random: randomBytes(256),
  };
  if (account.password === undefined) return common;
  const challenge = telegram.challenges.issue(call.authKeyId, account.password);
  return {
    ...common,
    has_password: true,
    current_algo: passwordAlgorithm(account.password),
    srp_B: challenge.publicValue,
    srp_id: challenge.id,
    hint: account.password.hint,
  };
}

/** The second step of a sign-in, after any kind of first step. */
export function checkPassword({ call, query, account, telegram }: UserRequest): TlObject {
  const input = objectField(query, 'password');
  if (account.password === undefined || input._ !== 'inputCheckPasswordSRP')
    throw rpcError('PASSWORD_HASH_INVALID');
  telegram.challenges.check(call.authKeyId, account.password, {
    srpId: longField(input, 'srp_id'),
    a: bytesField(input, 'A'),
    m1: bytesField(input, 'M1'),
  });
  telegram.store.commit(
    { type: 'authorization_changed', authKeyId: call.authKeyId, status: { kind: 'authorized' } },
    ...openAttempts(telegram, call.authKeyId).map(({ hash }) => ({ type: 'attempt_closed', hash }) as const),
    ...acceptedTokens(telegram, call.authKeyId).map(
      ({ token }) => ({ type: 'login_token_used', token }) as const,
    ),
  );
  return authorizationAnswer(telegram, account);
}
