import { COMMON_REQUESTS } from '@gateway/actions';
import {
  accountStandingSchema,
  codeDetailsSchema,
  eventFieldsSchema,
  jobViewSchema,
  pageSchema,
} from '@gateway/contracts';
import manifest from '../../../../package.json' with { type: 'json' };
import type { Json } from './json.ts';
import { describeOperation, type Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { NamedSchemas } from './schemas.ts';
import { SharedParameters } from './shared-parameters.ts';
import { SharedResponses } from './shared-responses.ts';

const HEADERS = {
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
  Location: { description: 'The job.', required: true, schema: { type: 'string' } },
  ETag: { description: 'Names these bytes.', required: true, schema: { type: 'string' } },
  ContentRange: {
    description: 'The bytes of the body, and the size of the file.',
    required: true,
    schema: { type: 'string' },
  },
  Preference: { description: 'What was taken of `Prefer`.', schema: { type: 'string' } },
  Replayed: {
    description: 'An earlier request with this Idempotency-Key was accepted; this is its job.',
    schema: { const: 'true' },
  },
};

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of API_KEYS, if any are set.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key.' },
};

const INFO = {
  title: 'Unofficial Telegram User API gateway',
  version: manifest.version,
  description:
    "Sends messages from people's own Telegram accounts. Unofficial: not affiliated with, nor endorsed by, Telegram. Every answer has an `X-Request-Id`: that of the request, or a new one. Unknown fields of a body are refused with `VALIDATION`; answers may get new fields. Messages for people are in English, or Russian if `Accept-Language` prefers it; codes and field names never change.",
  contact: { name: 'The operator of this gateway' },
  license: { name: 'MIT', identifier: 'MIT' },
};

const TAGS: Record<Operation['tag'], string> = {
  'Sign-in': 'By login code, QR code, or a session of another program.',
  Account: 'Status, settings and chats of accounts.',
  Sending: 'Messages and other actions, done in the order of each chat.',
  Receiving: 'Events of chats.',
  Jobs: 'The state and result of queued actions.',
  Assistant: 'Replies by a language model.',
  Webhooks: 'Events and ended jobs, posted to an address.',
  Operations: 'Health and metrics.',
};

const COMMON_ANSWERS = [
  accountStandingSchema,
  codeDetailsSchema,
  eventFieldsSchema,
  jobViewSchema,
  pageSchema,
];

const DOCUMENT = describe();

/** The OpenAPI 3.1 document. Its server is relative, so it works at whatever address it was loaded from. */
export function openApiDocument(): Record<string, unknown> {
  return DOCUMENT;
}

function describe(): Record<string, unknown> {
  const schemas = new NamedSchemas();
  const responses = new SharedResponses(schemas);
  const parameters = new SharedParameters(
    schemas,
    OPERATIONS.map((operation) => [...(operation.parameters ?? [])]),
  );
  const bodies: Json = {};
  // The common parts of other objects: see composed.ts.
  for (const part of COMMON_ANSWERS) schemas.convert(part, 'output');
  for (const part of COMMON_REQUESTS) schemas.convert(part, 'input');
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const described = describeOperation(operation, { schemas, responses, parameters, bodies });
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described };
  }
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths,
    components: {
      parameters: parameters.all(),
      requestBodies: bodies,
      headers: HEADERS,
      responses: responses.all(),
      schemas: schemas.all(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
