import * as z from 'zod';

/**
 * The caller's own name for an account: 1–64 of `A-Z a-z 0-9 _ . @ + -`, not `.` or `..`. It names files and Redis keys, so nothing
 * else gets through, here or anywhere.
 */
export const userIdSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(64, 'must be at most 64 characters')
  .regex(/^[A-Za-z0-9_.@+-]*$/, 'may hold only letters A-Z a-z, digits and _ . @ + -')
  .refine((id) => id !== '.' && id !== '..', 'must not be "." or ".."');
