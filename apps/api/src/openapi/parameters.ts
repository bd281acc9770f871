import {
  accountPlaceSchema,
  accountSortSchema,
  accountStateSchema,
  recipientIdSchema,
  uploadRequestSchema,
  userIdSchema,
} from '@gateway/contracts';
import type * as z from 'zod';
import type { NamedSchemas } from './schemas.ts';

export type ParameterName = keyof ReturnType<typeof describeParameters>;

/** The parameters of all operations, by name. Schemas with a name are references. */
export function describeParameters(schemas: NamedSchemas) {
  const named = (schema: z.ZodType) => schemas.convert(schema, 'input');
  return {
    IdempotencyKey: header('Idempotency-Key', 'A repeat with the same key and body gives the same job.', {
      type: 'string',
      minLength: 1,
      maxLength: 200,
    }),
    Prefer: header(
      'Prefer',
      '`respond-async` answers at once; `wait=N` waits up to N seconds, at most 60. The answer has `Preference-Applied`.',
      {
        type: 'string',
        examples: ['respond-async', 'wait=5'],
      },
    ),
    LastEventId: header('Last-Event-ID', 'The last event that was received.', { type: 'string' }),
    JobId: { name: 'job_id', in: 'path', required: true, schema: { type: 'string' } },
    UserId: { name: 'user_id', in: 'path', required: true, schema: named(userIdSchema) },
    Live: query('live', 'Ask Telegram first.', { enum: ['true', 'false'] }),
    Wait: query('wait', 'Seconds to wait for its end.', { type: 'integer', minimum: 0, maximum: 60 }),
    DeliveryId: { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    WebhookId: { name: 'webhook_id', in: 'path', required: true, schema: { type: 'string' } },
    UserIdQuery: query('user_id', 'Those of this account.', named(userIdSchema)),
    UploadUserId: {
      ...query('user_id', 'The account that sends it.', named(userIdSchema)),
      required: true,
    },
    UploadFileName: query(
      'file_name',
      'Its name. Wins over that of a form.',
      named(uploadRequestSchema.out.shape.file_name.unwrap()),
    ),
    JobIdQuery: query('job_id', 'The one of this job.', { type: 'string', maxLength: 200 }),
    DeliveryState: query('state', 'Only those in this state.', { enum: ['pending', 'delivered', 'failed'] }),
    Limit: query('limit', 'At most so many.', { type: 'integer', minimum: 1, maximum: 100 }),
    AccountSearch: query('q', 'Part of a user_id, name, username or phone number, in any case.', {
      type: 'string',
      maxLength: 64,
    }),
    AccountsState: query('state', 'Only those in this state.', named(accountStateSchema)),
    AccountsAttention: query(
      'needs_attention',
      'Only those that send nothing until a person acts, or the others.',
      {
        enum: ['true', 'false'],
      },
    ),
    AccountsWaiting: query('has_waiting', 'Only those with messages that are not sent yet, or the others.', {
      enum: ['true', 'false'],
    }),
    AccountsSort: query(
      'sort',
      '`name` (default): by user_id, also backwards; `state`: those that need a person, then those that wait or are held; `queue`: the longest queue first, some seconds old.',
      named(accountSortSchema),
    ),
    AccountsAfter: query('after', '`next` of the page before, or a user_id.', named(accountPlaceSchema)),
    AccountsLimit: query('limit', 'At most so many.', { type: 'integer', minimum: 1, maximum: 500 }),
    Hours: query('hours', 'How far back.', { type: 'integer', minimum: 1, maximum: 24 }),
    RecipientId: {
      name: 'recipient_id',
      in: 'path',
      required: true,
      schema: named(recipientIdSchema),
    },
    RecipientIdQuery: {
      ...query('recipient_id', 'Write %2B for the + of a phone number.', named(recipientIdSchema)),
      required: true,
    },
    Phones: {
      ...query('phone', 'Once for each number. Write %2B for +.', {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        maxItems: 20,
      }),
      required: true,
    },
    PageLimit: query('limit', 'At most so many; 20 by default.', {
      type: 'integer',
      minimum: 1,
      maximum: 100,
    }),
    Before: query('before', '`next` of the page before; for messages also the id of one.', {
      type: 'string',
      maxLength: 200,
    }),
    After: query('after', 'Only messages after this id.', {
      type: 'integer',
      minimum: 1,
      maximum: 2 ** 31 - 1,
    }),
    AfterSeq: query('after', 'Events after this number; without it, from now on.', {
      type: 'integer',
      minimum: 0,
    }),
    EventLimit: query('limit', 'At most so many; 100 by default. Not in streams.', {
      type: 'integer',
      minimum: 1,
      maximum: 100,
    }),
    WaitForEvents: query('wait', 'Seconds to wait for the first event. Not in streams.', {
      type: 'integer',
      minimum: 0,
      maximum: 60,
      default: 0,
    }),
    MessageSearch: query('q', 'Only messages with this text.', {
      type: 'string',
      minLength: 1,
      maxLength: 256,
    }),
    TopicId: query('topic_id', 'Only messages of this forum topic.', {
      type: 'integer',
      minimum: 1,
      maximum: 2 ** 31 - 1,
    }),
    FileId: { name: 'file_id', in: 'path', required: true, schema: { type: 'string' } },
    ThumbnailSize: query('size', 'A thumbnail of at most 100, 320 or 800 pixels in place of the file.', {
      enum: ['s', 'm', 'x'],
    }),
    Range: header('Range', 'One range of bytes.', { type: 'string', examples: ['bytes=1048576-'] }),
    IfRange: header('If-Range', 'The ETag of earlier ranges of the file.', { type: 'string' }),
    IfNoneMatch: header('If-None-Match', 'An ETag. The same file is answered 304.', { type: 'string' }),
    Cursor: query('cursor', 'Of the page before.', { type: 'string', maxLength: 200 }),
  };
}

function header(name: string, description: string, schema: object) {
  return { name, in: 'header', description, schema };
}

function query(name: string, description: string, schema: object) {
  return { name, in: 'query', description, schema };
}
