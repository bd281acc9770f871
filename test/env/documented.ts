import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { ApiAnswer } from './api-client.ts';

/** The API's OpenAPI document. Tests look into it freely. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Document = any;

export const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

/** Fails unless the answer has this status, and the operation documents it, with this body and these headers. */
export function expectDocumented(
  document: Document,
  operation: string,
  status: number,
  answer: ApiAnswer,
): void {
  const [method = '', path = ''] = operation.split(' ');
  expect(answer.status, `${operation}: ${JSON.stringify(answer.body)}`).toBe(status);
  const response = document.paths[path][method].responses[status];
  expect(response, `${operation} documents no ${status}`).toBeDefined();
  const check = ajv.compile(response.content['application/json'].schema);
  check(answer.body);
  expect(check.errors, `${operation} ${status}: ${JSON.stringify(answer.body)}`).toBeNull();
  for (const [name, { $ref }] of Object.entries<{ $ref: string }>(response.headers)) {
    const header = document.components.headers[$ref.split('/').at(-1) ?? ''];
    if (header.required === true) expect(answer.headers.get(name), name).not.toBeNull();
  }
}
