import { runInNewContext } from 'node:vm';
import { parseSettings } from '@gateway/runtime';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

const documentSchema = z.object({
  openapi: z.string(),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

async function readDocument() {
  const { app, request } = queues.api();
  const document = await (await request('/openapi.json')).json();
  return { app, document, parsed: documentSchema.parse(document) };
}

/** What the page gives to Swagger UI. */
const settingsSchema = z.object({
  plugins: z.array(
    z.custom<
      () => {
        fn: { resolveSubtree: (document: unknown, path: string[]) => Promise<{ spec: object }> };
      }
    >((plugin) => typeof plugin === 'function'),
  ),
});

/** Every `$ref` within it. */
function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsOf(inner),
  );
}

describe('The API describes itself', () => {
  test('each route is in the document, and the other way round', async () => {
    const { app, parsed } = await readDocument();
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !/^\/(docs|admin|console|openapi\.json)/.test(path))
      // The same with nothing in the place of its parameter.
      .filter(({ path }) => !/.\/$/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
    const documented = Object.entries(parsed.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test('the document is OpenAPI 3.1 of the server that was asked, and every reference in it leads somewhere', async () => {
    const { document, parsed } = await readDocument();
    expect(parsed.openapi).toBe('3.1.0');
    expect(parsed.servers).toEqual([{ url: '/' }]);
    const refs = refsOf(document);
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) {
      const target = ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, name) => new Map(Object.entries(Object(at))).get(name), document);
      expect(target, ref).toBeDefined();
    }
  });

  test('no key is needed, but without keys the page of another site is refused', async () => {
    const { request } = queues.api(parseSettings({ API_KEYS: 'secret' }));
    expect((await request('/openapi.json')).status).toBe(200);
    const open = queues.api();
    const headers = { origin: 'https://example.org' };
    expect((await open.request('/openapi.json', { headers })).status).toBe(403);
  });

  test('the page at /docs loads only files of this server, which all are there', async () => {
    const { request } = queues.api();
    const page = await request('/docs');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      expect((await request(file)).status, file).toBe(200);
    }
    const bundle = files.find((file) => file.endsWith('bundle.js')) ?? '';
    expect((await request(bundle)).headers.get('cache-control')).toContain('immutable');
    expect(html).not.toMatch(/<script>/);
  });

  test('the page opens each operation with its own references alone, and all of them', async () => {
    const { request } = queues.api();
    const { document } = await readDocument();
    let settings: z.infer<typeof settingsSchema> | undefined;
    const dark = { matches: false, addEventListener: () => {} };
    runInNewContext(await (await request('/docs/init.js')).text(), {
      document: { documentElement: { classList: { toggle: () => {} } } },
      matchMedia: () => dark,
      SwaggerUIBundle: (given: unknown) => (settings = settingsSchema.parse(given)),
    });
    const [resolver] = settings?.plugins ?? [];
    for (const [path, item] of Object.entries(documentSchema.parse(document).paths))
      for (const method of Object.keys(item)) {
        const place = ['paths', path, method];
        const { spec } = await resolver!().fn.resolveSubtree(document, place);
        expect(refsOf(spec), path).toEqual([]);
        expect(spec, path).toMatchObject({ operationId: expect.any(String), responses: expect.any(Object) });
      }
    const send = await resolver!().fn.resolveSubtree(document, ['paths', '/telegram/user/send', 'post']);
    expect(JSON.stringify(send.spec)).toContain('"latitude"');
    // The fields of the objects that the answer extends are among its own.
    const properties = { status: {}, job_id: {}, message_id: {}, date: {} };
    const sent = { content: { 'application/json': { schema: { type: 'object', properties } } } };
    expect(send.spec).toMatchObject({ responses: { 200: sent } });
  });

  test('/docs/ leads to the page, and no other file is given out', async () => {
    const { request, call } = queues.api();
    expect((await request('/docs/')).headers.get('location')).toBe('/docs');
    const html = await (await request('/docs')).text();
    const assets = /\/docs\/assets\/[^/]+/.exec(html)?.[0] ?? '';
    expect((await call(`${assets}/package.json`)).status).toBe(404);
  });
});
