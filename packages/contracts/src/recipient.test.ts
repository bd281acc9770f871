import { describe, expect, test } from 'vitest';
import { parseRecipient, recipientIdSchema } from './recipient.ts';

describe('recipient_id', () => {
  test.each([
    ['me', { kind: 'self' }],
    ['987654321', { kind: 'user', id: '987654321' }],
    [987654321, { kind: 'user', id: '987654321' }],
    ['9007199254740993', { kind: 'user', id: '9007199254740993' }],
    ['-123', { kind: 'chat', id: '123' }],
    ['-1001234567890', { kind: 'channel', id: '1234567890' }],
    ['-1000009999999', { kind: 'channel', id: '9999999' }],
    ['-1009999999', { kind: 'chat', id: '1009999999' }],
    ['@Durov', { kind: 'username', username: 'durov' }],
    ['durov', { kind: 'username', username: 'durov' }],
    ['+7 (999) 123-45-67', { kind: 'phone', phone: '+79991234567' }],
    ['https://t.me/Durov', { kind: 'username', username: 'durov' }],
    ['t.me/durov?start=1', { kind: 'username', username: 'durov' }],
  ])('%j is understood', (input, expected) => {
    expect(parseRecipient(input)).toEqual(expected);
  });

  test.each([
    '',
    '0',
    '@',
    '@1abc',
    'a b',
    '+123',
    '+',
    'https://t.me/+AbCdEf',
    'https://t.me/c/123/4',
    'https://example.com/x',
    '1e9',
    '99999999999999999999',
  ])('%j is refused with a sentence that says why', (input) => {
    expect(parseRecipient(input)).toMatch(/^(is|must) .{10,}/);
    expect(recipientIdSchema.safeParse(input).success).toBe(false);
  });

  test.each([1.5, 2 ** 60, Number.NaN, null, true, {}])('%j is no recipient', (input) => {
    expect(recipientIdSchema.safeParse(input).success).toBe(false);
  });
});
