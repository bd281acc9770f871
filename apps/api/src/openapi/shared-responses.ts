import { ERROR_CODES, errorResponseSchema, type ErrorCode, type ErrorStatus } from '@gateway/contracts';
import { COMMON, DOCUMENTED_GROUPS } from './error-groups.ts';
import { describeHeaders } from './headers.ts';
import type { Json } from './json.ts';
import type { NamedSchemas } from './schemas.ts';

/**
 * The responses that operations share (`components.responses`). All errors have the same body, so operations have few
 * of them: `default` lists the codes of a group of operations, `4XX` and single statuses those that are the operation's
 * own. A response of one operation stands there, which is shorter: see {@link all}.
 */
export class SharedResponses {
  readonly #schemas: NamedSchemas;
  /** By their sets of codes, or by their names. `uses` are the places of errors, to fill in {@link all}. */
  readonly #responses = new Map<string, { kind: string; response: Json; uses: Json[] }>();

  constructor(schemas: NamedSchemas) {
    this.#schemas = schemas;
  }

  /** The descriptions list the codes by their statuses. */
  errors(codes: readonly ErrorCode[]): Json {
    const sorted = [...new Set(codes)].toSorted();
    const common = sorted.filter((code) => COMMON.has(code));
    const group = DOCUMENTED_GROUPS.find((each) => common.every((code) => each.includes(code))) ?? common;
    const others = this.#errorOf('Errors', [...new Set(group)].toSorted());
    const own = sorted.filter((code) => !COMMON.has(code));
    const refused = own.filter((code) => ERROR_CODES[code].status < 500);
    const statuses = new Set(own.map((code) => ERROR_CODES[code].status).filter((status) => status >= 500));
    // The codes of one status stand together, the group's too.
    const failed = [...statuses].map((status) => {
      const all = sorted.filter((code) => ERROR_CODES[code].status === status);
      return [status, this.#errorOf('Refused', all)];
    });
    return {
      '4XX': refused.length > 0 ? this.#errorOf('Refused', refused) : others,
      ...Object.fromEntries(failed),
      default: others,
    };
  }

  #errorOf(kind: string, codes: readonly ErrorCode[]): Json {
    const known = this.#responses.get(codes.join());
    const place: Json = {};
    if (known === undefined)
      this.#responses.set(codes.join(), { kind, response: this.#responseOf(codes), uses: [place] });
    else known.uses.push(place);
    return place;
  }

  /** A reference to a response that several operations have. */
  share(name: string, response: Json): Json {
    this.#responses.set(name, { kind: name, response, uses: [] });
    return reference(name);
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

  /** `components.responses`, in the order of the names. To be called when all operations are described. */
  all(): Json {
    const named = new Map<string, Json>();
    for (const { kind, response, uses } of this.#responses.values()) {
      const [use] = uses;
      if (uses.length === 1) Object.assign(use ?? {}, response);
      else {
        const name = uses.length === 0 ? kind : freeName(kind, named);
        for (const place of uses) Object.assign(place, reference(name));
        named.set(name, response);
      }
    }
    return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function freeName(kind: string, taken: ReadonlyMap<string, unknown>): string {
  return `${kind}${[...taken.keys()].filter((name) => name.startsWith(kind)).length + 1}`;
}

function listed([status, codes]: [ErrorStatus, ErrorCode[]]): string {
  return `${status} ${codes.map((code) => `\`${code}\``).join(' ')}`;
}

function reference(name: string): Json {
  return { $ref: `#/components/responses/${name}` };
}
