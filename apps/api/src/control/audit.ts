import type { Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';

/**
 * Logs an action on an account, job or webhook other than sending: the API key used and the result. These lines have an
 * `audit` field, so that they can be retained longer than other lines.
 */
export function auditLog(
  { logger }: ApiContext,
  c: Context<ApiEnv>,
  action: string,
  about: ({ userId: string; jobId?: string | undefined } | { webhookId: string }) & {
    code?: string | undefined;
  },
): void {
  const { keyName } = c.get('caller');
  const outcome = about.code === undefined ? 'done' : 'refused';
  logger.info({ audit: action, ...about, key: keyName, outcome, requestId: c.get('requestId') }, 'audit');
}
