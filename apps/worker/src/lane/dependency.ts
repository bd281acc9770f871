import type { JobEnvelope } from '@gateway/actions';
import { GatewayError, parseRecipient } from '@gateway/contracts';
import type { FetchedJob } from '@gateway/queue';
import type { Chat } from '@gateway/telegram';

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

type ChatOf = (recipientId: string) => Pick<Chat, 'key' | 'known'>;

/** The chat that a job names, and that of the job that it waited for; `undefined` unless it names both. */
function bothChats(data: JobEnvelope): [named: string, waitedFor: string] | undefined {
  const recipient: unknown = 'recipient' in data ? data.recipient : undefined;
  if (data.after === undefined || typeof recipient !== 'string') return undefined;
  return [recipient, data.after.recipient];
}

/**
 * The names and phone numbers that must be looked up before {@link otherChat} can tell whether a job names the chat of
 * the job that it waited for: each may be another name of that chat.
 */
export function unknownNames(data: JobEnvelope, chatOf: ChatOf): string[] {
  const [named, waitedFor] = bothChats(data) ?? [];
  if (named === undefined || waitedFor === undefined || chatOf(named).key === chatOf(waitedFor).key)
    return [];
  return [named, waitedFor].filter((name) => isName(name) && !chatOf(name).known);
}

function isName(recipientId: string): boolean {
  const recipient = parseRecipient(recipientId);
  return typeof recipient !== 'string' && (recipient.kind === 'username' || recipient.kind === 'phone');
}

/**
 * The error for a job that names another chat than the job that it waited for; `null` if the chat is the same, or if
 * that is unknown. The API refuses what it can tell from the form of the names.
 */
export function otherChat(data: JobEnvelope, chatOf: ChatOf): GatewayError | null {
  const [named, waitedFor] = bothChats(data) ?? [];
  if (named === undefined || waitedFor === undefined || chatOf(named).key === chatOf(waitedFor).key)
    return null;
  if (unknownNames(data, chatOf).length > 0) return null;
  const message = 'is another chat than that of the job_id';
  return new GatewayError('VALIDATION', `recipient_id ${message}`, {
    issues: [{ path: 'recipient_id', message }],
  });
}
