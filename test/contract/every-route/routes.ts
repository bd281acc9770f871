import { type Document, resolved } from '../../env/documented.ts';

/** A documented operation, with a request that it takes. */
export interface Route {
  name: string;
  method: string;
  path: string;
  parameters: string[];
  body: Record<string, unknown> | undefined;
  isStrict: boolean;
}

/** All operations of the API's document. */
export function routesOf(document: Document): Route[] {
  return Object.entries<object>(document.paths).flatMap(([path, operations]) =>
    Object.entries<Document>(operations).map(([method, { parameters = [], requestBody }]) => {
      const { examples, schema } = requestBody?.content['application/json'] ?? {};
      const example = Object.values<Document>(examples ?? {})[0]?.value;
      return {
        name: `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: parameters.map(({ $ref }: { $ref: string }) => $ref.split('/').at(-1)),
        // With a reply that is there already, no assistant is asked.
        body:
          example && JSON.parse(JSON.stringify(example).replaceAll('"role":"user"', '"role":"assistant"')),
        isStrict: resolved(document, schema)?.additionalProperties === undefined,
      };
    }),
  );
}
