import {
  jobIdField,
  messageFields,
  messageIdField,
  messageIdsField,
  recipientIdSchema,
  requestBody,
  userIdSchema,
} from '@gateway/contracts';
import { fieldError } from './field-error.ts';

/** The fields of a request that name one message of a chat: by its id, or by the job that sends it. */
export const namedMessage = {
  recipient_id: recipientIdSchema.optional().describe('Needed without `job_id`'),
  message_id: messageIdField('; or leave it out, and give the job_id that sends it').optional(),
  job_id: jobIdField.optional(),
};

/** As {@link namedMessage}, for several messages. A job names all messages that it sends. */
export const namedMessages = {
  recipient_id: namedMessage.recipient_id,
  message_ids: messageIdsField.optional(),
  job_id: namedMessage.job_id,
};

const ofAnyAction = { user_id: userIdSchema, callback_url: messageFields.callback_url.optional() };

/** What the requests of several actions have in common, by names for the OpenAPI document. */
export const COMMON_REQUESTS = [
  requestBody(ofAnyAction).meta({ id: 'ActionRequest' }),
  requestBody({ ...ofAnyAction, recipient_id: namedMessage.recipient_id, job_id: namedMessage.job_id }).meta({
    id: 'NamedMessages',
  }),
  requestBody({ ...ofAnyAction, ...namedMessage }).meta({ id: 'MessageRequest' }),
  requestBody({ ...ofAnyAction, ...namedMessages }).meta({ id: 'MessagesRequest' }),
];

/** The errors of every action on a named message. */
export const NAMED_MESSAGE_ERRORS = [
  'RECIPIENT_NOT_FOUND',
  'RECIPIENT_REFUSED',
  'MESSAGE_NOT_FOUND',
  'JOB_NOT_FOUND',
  'DEPENDENCY_FAILED',
] as const;

interface Named {
  recipient_id?: string | undefined;
  job_id?: string | undefined;
}

/**
 * The chat and the id that a request names. With a `job_id` the id is 0: the worker takes it from that job's result.
 * @throws {GatewayError} `VALIDATION` unless the request names the message in one way.
 */
export function messageOf(request: Named & { message_id?: number | undefined }): {
  recipient: string;
  messageId: number;
} {
  return { recipient: chatOf(request, 'message_id', request.message_id), messageId: request.message_id ?? 0 };
}

/** As {@link messageOf}, for several messages: none with a `job_id`. */
export function messagesOf(request: Named & { message_ids?: number[] | undefined }): {
  recipient: string;
  messageIds: number[];
} {
  return {
    recipient: chatOf(request, 'message_ids', request.message_ids),
    messageIds: request.message_ids ?? [],
  };
}

function chatOf({ recipient_id, job_id }: Named, field: string, id: unknown): string {
  if (id === undefined && job_id === undefined) throw fieldError(field, 'is needed where there is no job_id');
  if (id !== undefined && job_id !== undefined)
    throw fieldError('job_id', `must be absent where there is a ${field}`);
  if (recipient_id === undefined) throw fieldError('recipient_id', 'is needed where there is no job_id');
  return recipient_id;
}
