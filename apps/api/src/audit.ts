import type { Context } from 'hono';
import type { ApiContext, ApiEnv } from './context.ts';

/**
 * A line in the log for what a person or a program did to an account or a job beyond sending: by which key, and how it ended. Such lines
 * carry `audit`, so that they can be kept for longer than others.
 */
export function auditLog(
  { logger }: ApiContext,
  c: Context<ApiEnv>,
  action: string,
  about: { userId: string; jobId?: string | undefined; code?: string | undefined },
): void {
  const { keyName } = c.get('caller');
  const outcome = about.code === undefined ? 'done' : 'refused';
  logger.info({ audit: action, ...about, key: keyName, outcome, requestId: c.get('requestId') }, 'audit');
}
