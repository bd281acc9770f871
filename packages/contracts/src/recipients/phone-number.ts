import * as z from 'zod';
import { PHONE_NUMBER } from '../documented.ts';
import { unwrapPasted } from './pasted.ts';

const E164 = /^\+[1-9]\d{6,14}$/;
/** Characters that people put between the digits. */
const SEPARATORS = /[\s().\-/·•]/g;
/** `+44 (0)20…`: the zero is dialled only inside the country. Italy, San Marino and the Vatican keep it. */
const NATIONAL_ZERO = /^(\+(?!39|37[89])\d{1,3})\s*\(0\)/;

/** Leaves room for spaces and invisible marks. */
const MAX_LENGTH = 256;

export interface PhoneNumber {
  /** E.164 with the plus. */
  phone: string;
}

/** Converts a phone number as people write it to E.164, or returns a sentence on why it is not one. */
export function parsePhoneNumber(text: string): PhoneNumber | string {
  const number = unwrapPasted(text)
    .replace(/^tel:/i, '')
    .trim()
    .replace(NATIONAL_ZERO, '$1')
    .replace(SEPARATORS, '');
  if (E164.test(number)) return { phone: number };
  if (/^\+?00/.test(number))
    return 'must begin with + and the country code, such as +79991234567: write + in place of 00';
  if (/^0?[1-9]\d*$/.test(number))
    return 'must begin with + and the country code, such as +79991234567 (8 999… in Russia is +7 999…)';
  const other = /[^\d+]/u.exec(number)?.[0];
  if (/^\+\d*$/.test(number) || other === undefined)
    return 'must be a phone number with its country code, such as +79991234567: 7 to 15 digits after the +';
  return `must be a phone number with its country code, such as +79991234567: ${JSON.stringify(other)} is no part of one`;
}

/** A phone number in E.164 (`+79991234567`), converted from pasted text. A missing plus is refused. */
export const phoneNumberSchema = z
  .string()
  .max(MAX_LENGTH, `must be at most ${MAX_LENGTH} characters`)
  .meta(PHONE_NUMBER)
  .transform((text, context) => {
    const parsed = parsePhoneNumber(text);
    if (typeof parsed !== 'string') return parsed.phone;
    context.addIssue({ code: 'custom', message: parsed });
    return z.NEVER;
  });
