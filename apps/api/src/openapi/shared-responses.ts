import { ERROR_CODES, errorResponseSchema, type ErrorCode, type ErrorStatus } from '@gateway/contracts';
import { describeHeaders } from './headers.ts';
import { pascalCase } from './names.ts';
import type { Json, NamedSchemas } from './schemas.ts';

/**
 * The responses that operations share (`components.responses`). Errors: one for each set of codes with the same status.
 */
export class SharedResponses {
  readonly #schemas: NamedSchemas;
  /** By their sets of codes, or by their names. */
  readonly #responses = new Map<string, { name: string; response: Json }>();

  constructor(schemas: NamedSchemas) {
    this.#schemas = schemas;
  }

  /**
   * One reference per status. The `code` of the body is one of the operation's codes with that status. A response with
   * several codes is named after its status, and numbered where others have that status, too.
   */
  errors(codes: readonly ErrorCode[]): Json {
    const byStatus = new Map<ErrorStatus, ErrorCode[]>();
    for (const code of [...new Set(codes)].toSorted()) {
      const { status } = ERROR_CODES[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    const responses = [...byStatus].map(([status, group]) => {
      const name = this.#nameOf(status, group);
      return [status, { $ref: `#/components/responses/${name}` }];
    });
    return Object.fromEntries(responses);
  }

  #nameOf(status: ErrorStatus, codes: readonly ErrorCode[]): string {
    const known = this.#responses.get(codes.join());
    if (known !== undefined) return known.name;
    const [first = '', ...others] = codes;
    const name = others.length === 0 ? pascalCase(first) : this.#freeName(`E${status}`);
    this.#responses.set(codes.join(), { name, response: this.#responseOf(status, codes) });
    return name;
  }

  /** A reference to a response that several operations have. */
  share(name: string, response: Json): Json {
    this.#responses.set(name, { name, response });
    return { $ref: `#/components/responses/${name}` };
  }

  #freeName(name: string): string {
    const taken = [...this.#responses.values()].filter((each) => each.name.split('_')[0] === name).length;
    return taken === 0 ? name : `${name}_${taken + 1}`;
  }

  #responseOf(status: ErrorStatus, codes: readonly ErrorCode[]): Json {
    const mayWait = status === 429 || status === 503;
    return {
      description: codes.map((code) => `\`${code}\``).join(', '),
      ...(mayWait && { headers: describeHeaders(['RetryAfter']) }),
      content: { 'application/json': { schema: this.#schemas.convert(errorResponseSchema, 'output') } },
    };
  }

  /** `components.responses`, in the order of the names. */
  all(): Json {
    const named = [...this.#responses.values()].map(({ name, response }) => [name, response] as const);
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
