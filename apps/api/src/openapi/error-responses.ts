import { ERROR_CODES, errorResponseSchema, type ErrorCode } from '@gateway/contracts';
import { describeHeaders } from './headers.ts';
import type { Json, NamedSchemas } from './schemas.ts';

/** The error responses of the document (`components.responses`): one for each set of codes with the same status. */
export class ErrorResponses {
  readonly #schemas: NamedSchemas;
  readonly #responses = new Map<string, Json>();

  constructor(schemas: NamedSchemas) {
    this.#schemas = schemas;
  }

  /** One reference per status. The `code` of the body is one of the operation's codes with that status. */
  describe(codes: readonly ErrorCode[]): Json {
    const byStatus = new Map<number, ErrorCode[]>();
    for (const code of [...new Set(codes)].toSorted()) {
      const { status } = ERROR_CODES[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    const responses = [...byStatus].map(([status, group]) => {
      const name = group.map(pascalCase).join('Or');
      if (!this.#responses.has(name)) this.#responses.set(name, this.#responseOf(status, group));
      return [status, { $ref: `#/components/responses/${name}` }];
    });
    return Object.fromEntries(responses);
  }

  #responseOf(status: number, codes: readonly ErrorCode[]): Json {
    const lines = codes.map(
      (code) => `- \`${code}\`: ${ERROR_CODES[code].message} ${ERROR_CODES[code].action}`,
    );
    const mayWait = status === 429 || status === 503;
    const error = this.#schemas.convert(errorResponseSchema, 'output');
    return {
      description: lines.join('\n'),
      headers: describeHeaders(mayWait ? ['RequestId', 'RetryAfter'] : ['RequestId']),
      content: {
        'application/json': { schema: { allOf: [error, { properties: { code: { enum: codes } } }] } },
      },
    };
  }

  /** `components.responses`, in the order of the names. */
  all(): Json {
    return Object.fromEntries([...this.#responses].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function pascalCase(code: string): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}
