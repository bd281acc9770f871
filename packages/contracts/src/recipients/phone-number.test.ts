import { expect, test } from 'vitest';
import { phoneNumberSchema } from './phone-number.ts';

test.each([
  '+79991234567',
  '+7 (999) 123-45-67',
  '+7.999.123.45.67',
  '+7/999/123‑45‑67',
  '\u202a+79991234567\u202c',
  '\u2066+7\u00a0999\u202f123\u200945\u200b67\u2069',
  '＋７９９９１２３４５６７',
  '+۷۹۹۹۱۲۳۴۵۶۷',
  '+٧٩٩٩١٢٣٤٥٦٧',
  '+७९९९१२३४५६७',
  'tel:+7-999-123-45-67',
  'TEL: +79991234567',
  '+7 (0) 999 123 45 67',
  '+7–999—123−4567',
  '\ufeff+79991234567\n',
  '"+79991234567"',
  "'+79991234567",
  "'+79991234567',",
  '<+7 999 123-45-67>,',
  '(+7) 999 123-45-67',
  `+79991234567${' '.repeat(200)}`,
])('%j is +79991234567', (text) => {
  expect(phoneNumberSchema.parse(text)).toBe('+79991234567');
});

test('the zero in brackets belongs to an Italian number', () => {
  expect(phoneNumberSchema.parse('+39 (0)6 6982')).toBe('+39066982');
  expect(phoneNumberSchema.parse('+44 (0)20 7946 0018')).toBe('+442079460018');
});

test.each([
  ['8 (999) 123-45-67', /\+ and the country code/],
  ['79991234567', /\+ and the country code/],
  ['0079991234567', /in place of 00/],
  ['+0079991234567', /in place of 00/],
  ['+123', /7 to 15 digits/],
  [`+${'1'.repeat(16)}`, /7 to 15 digits/],
  ['+0123456789', /country code/],
  ['', /country code/],
  ['+', /country code/],
  ['+7999123456a', /"a" is no part of one/],
  ['+7 999 123-45-67 ext. 5', /"e" is no part of one/],
  ['anna', /country code/],
])('%j is refused, with the reason', (text, reason) => {
  expect(phoneNumberSchema.safeParse(text).error?.issues[0]?.message).toMatch(reason);
});
