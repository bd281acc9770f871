import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { ApiAnswer } from './api-client.ts';

/** The API's OpenAPI document. Tests look into it freely. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Document = any;

/** A validator for each document, which knows its components, {@link closed}. */
const validators = new WeakMap<object, Ajv2020>();

function validatorOf(document: Document): Ajv2020 {
  const known = validators.get(document);
  if (known !== undefined) return known;
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: 'document', ...componentsOf(document) });
  validators.set(document, ajv);
  return ajv;
}

/**
 * Compiles a schema of the document. Stricter than the document: objects have no other fields than those that it names.
 */
export function compileSchema(document: Document, schema: object): ValidateFunction {
  const ajv = validatorOf(document);
  // A component is compiled once.
  if ('$ref' in schema) return ajv.compile({ $ref: `document${String(schema.$ref)}` });
  return ajv.compile({ ...closed(schema), ...componentsOf(document) });
}

/** The components closed, and their schemas open, for those that are parts of others. */
function componentsOf({ components }: Document): Document {
  const open = Object.entries(components.schemas).map(([name, schema]) => [name, opened(schema)]);
  return { components: closed(components), open: Object.fromEntries(open) };
}

// oxlint-disable-next-line typescript/no-explicit-any -- Parts of a document.
function closed(part: any): any {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const made = inside(part);
  if ('allOf' in part) return { ...made, unevaluatedProperties: false };
  const isOpen = part.type === 'object' && 'properties' in part && !('additionalProperties' in part);
  return isOpen ? { ...made, additionalProperties: false } : made;
}

/** A part of an `allOf`: it may have more fields. What is in its fields is {@link closed}. */
function opened(part: Document): Document {
  if (!('$ref' in part)) return inside(part);
  return { ...part, $ref: part.$ref.replace('#/components/schemas/', '#/open/') };
}

function inside(part: Document): Document {
  const entries = Object.entries<Document>(part).map(([name, inner]) => {
    // Rules between fields name only some of them.
    if (name === 'if') return [name, inner];
    return [name, name === 'allOf' ? inner.map(opened) : closed(inner)];
  });
  return Object.fromEntries(entries);
}

/** The response that an operation (`get /jobs/{job_id}`) documents for a status. */
export function responseOf(document: Document, operation: string, status: number): Document {
  const [method = '', path = ''] = operation.split(' ');
  const { responses } = document.paths[path][method];
  const range = responses[`${Math.floor(status / 100)}XX`];
  return resolved(document, responses[status] ?? range ?? responses.default);
}

/** The codes that the description of an error response lists for each status: "400 A B; 404 C". */
export function codesByStatus({ description }: Document): Map<number, string[]> {
  const listed = [...description.matchAll(/(\d{3})((?: [A-Z_]+)+)/g)].map(([, status = '', codes = '']) => {
    return [Number(status), codes.match(/\w+/g) ?? []] as const;
  });
  return new Map(listed);
}

/** The examples of a body: `example` alone, or `examples` by name. */
export function requestExamples({ example, examples = {} }: Document): Document[] {
  const named = Object.values<{ value: Document }>(examples).map(({ value }) => value);
  return example === undefined ? named : [example];
}

/** Follows a reference to a component. A description beside it wins. */
export function resolved(document: Document, part: Document): Document {
  const { $ref = '', ...own } = part ?? {};
  const [, kind, name] = /^#\/components\/(\w+)\/(\w+)$/.exec($ref) ?? [];
  if (kind === undefined || name === undefined) return part;
  return { ...resolved(document, document.components[kind][name]), ...own };
}

/** Fails unless the answer has this status, and the operation documents it, with this body and these headers. */
export function expectDocumented(
  document: Document,
  operation: string,
  status: number,
  answer: ApiAnswer,
): void {
  expect(answer.status, `${operation}: ${JSON.stringify(answer.body)}`).toBe(status);
  const response = responseOf(document, operation, status);
  expect(response, `${operation} documents no ${status}`).toBeDefined();
  if (status >= 400) {
    const [method = '', path = ''] = operation.split(' ');
    const others = resolved(document, document.paths[path][method].responses.default);
    const codes = [response, others].flatMap((each) => codesByStatus(each).get(status) ?? []);
    expect(codes, operation).toContain(answer.body.code);
  }
  const check = compileSchema(document, response.content['application/json'].schema);
  check(answer.body);
  expect(check.errors, `${operation} ${status}: ${JSON.stringify(answer.body)}`).toBeNull();
  expect(answer.headers.get('X-Request-Id')).not.toBeNull();
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    if (resolved(document, header).required === true) expect(answer.headers.get(name), name).not.toBeNull();
  }
}
