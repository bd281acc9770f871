import { ERROR_CODES, errorResponseSchema, type ErrorCode, type ErrorStatus } from '@gateway/contracts';
import { COMMON, DOCUMENTED_GROUPS } from './error-groups.ts';
import { describeHeaders } from './headers.ts';
import type { Json } from './json.ts';
import type { NamedSchemas } from './schemas.ts';

/**
 * The responses that operations share (`components.responses`). All errors have the same body, so they refer to the
 * response `Error` and only describe themselves. `default` lists the codes of a group of operations, `4XX` and single
 * statuses those that are the operation's own.
 */
export class SharedResponses {
  readonly #schemas: NamedSchemas;
  readonly #responses = new Map<string, Json>();

  constructor(schemas: NamedSchemas) {
    this.#schemas = schemas;
  }

  /** The descriptions list the codes by their statuses. */
  errors(codes: readonly ErrorCode[]): Json {
    const sorted = [...new Set(codes)].toSorted();
    const common = sorted.filter((code) => COMMON.has(code));
    const found = Object.entries(DOCUMENTED_GROUPS).find(([, each]) =>
      common.every((code) => each.includes(code)),
    );
    if (found === undefined) throw new Error(`no group has all of ${common.join(' ')}`);
    const [name, group] = found;
    const others = this.#shareError(name, describeCodes(group.toSorted()));
    const own = sorted.filter((code) => !group.includes(code));
    const refused = own.filter((code) => ERROR_CODES[code].status < 500);
    const statuses = new Set(own.map((code) => ERROR_CODES[code].status).filter((status) => status >= 500));
    // The codes of one status stand together, the group's too.
    const failed = [...statuses].map((status) => {
      const all = sorted.filter((code) => ERROR_CODES[code].status === status);
      return [status, this.#error(all)];
    });
    return {
      '4XX': refused.length > 0 ? this.#error(refused) : others,
      ...Object.fromEntries(failed),
      default: others,
    };
  }

  /** A reference to the response of all errors, with a description in place of its own. */
  #error(codes: readonly ErrorCode[]): Json {
    return { ...this.#shareError('Error', 'An error.'), description: describeCodes(codes) };
  }

  #shareError(name: string, description: string): Json {
    return this.share(name, {
      description,
      headers: describeHeaders(['RetryAfter']),
      content: { 'application/json': { schema: this.#schemas.convert(errorResponseSchema, 'output') } },
    });
  }

  /** A reference to a response that several operations have. */
  share(name: string, response: Json): Json {
    this.#responses.set(name, response);
    return { $ref: `#/components/responses/${name}` };
  }

  /** `components.responses`, in the order of the names. */
  all(): Json {
    return Object.fromEntries([...this.#responses].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** "400 A B; 404 C" */
function describeCodes(codes: readonly ErrorCode[]): string {
  const byStatus = new Map<ErrorStatus, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, listed]) => `${status} ${listed.join(' ')}`)
    .join('; ');
}
