import { expect, it } from 'vitest';
import { storedLoginSchema } from './session-store.ts';
import { LOGIN, QR_LOGIN } from './testing/accounts.ts';

it('reads a login that was stored without a kind as a login by code', () => {
  const { kind: _kind, ...before } = LOGIN;
  expect(storedLoginSchema.parse(before)).toEqual(LOGIN);
  expect(storedLoginSchema.parse(QR_LOGIN)).toEqual(QR_LOGIN);
});
