import { randomBytes } from 'node:crypto';
import { AuthKey } from 'telegram/crypto/AuthKey.js';
import { StringSession } from 'telegram/sessions/index.js';
import { expect, it } from 'vitest';
import { readSession, writeSession } from './session.ts';

const authKey = randomBytes(256);

it('reads what it wrote', () => {
  expect(readSession(writeSession({ dcId: 4, authKey }))).toEqual({ dcId: 4, authKey });
});

it('reads a StringSession of GramJS, whatever its address', async () => {
  for (const address of ['149.154.167.91', 'vesta.web.telegram.org', '2001:67c:4e8:f004::a']) {
    const session = new StringSession('');
    session.setDC(5, address, 443);
    session.setAuthKey(new AuthKey());
    await session.authKey?.setKey(authKey);
    expect(readSession(session.save())).toEqual({ dcId: 5, authKey });
  }
});

it('reads a StringSession of Telethon', () => {
  const bytes = Buffer.concat([Buffer.from([2, 149, 154, 167, 51, 1, 187]), authKey]);
  expect(readSession(`1${bytes.toString('base64')}`)).toEqual({ dcId: 2, authKey });
  expect(readSession(`1${bytes.toString('base64url')}`)).toEqual({ dcId: 2, authKey });
});

it.each([
  '',
  'v1.2.',
  'v1.0.AAAA',
  '1AAAA',
  'v2.2.AAAA',
  'nonsense',
  `v1.2.${randomBytes(255).toString('base64url')}`,
])('refuses %j without quoting it', (text) => {
  expect(() => readSession(text)).toThrow('The session is not in a form that is understood here');
});
