import { codesByStatus } from '../../env/documented.ts';

/** One operation of the product's OpenAPI document: allowed requests and answers. */
export interface Operation {
  method: string;
  /** The path, with `{names}` of its parameters. */
  path: string;
  parameters: { name: string; in: string }[];
  /** The schema of the JSON body, with references resolved; `null` if there is no body. */
  body: JsonSchema | null;
  /** Documented statuses of its answers. */
  statuses: ReadonlySet<number>;
}

/** The parts of JSON Schema from which requests are generated. */
export interface JsonSchema {
  /** A list if several types are allowed: `["string", "null"]`. */
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  /** With an `else`: rules between the fields. */
  if?: JsonSchema;
  then?: JsonSchema;
  else?: object;
  maxItems?: number;
  examples?: unknown[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The operations of an OpenAPI document. */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
    METHODS.filter((method) => method in asObject(item)).map((method) => {
      const operation = objectAt(item, method);
      const content = objectAt(resolve(document, operation['requestBody']), 'content');
      const schema = objectAt(content['application/json'], 'schema');
      return {
        method: method.toUpperCase(),
        path,
        parameters: parametersOf(document, [asObject(item)['parameters'], operation['parameters']]),
        body: Object.keys(schema).length === 0 ? null : asObject(resolveAll(document, schema)),
        statuses: statusesOf(document, objectAt(operation, 'responses')),
      };
    }),
  );
}

/** Those of successes are keys; those of errors are keys, or in the descriptions of `4XX` and `default`. */
function statusesOf(document: unknown, responses: Record<string, unknown>): Set<number> {
  const statuses = Object.entries(responses).flatMap(([key, response]) =>
    /^\d+$/.test(key) ? [Number(key)] : [...codesByStatus(resolve(document, response)).keys()],
  );
  return new Set(statuses);
}

function parametersOf(document: unknown, lists: unknown[]): { name: string; in: string }[] {
  return lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((parameter) => {
      const { name, in: where } = asObject(resolve(document, parameter));
      return { name: String(name), in: String(where) };
    });
}

function resolve(document: unknown, value: unknown): unknown {
  const { $ref: reference } = asObject(value);
  if (typeof reference !== 'string') return value;
  const target = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => asObject(at)[name], document);
  const { $ref: _followed, ...own } = asObject(value);
  return { ...asObject(resolve(document, target)), ...own };
}

function resolveAll(document: unknown, value: unknown, depth = 0): unknown {
  if (depth > 30) throw new Error('a schema that contains itself');
  const resolved = resolve(document, value);
  if (Array.isArray(resolved)) return resolved.map((item) => resolveAll(document, item, depth + 1));
  if (typeof resolved !== 'object' || resolved === null) return resolved;
  return merged(
    Object.fromEntries(
      Object.entries(resolved).map(([name, inner]) => [name, resolveAll(document, inner, depth + 1)]),
    ),
  );
}

/** Joins the parts of an object (`allOf`), and the rules between its fields (`if … else`), into one schema. */
function merged({ allOf = [], ...schema }: JsonSchema): JsonSchema {
  const { if: rules, else: otherwise, ...rest } = schema;
  const own = otherwise !== undefined && rules !== undefined ? [rest, rules] : [schema];
  const parts = [...own, ...allOf];
  if (parts.length === 1) return schema;
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  });
}

function objectAt(value: unknown, name: string): Record<string, unknown> {
  return asObject(asObject(value)[name]);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
