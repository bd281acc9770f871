import type { ErrorCode } from '@gateway/contracts';
import type * as z from 'zod';
import { describeHeaders, type HeaderName } from './headers.ts';
import type { Json } from './json.ts';
import { pascalCase } from './names.ts';
import type { ParameterName } from './parameters.ts';
import type { NamedSchemas } from './schemas.ts';
import type { SharedParameters } from './shared-parameters.ts';
import type { SharedResponses } from './shared-responses.ts';

interface Answer {
  description: string;
  /** Operations with the same answer share it under this name. */
  name?: string;
  /** The JSON body. */
  schema?: z.ZodType;
  /** A JSON body. */
  example?: object;
  /** The body is server-sent events, whose data has this schema; beside `schema`, if the caller accepts them. */
  eventStream?: z.ZodType;
  /** The body is text of this media type. */
  text?: string;
  /** The body is a file of any type. */
  file?: boolean;
  headers?: readonly HeaderName[];
}

interface Request {
  /** Operations with the same request share it under this name. */
  name?: string;
  schema: z.ZodType;
  /** By their names, of which one alone needs none. */
  examples: Record<string, unknown>;
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
  request?: Request;
  /** The body is a file. */
  takesFile?: boolean;
  /** The success responses, by status. */
  answers: Record<number, Answer>;
  /** Every error code that this operation can return. */
  errors: readonly ErrorCode[];
  /** Requires no key. */
  open?: boolean;
}

/** The parts of the document that operations share. */
export interface SharedParts {
  schemas: NamedSchemas;
  responses: SharedResponses;
  parameters: SharedParameters;
  /** `components.requestBodies` */
  bodies: Json;
}

/** Returns the operation as an OpenAPI object. Adds what it shares with others to `shared`. */
export function describeOperation(operation: Operation, shared: SharedParts): Json {
  const { id, tag, summary, description, parameters = [], request, answers, errors, open } = operation;
  const name = pascalCase(id);
  const success = Object.entries(answers).map(([status, answer]) => [
    status,
    answer.name === undefined
      ? describeAnswer(answer, { ...shared, name })
      : shared.responses.share(answer.name, describeAnswer(answer, { ...shared, name: answer.name })),
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    ...(parameters.length > 0 && {
      parameters: parameters.map((name) => shared.parameters.describe(name)),
    }),
    ...(request !== undefined && { requestBody: describeRequest(request, { ...shared, name }) }),
    ...(operation.takesFile === true && { requestBody: FILE_BODY }),
    responses: { ...Object.fromEntries(success), ...shared.responses.errors(errors) },
    // Otherwise that of the document.
    ...(open === true && { security: [] }),
  };
}

const FILE = { type: 'string', format: 'binary' };
/** One type: generators of clients make code for a second one that does not compile. */
const FILE_BODY: Json = { required: true, content: { 'application/octet-stream': { schema: FILE } } };

function describeRequest(
  { name, schema, examples }: Request,
  { schemas, bodies, name: operation }: SharedParts & { name: string },
): Json {
  const named = Object.entries(examples).map(([each, value]) => [each, { value }]);
  const body = {
    required: true,
    content: {
      'application/json': {
        schema: schemas.convertAs(`${operation}Request`, schema, 'input'),
        ...(named.length === 1
          ? { example: Object.values(examples)[0] }
          : { examples: Object.fromEntries(named) }),
      },
    },
  };
  if (name === undefined) return body;
  bodies[name] = body;
  return { $ref: `#/components/requestBodies/${name}` };
}

function describeAnswer(
  { description, schema, example, eventStream, text, file, headers = [] }: Answer,
  { schemas, name }: SharedParts & { name: string },
): Json {
  return {
    description,
    ...(headers.length > 0 && { headers: describeHeaders(headers) }),
    ...((schema !== undefined || text !== undefined || file === true || eventStream !== undefined) && {
      content: {
        ...(schema !== undefined && {
          'application/json': {
            schema: schemas.convertAs(`${name}Response`, schema, 'output'),
            ...(example !== undefined && { example }),
          },
        }),
        ...(file === true && { 'application/octet-stream': { schema: FILE } }),
        ...(text !== undefined && { [text]: { schema: { type: 'string' } } }),
        ...(eventStream !== undefined && {
          // As generators of clients expect it: the schema of each event's data, not of the whole stream.
          'text/event-stream': { schema: schemas.convertAs(`${name}Event`, eventStream, 'output') },
        }),
      },
    }),
  };
}
