import { Api } from 'telegram/tl/index.js';
import { expect, it } from 'vitest';
import { toCodeSent } from './sent-code.ts';

const sent = (type: Api.auth.TypeSentCodeType) =>
  toCodeSent(new Api.auth.SentCode({ type, phoneCodeHash: 'hash' }));

it('says how the code travels, how long it is and what comes next', () => {
  const code = new Api.auth.SentCode({
    type: new Api.auth.SentCodeTypeApp({ length: 5 }),
    phoneCodeHash: 'hash',
    nextType: new Api.auth.CodeTypeSms(),
    timeout: 60,
  });
  expect(toCodeSent(code)).toEqual({
    phone_code_hash: 'hash',
    delivery: 'app',
    next_delivery: 'sms',
    code_length: 5,
    timeout: 60,
  });
});

it.each([
  [new Api.auth.SentCodeTypeSms({ length: 6 }), 'sms', 6, null],
  [new Api.auth.SentCodeTypeCall({ length: 5 }), 'call', 5, null],
  [new Api.auth.SentCodeTypeFlashCall({ pattern: '+7***' }), 'flash_call', null, '+7***'],
  [new Api.auth.SentCodeTypeMissedCall({ prefix: '7', length: 4 }), 'missed_call', 4, '7'],
  [new Api.auth.SentCodeTypeEmailCode({ emailPattern: 'a**b', length: 6 }), 'email', 6, 'a**b'],
  [new Api.auth.SentCodeTypeSetUpEmailRequired({}), 'email_setup_required', null, null],
  [
    new Api.auth.SentCodeTypeFragmentSms({ url: 'https://fragment.com', length: 5 }),
    'fragment',
    5,
    'https://fragment.com',
  ],
  [new Api.auth.SentCodeTypeFirebaseSms({ length: 6 }), 'firebase', 6, null],
  [new Api.auth.SentCodeTypeSmsWord({}), 'sms_word', null, null],
  [new Api.auth.SentCodeTypeSmsPhrase({ beginning: 'the' }), 'sms_phrase', null, 'the'],
] as const)('knows delivery %#', (type, delivery, length, detail) => {
  expect(sent(type)).toEqual({
    phone_code_hash: 'hash',
    delivery,
    ...(detail !== null && { delivery_detail: detail }),
    next_delivery: null,
    code_length: length,
    timeout: null,
  });
});
