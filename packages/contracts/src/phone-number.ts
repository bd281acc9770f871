import * as z from 'zod';

/** A phone number in E.164 (`+79991234567`); spaces, dashes and parentheses are stripped, a missing plus is refused. */
export const phoneNumberSchema = z
  .string()
  .max(64, 'must be at most 64 characters')
  .transform((phone) => phone.replace(/[\s()-]/g, ''))
  .pipe(z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, such as +79991234567'));
