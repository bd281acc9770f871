import { COMMON_REQUESTS } from '@gateway/actions';
import { accountStandingSchema, eventFieldsSchema, jobViewSchema } from '@gateway/contracts';
import manifest from '../../../../package.json' with { type: 'json' };
import { describeOperation, type Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { describeParameters } from './parameters.ts';
import { NamedSchemas } from './schemas.ts';
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
  PreferenceApplied: { description: 'What was taken of `Prefer`.', schema: { type: 'string' } },
  IdempotentReplayed: {
    description: 'An earlier request with this Idempotency-Key was accepted; this is its job.',
    schema: { const: 'true' },
  },
};

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of API_KEYS; none is needed where none is set.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key.' },
};

const INFO = {
  title: 'Unofficial Telegram User API gateway',
  version: manifest.version,
  description:
    "Sends messages from people's own Telegram accounts. Unofficial: not affiliated with, nor endorsed by, Telegram. Every answer has the header `X-Request-Id`, which names the request in logs; a request may bring its own. A body with a field that its schema does not name is refused with `VALIDATION`; answers may get new fields. Messages for people are in English, or in Russian if `Accept-Language` prefers it; codes and field names never change.",
  contact: { name: 'The operator of this gateway' },
  license: { name: 'MIT', identifier: 'MIT' },
};

const TAGS: Record<Operation['tag'], string> = {
  'Sign-in': 'By login code, by QR code, or with a session of another program.',
  Account: 'How accounts stand, and what they see at Telegram.',
  Sending: 'Messages, and what else an account does in its chats, in order.',
  Receiving: 'What happens in the chats of an account.',
  Jobs: 'What became of what was queued.',
  Assistant: 'Replies by a language model.',
  Webhooks: 'Events and ends of jobs, posted to an address.',
  Operations: 'Health and metrics.',
};

const DOCUMENT = describe();

/** The OpenAPI 3.1 document. Its server is relative, so it works at whatever address it was loaded from. */
export function openApiDocument(): Record<string, unknown> {
  return DOCUMENT;
}

function describe(): Record<string, unknown> {
  const schemas = new NamedSchemas();
  const responses = new SharedResponses(schemas);
  // The common parts of other objects: see composed.ts.
  for (const part of [accountStandingSchema, eventFieldsSchema, jobViewSchema])
    schemas.convert(part, 'output');
  for (const part of COMMON_REQUESTS) schemas.convert(part, 'input');
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const described = describeOperation(operation, { schemas, responses });
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
      parameters: describeParameters(schemas),
      headers: HEADERS,
      responses: responses.all(),
      schemas: schemas.all(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
