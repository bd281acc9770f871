import { type Document, requestExamples, resolved } from '../../env/documented.ts';

/** A documented operation, with a request that it takes. */
export interface Route {
  name: string;
  method: string;
  path: string;
  /** The names of those that are shared; of the others where they are and their own name, as `query phone`. */
  parameters: string[];
  body: Record<string, unknown> | undefined;
  isStrict: boolean;
}

/** All operations of the API's document. */
export function routesOf(document: Document): Route[] {
  return Object.entries<object>(document.paths).flatMap(([path, operations]) =>
    Object.entries<Document>(operations).map(([method, { parameters = [], requestBody }]) => {
      const json = resolved(document, requestBody)?.content['application/json'] ?? {};
      const [example] = requestExamples(json);
      return {
        name: `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: parameters.map(
          ({ $ref, in: place, name }: Document) => $ref?.split('/').at(-1) ?? `${place} ${name}`,
        ),
        // With a reply that is there already, no assistant is asked.
        body:
          example && JSON.parse(JSON.stringify(example).replaceAll('"role":"user"', '"role":"assistant"')),
        isStrict: resolved(document, json.schema)?.additionalProperties === undefined,
      };
    }),
  );
}
