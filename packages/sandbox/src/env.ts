import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.object({
  /** Port of data centre 2, the main one. */
  SANDBOX_PORT: port.default(4_430),
  SANDBOX_CONTROL_PORT: port.default(4_480),
  DATA_DIR: z.string().min(1).default('./data'),
});

/** @throws {Error} a one-line message that names the invalid setting. */
export function readEnv(environment: Record<string, string | undefined>): z.infer<typeof schema> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
