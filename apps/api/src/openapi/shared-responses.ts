import { ERROR_CODES, errorResponseSchema, type ErrorCode, type ErrorStatus } from '@gateway/contracts';
import { COMMON } from './error-groups.ts';
import { describeHeaders } from './headers.ts';
import type { Json } from './json.ts';
import type { NamedSchemas } from './schemas.ts';

/**
 * The responses that operations share (`components.responses`). All errors have the same body, so operations have two
 * of them: `default` lists the codes that whole groups of operations have, `4XX` those that are the operation's own.
 */
export class SharedResponses {
  readonly #schemas: NamedSchemas;
  /** By their sets of codes, or by their names. */
  readonly #responses = new Map<string, { name: string; response: Json }>();

  constructor(schemas: NamedSchemas) {
    this.#schemas = schemas;
  }

  /** The descriptions list the operation's codes by their statuses. */
  errors(codes: readonly ErrorCode[]): Json {
    const sorted = [...new Set(codes)].toSorted();
    const isOwn = (code: ErrorCode) => ERROR_CODES[code].status < 500 && !COMMON.has(code);
    const [own, common] = [sorted.filter(isOwn), sorted.filter((code) => !isOwn(code))];
    const others = this.#errorOf('Errors', common);
    return { '4XX': own.length > 0 ? this.#errorOf('Refused', own) : others, default: others };
  }

  #errorOf(kind: string, codes: readonly ErrorCode[]): Json {
    const { name } = this.#responses.get(codes.join()) ?? { name: this.#freeName(kind) };
    this.#responses.set(codes.join(), { name, response: this.#responseOf(codes) });
    return reference(name);
  }

  /** A reference to a response that several operations have. */
  share(name: string, response: Json): Json {
    this.#responses.set(name, { name, response });
    return reference(name);
  }

  #freeName(kind: string): string {
    const others = [...this.#responses.values()].filter(({ name }) => name.startsWith(kind));
    return `${kind}${others.length + 1}`;
  }

  #responseOf(codes: readonly ErrorCode[]): Json {
    const byStatus = new Map<ErrorStatus, ErrorCode[]>();
    for (const code of codes) {
      const { status } = ERROR_CODES[code];
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
    }
    const mayWait = byStatus.has(429) || byStatus.has(503);
    return {
      description: [...byStatus]
        .toSorted(([a], [b]) => a - b)
        .map(listed)
        .join('; '),
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

function listed([status, codes]: [ErrorStatus, ErrorCode[]]): string {
  return `${status} ${codes.map((code) => `\`${code}\``).join(' ')}`;
}

function reference(name: string): Json {
  return { $ref: `#/components/responses/${name}` };
}
