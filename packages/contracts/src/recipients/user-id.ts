import * as z from 'zod';
import { USER_ID_PATTERN } from '../documented.ts';
import { describeCharacter } from './pasted.ts';

/** Names a character that is not allowed, because it may be invisible. */
function strangerIn(id: unknown): string {
  const stranger = /[^A-Za-z0-9_.@+-]/u.exec(String(id))?.[0];
  return stranger === undefined ? '' : `, not ${describeCharacter(stranger)}`;
}

/**
 * The caller's own name for an account: 1–64 of `A-Z a-z 0-9 _ . @ + -`, not `.` or `..`. Files and Redis keys are
 * named after it, so every entry point refuses anything else.
 */
export const userIdSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(64, 'must be at most 64 characters')
  .regex(/^[A-Za-z0-9_.@+-]*$/, {
    error: ({ input }) => `may hold only letters A-Z a-z, digits and _ . @ + -${strangerIn(input)}`,
  })
  .refine((id) => id !== '.' && id !== '..', 'must not be "." or ".."')
  .meta({ id: 'UserId', pattern: USER_ID_PATTERN, examples: ['alice'] });
