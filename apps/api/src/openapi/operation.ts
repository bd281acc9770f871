import { ERROR_CODES, errorResponseSchema, nullableFieldsOf, type ErrorCode } from '@gateway/contracts';
import * as z from 'zod';

/** Names of the parameters in `components.parameters`. */
type ParameterName =
  | 'IdempotencyKey'
  | 'Prefer'
  | 'LastEventId'
  | 'JobId'
  | 'UserId'
  | 'Live'
  | 'Wait'
  | 'DeliveryId'
  | 'WebhookId'
  | 'UserIdQuery'
  | 'UploadUserId'
  | 'UploadFileName'
  | 'JobIdQuery'
  | 'DeliveryState'
  | 'Limit'
  | 'AccountSearch'
  | 'AccountsState'
  | 'AccountsAttention'
  | 'AccountsAfter'
  | 'AccountsLimit'
  | 'Hours'
  | 'RecipientId'
  | 'RecipientIdQuery'
  | 'Phones'
  | 'PageLimit'
  | 'Before'
  | 'After'
  | 'AfterSeq'
  | 'EventLimit'
  | 'WaitForEvents'
  | 'MessageSearch'
  | 'TopicId'
  | 'FileId'
  | 'ThumbnailSize'
  | 'Range'
  | 'IfRange'
  | 'IfNoneMatch'
  | 'Cursor';

type HeaderName = 'Location' | 'PreferenceApplied' | 'ETag' | 'ContentRange';

interface Answer {
  description: string;
  /** The JSON body. */
  schema?: z.ZodType;
  /** The body is server-sent events, whose data has this schema; beside `schema`, if the caller accepts them. */
  eventStream?: z.ZodType;
  /** The body is text of this media type. */
  text?: string;
  /** The body is a file of any type. */
  file?: boolean;
  headers?: readonly HeaderName[];
}

/** One API route, as documented. */
export interface Operation {
  method: 'get' | 'post' | 'delete';
  /** In OpenAPI notation: `/jobs/{job_id}`. */
  path: string;
  id: string;
  tag: 'Sign-in' | 'Account' | 'Sending' | 'Receiving' | 'Jobs' | 'Assistant' | 'Webhooks' | 'Operations';
  summary: string;
  description: string;
  parameters?: readonly ParameterName[];
  request?: { schema: z.ZodType; examples: Record<string, unknown> };
  /** The body is a file: of any type, or as the only part of a form. */
  takesFile?: boolean;
  /** The success responses, by status. */
  answers: Record<number, Answer>;
  /** Every error code that this operation can return. */
  errors: readonly ErrorCode[];
  /** Requires no key. */
  open?: boolean;
}

type Json = Record<string, unknown>;

/** Returns the operation as an OpenAPI object. */
export function describeOperation(operation: Operation): Json {
  const { id, tag, summary, description, parameters = [], request, answers, errors, open } = operation;
  const success = Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    parameters: [...parameters, 'RequestId'].map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...(request !== undefined && { requestBody: describeRequest(request) }),
    ...(operation.takesFile === true && { requestBody: FILE_BODY }),
    responses: { ...Object.fromEntries(success), ...describeErrors(errors) },
    security: open === true ? [] : [{ bearer: [] }, { apiKey: [] }, {}],
  };
}

const FILE = { type: 'string', format: 'binary' };
const FORM = { type: 'object', properties: { file: FILE }, required: ['file'], maxProperties: 1 };
const FILE_BODY: Json = {
  required: true,
  content: { '*/*': { schema: FILE }, 'multipart/form-data': { schema: FORM } },
};

function describeRequest({ schema, examples }: NonNullable<Operation['request']>): Json {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    required: true,
    content: {
      'application/json': { schema: jsonSchema(schema, 'input'), examples: Object.fromEntries(named) },
    },
  };
}

function describeAnswer({ description, schema, eventStream, text, file, headers = [] }: Answer): Json {
  return {
    description,
    headers: describeHeaders(['RequestId', ...headers]),
    ...((schema !== undefined || text !== undefined || file === true || eventStream !== undefined) && {
      content: {
        ...(schema !== undefined && { 'application/json': { schema: jsonSchema(schema, 'output') } }),
        ...(file === true && { '*/*': { schema: FILE } }),
        ...(text !== undefined && { [text]: { schema: { type: 'string' } } }),
        ...(eventStream !== undefined && {
          'text/event-stream': {
            schema: { type: 'string', description: 'Server-sent events; `data` is of `x-event-data`.' },
            'x-event-data': jsonSchema(eventStream, 'output'),
          },
        }),
      },
    }),
  };
}

/** One response per status. The `code` of its body is one of the operation's codes with that status. */
function describeErrors(codes: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus].map(([status, [first, ...others]]) => {
    if (first === undefined) throw new Error('a group is never empty');
    const listed = [first, ...others];
    const schema = errorResponseSchema.extend({ code: z.enum(listed) });
    const lines = listed.map(
      (code) => `- \`${code}\`: ${ERROR_CODES[code].message} ${ERROR_CODES[code].action}`,
    );
    const mayWait = status === 429 || status === 503;
    return [
      status,
      {
        description: lines.join('\n'),
        headers: describeHeaders(mayWait ? ['RequestId', 'RetryAfter'] : ['RequestId']),
        content: { 'application/json': { schema: jsonSchema(schema, 'output') } },
      },
    ];
  });
  return Object.fromEntries(responses);
}

const HEADERS: Record<string, string> = {
  RequestId: 'X-Request-Id',
  RetryAfter: 'Retry-After',
  Location: 'Location',
  PreferenceApplied: 'Preference-Applied',
  ETag: 'ETag',
  ContentRange: 'Content-Range',
};

function describeHeaders(names: readonly string[]): Json {
  return Object.fromEntries(
    names.map((name) => [HEADERS[name] ?? name, { $ref: `#/components/headers/${name}` }]),
  );
}

/** Drops `$schema`: OpenAPI 3.1 declares the dialect once for the whole document. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema: object }) => {
      const fields = io === 'input' ? nullableFieldsOf(zodSchema) : [];
      if (fields.length > 0) Object.assign(object, { [NULLABLE]: fields });
    },
  });
  return showNullable(made) as Json;
}

/** Temporary marker on an object schema under construction: the names of its optional fields. */
const NULLABLE = 'x-nullable-fields';

/** Makes the optional fields of request schemas nullable, because the API accepts `null` for them. */
function showNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showNullable);
  if (typeof value !== 'object' || value === null) return value;
  const { [NULLABLE]: fields, ...rest } = value as Json;
  const made: Json = Object.fromEntries(
    Object.entries(rest).map(([name, inner]) => [name, showNullable(inner)]),
  );
  if (!Array.isArray(fields)) return made;
  const properties = Object.entries(made['properties'] as Record<string, Json>).map(([name, property]) => [
    name,
    fields.includes(name) ? nullable(property) : property,
  ]);
  return { ...made, properties: Object.fromEntries(properties) };
}

function nullable(property: Json): Json {
  const { type, enum: values, anyOf, ...rest } = property;
  if (typeof type === 'string' && Array.isArray(values))
    return { ...rest, type: [type, 'null'], enum: [...values, null] };
  if (typeof type === 'string' && !('const' in property)) return { type: [type, 'null'], ...rest };
  if (Array.isArray(anyOf)) return { ...rest, anyOf: [...anyOf, { type: 'null' }] };
  return { anyOf: [property, { type: 'null' }] };
}
