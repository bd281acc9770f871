import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { ApiAnswer } from './api-client.ts';

/** The API's OpenAPI document. Tests look into it freely. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Document = any;

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

/** Compiles a schema of the document, with the components that it refers to. */
export function compileSchema(document: Document, schema: object): ValidateFunction {
  return ajv.compile({ ...schema, components: document.components });
}

/** The response that an operation (`get /jobs/{job_id}`) documents for a status. */
export function responseOf(document: Document, operation: string, status: number): Document {
  const [method = '', path = ''] = operation.split(' ');
  return resolved(document, document.paths[path][method].responses[status]);
}

/** Follows a reference to a component. */
export function resolved(document: Document, part: Document): Document {
  const { $ref = '' } = part ?? {};
  const [, kind, name] = /^#\/components\/(\w+)\/(\w+)$/.exec($ref) ?? [];
  return kind === undefined || name === undefined ? part : document.components[kind][name];
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
  const check = compileSchema(document, response.content['application/json'].schema);
  check(answer.body);
  expect(check.errors, `${operation} ${status}: ${JSON.stringify(answer.body)}`).toBeNull();
  for (const [name, header] of Object.entries(response.headers)) {
    if (resolved(document, header).required === true) expect(answer.headers.get(name), name).not.toBeNull();
  }
}
