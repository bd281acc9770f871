import { GatewayError, type AccountView, type JobView } from '@gateway/contracts';
import { parseJobId } from '@gateway/queue';
import type { ApiContext } from '../context.ts';
import { cancelJob } from '../control/cancel-job.ts';
import { runInteractive } from '../control/interactive.ts';

/** The dashboard's actions on an account. They have the same effect as the API's. */
export interface BoardActions {
  pause(userId: string): Promise<void>;
  resume(userId: string): Promise<void>;
  view(userId: string): Promise<AccountView>;
  /** A job as the API shows it. */
  job(jobId: string): Promise<JobView | null>;
  cancel(userId: string, jobId: string): Promise<void>;
  /** Retries a failed job. */
  retry(userId: string, jobId: string): Promise<void>;
  /** Notifies the owner that the account has work again. */
  notifyOwner(userId: string): Promise<void>;
}

export function boardActions(context: ApiContext): BoardActions {
  const { producer } = context;
  const requestId = 'dashboard';
  const signal = new AbortController().signal;
  return {
    pause: async (userId) => {
      await runInteractive(context, { name: 'account.pause', userId, payload: {}, requestId, signal });
    },
    resume: async (userId) => {
      await runInteractive(context, { name: 'account.resume', userId, payload: {}, requestId, signal });
    },
    view: (userId) => producer.accountView(userId),
    job: (jobId) => producer.job(jobId),
    cancel: async (_userId, jobId) => {
      const address = parseJobId(jobId);
      if (address === null) throw new GatewayError('JOB_NOT_FOUND');
      await cancelJob(context, { jobId, address, requestId, signal });
    },
    retry: (userId, jobId) => producer.jobs.retry(userId, jobId),
    notifyOwner: (userId) => producer.jobs.notifyOwner(userId),
  };
}
