import type { JobEnvelope } from '@gateway/actions';
import { GatewayError } from '@gateway/contracts';
import type { FetchedJob } from '@gateway/queue';

/**
 * The job with the messages of the job that it waited for. Any other job as it is.
 * @returns `DEPENDENCY_FAILED` with the `code` of that job if it sent nothing.
 */
export function withDependency({
  action,
  data,
  dependency,
}: Pick<FetchedJob, 'action' | 'data' | 'dependency'>): JobEnvelope | GatewayError {
  if (data.after === undefined) return data;
  const { jobId } = data.after;
  if (dependency === undefined) return failed(jobId, 'JOB_NOT_FOUND');
  if (dependency.is === 'failed') return failed(jobId, GatewayError.fromPublicJson(dependency.reason).code);
  const ids = messageIdsIn(dependency.result);
  const [first] = ids;
  if (first === undefined) return failed(jobId, 'MESSAGE_NOT_FOUND');
  if ('messageIds' in data) return { ...data, messageIds: ids };
  const messageId = action.name === 'message.edit' ? (captionIdIn(dependency.result) ?? first) : first;
  return { ...data, messageId };
}

/** The item of an album that has the caption, if that is not the first. */
function captionIdIn(result: unknown): number | undefined {
  const isAlbum = typeof result === 'object' && result !== null && 'caption_message_id' in result;
  return isAlbum && typeof result.caption_message_id === 'number' ? result.caption_message_id : undefined;
}

function failed(jobId: string, code: string): GatewayError {
  return new GatewayError('DEPENDENCY_FAILED', undefined, { extra: { dependency: { job_id: jobId, code } } });
}

/** The messages in the result of a send, or of a forward, which has null for messages that were gone. */
function messageIdsIn(result: unknown): number[] {
  if (typeof result !== 'object' || result === null) return [];
  const ids: unknown = 'message_ids' in result ? result.message_ids : undefined;
  const id: unknown = 'message_id' in result ? result.message_id : undefined;
  return (Array.isArray(ids) ? ids : [id]).filter((each) => typeof each === 'number');
}

/**
 * The error for a job that names another chat than the job that it waited for; `null` if the chat is the same. The API
 * refuses what it can tell from the form of the names.
 */
export function otherChat(
  data: JobEnvelope,
  chatOf: (recipientId: string) => { key: string },
): GatewayError | null {
  const recipient: unknown = 'recipient' in data ? data.recipient : undefined;
  if (data.after === undefined || typeof recipient !== 'string') return null;
  if (chatOf(recipient).key === chatOf(data.after.recipient).key) return null;
  const message = 'is another chat than that of the job_id';
  return new GatewayError('VALIDATION', `recipient_id ${message}`, {
    issues: [{ path: 'recipient_id', message }],
  });
}
