import { describe, expect, test } from 'vitest';
import { openApiDocument } from './document.ts';

/** Part of the document. */
// oxlint-disable-next-line typescript/no-explicit-any
type Part = any;

/** The document in kB. Generators, assistants and browsers read all of it. */
const LARGEST_KB = 124;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * What generators of clients and linters need, as far as it can be seen here. `npm run openapi` runs them themselves.
 */
describe('Generators of clients', () => {
  const document: Part = JSON.parse(JSON.stringify(openApiDocument()));
  const { schemas } = document.components;
  const operations = Object.values<Part>(document.paths).flatMap((item) =>
    METHODS.flatMap((method) => (method in item ? [item[method]] : [])),
  );

  function resolved(part: Part): Part {
    const [, kind, name] = /^#\/components\/(\w+)\/(\w+)$/.exec(part?.$ref ?? '') ?? [];
    return kind === undefined || name === undefined ? part : document.components[kind][name];
  }

  /** Whether it is an object, also one that extends another. */
  function isObject(part: Part): boolean {
    const { type, allOf = [] } = resolved(part);
    return type === 'object' || allOf.some(isObject);
  }

  test(`read at most ${LARGEST_KB} kB`, () => {
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThanOrEqual(LARGEST_KB * 1_000);
  });

  test('find one named object for each request, and no alternatives at its root', () => {
    const requests = operations.flatMap((operation) => {
      const schema = resolved(operation.requestBody)?.content['application/json']?.schema;
      return schema === undefined ? [] : [{ id: operation.operationId, schema }];
    });
    expect(requests.length).toBeGreaterThan(25);
    for (const { id, schema } of requests) {
      expect(schema, id).toHaveProperty('$ref');
      const root = resolved(schema);
      expect(isObject(root), id).toBe(true);
      for (const keyword of ['anyOf', 'oneOf', 'not']) expect(root, id).not.toHaveProperty(keyword);
    }
  });

  test('find a name for each member of a union of objects', () => {
    const unnamed: string[] = [];
    const look = (part: Part, path: string): void => {
      if (typeof part !== 'object' || part === null) return;
      for (const members of [part.anyOf, part.oneOf]) {
        const objects = (members ?? []).filter(isObject);
        if (objects.length > 1 && objects.some((each: Part) => !('$ref' in each))) unnamed.push(path);
      }
      // The rules of an object are no union.
      for (const [name, inner] of Object.entries(part)) if (name !== 'if') look(inner, `${path}/${name}`);
    };
    look(schemas, '');
    look(document.paths, '');
    expect(unnamed).toEqual([]);
  });

  test('find own fields of an object that extends another in a part of their own, beside the other', () => {
    const extended = Object.entries<Part>(schemas).filter(([, schema]) => 'allOf' in schema);
    expect(extended.length).toBeGreaterThan(30);
    for (const [name, schema] of extended) {
      expect(schema.allOf.length, name).toBeGreaterThan(1);
      expect(schema, name).not.toHaveProperty('properties');
    }
  });

  test('find an error for each operation, and linters descriptions and a contact', () => {
    expect(document.info.contact).toBeDefined();
    for (const tag of document.tags) expect(tag.description, tag.name).toMatch(/\.$/);
    for (const { operationId, responses, description } of operations) {
      expect(Object.keys(responses), operationId).toContain('4XX');
      expect(description, operationId).toMatch(/\S/);
    }
  });

  test('find every component used', () => {
    const text = JSON.stringify(document);
    for (const [kind, components] of Object.entries<Part>(document.components))
      if (kind !== 'securitySchemes')
        for (const name of Object.keys(components))
          expect(text, name).toContain(`"#/components/${kind}/${name}"`);
  });
});
