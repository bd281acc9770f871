import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { readSession, writeSession } from './session.ts';

const authKey = randomBytes(256);

it('reads what it wrote', () => {
  expect(readSession(writeSession({ dcId: 4, authKey }))).toEqual({ dcId: 4, authKey });
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
