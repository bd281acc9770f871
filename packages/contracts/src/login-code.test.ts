import { expect, test } from 'vitest';
import { parseLoginCode } from './login-code.ts';

const BY_APP = { delivery: 'app', code_length: 5 } as const;

test.each([
  '12345',
  ' 12345 ',
  '12 345',
  '12-345',
  '1 2 3 4 5',
  '12345.',
  '"12345"',
  '\u202a12345\u202c',
  '12\u200b345',
  '１２３４５',
  '۱۲۳۴۵',
  '١٢٣٤٥',
  '१२३४५',
  'Login code: 12345',
  'Login code: 12-345. Do not give this code to anyone, even if they say they are from Telegram!',
  'Код для входа в Telegram: 12345. Не давайте код никому',
  'Telegram code 12345\n\nYou can also tap on this link to log in:\nhttps://t.me/login/12345',
  '12345 is your code, sent at 10:30',
])('%j is the code 12345', (text) => {
  expect(parseLoginCode(text, BY_APP)).toEqual({ code: '12345' });
});

test.each(['1234', '123456', 'abcde', '1234a', 'l2345', '12a45', 'code', '12345 or 54321', '12.34', '-'])(
  '%j cannot be a code of 5 digits',
  (text) => {
    expect(parseLoginCode(text, BY_APP)).toMatch(/^must be the 5 digits of the code/);
  },
);

test('a JSON number has lost its leading zeros', () => {
  expect(parseLoginCode('123', BY_APP, true)).toEqual({ code: '00123' });
  expect(parseLoginCode('123', BY_APP)).toMatch(/this has 3$/);
  expect(parseLoginCode('123456', BY_APP, true)).toMatch(/this has 6$/);
});

test('where Telegram does not tell the length, digits of any number are a code', () => {
  const unknown = { delivery: 'sms', code_length: null } as const;
  expect(parseLoginCode('1234567', unknown)).toEqual({ code: '1234567' });
  expect(parseLoginCode('Code: 4821.', unknown)).toEqual({ code: '4821' });
  expect(parseLoginCode('code', unknown)).toBe('must be the digits of the code alone');
});

test.each(['sms_word', 'sms_phrase', 'unknown'] as const)('%s: words stay as they are', (delivery) => {
  expect(parseLoginCode(' two\u00a0words \u202c', { delivery, code_length: null })).toEqual({
    code: 'two words',
  });
  expect(parseLoginCode('می\u200cخواهم', { delivery, code_length: 5 })).toEqual({ code: 'می\u200cخواهم' });
  expect(parseLoginCode('\u200b', { delivery, code_length: null })).toBe('must not be empty');
});

test('the code of a missed call is the end of its number', () => {
  const missed = { delivery: 'missed_call', code_length: 5 } as const;
  expect(parseLoginCode('+7 (999) 12-345', missed)).toEqual({ code: '12345' });
  expect(parseLoginCode('12345', missed)).toEqual({ code: '12345' });
});
