import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GatewayError } from '@gateway/contracts';
import { Hono, type Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod';
import type { ApiEnv } from '../context.ts';
import { openApiDocument } from '../openapi/document.ts';

const require = createRequire(import.meta.url);
const { version: VERSION } = z.object({ version: z.string() }).parse(require('swagger-ui-dist/package.json'));
const SWAGGER_UI = dirname(require.resolve('swagger-ui-dist/package.json'));
/** The URL of Swagger UI's files contains its version, so browsers may cache the files forever. */
const ASSETS = `/docs/assets/${VERSION}`;

const TYPES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** No content from other hosts and no inline script. Swagger UI uses style attributes and data: icons. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Unofficial Telegram User API gateway</title>
    <link rel="stylesheet" href="${ASSETS}/swagger-ui.css">
    <style>body { margin: 0 } .swagger-ui .opblock-body { overflow-x: auto }</style>
    <link rel="icon" type="image/png" href="${ASSETS}/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${ASSETS}/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>
  </body>
</html>
`;

/**
 * Starts Swagger UI.
 * - No validator badge: it would send the document to a third party.
 * - No list of all schemas below the operations: each operation shows its own. No colours in examples: they cost a
 *   third of the time in which an operation opens.
 * - A resolver of its own: Swagger UI's parses the whole document for each operation that is opened, which blocks the
 *   page for a second. All references of this document are in it, and none leads back to itself. It also makes one
 *   object of an object and those that it extends, since Swagger UI makes examples of an object's own fields only.
 */
const INIT = `'use strict';
function at(document, path) {
  return path.reduce((part, name) => (part === undefined ? part : part[name]), document);
}

function inlined(document, part) {
  if (Array.isArray(part)) return part.map((item) => inlined(document, item));
  if (typeof part !== 'object' || part === null) return part;
  const { $ref, ...others } = part;
  const target = typeof $ref === 'string' ? at(document, $ref.slice(2).split('/')) : {};
  const own = Object.entries(others).map(([name, inner]) => [name, inlined(document, inner)]);
  return whole({ ...(typeof $ref === 'string' && inlined(document, target)), ...Object.fromEntries(own) });
}

function whole({ allOf = [], ...own }) {
  const parts = [...allOf, own];
  if (!allOf.some((part) => part.type === 'object')) return allOf.length > 0 ? { allOf, ...own } : own;
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  };
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  syntaxHighlight: false,
  plugins: [
    () => ({
      fn: {
        resolveSubtree: async (document, path) => ({ spec: inlined(document, at(document, path)), errors: [] }),
      },
    }),
  ],
});
`;

/**
 * The API's description: `/openapi.json`, and `/docs`, which shows it in a browser without loading anything from other
 * hosts.
 */
export function docsRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/openapi.json', (c) => c.json(openApiDocument()));
  routes.get('/docs', (c) => c.html(PAGE, 200, { 'Content-Security-Policy': POLICY }));
  routes.get('/docs/', (c) => c.redirect('/docs', 308));
  routes.get('/docs/init.js', (c) => c.body(INIT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  routes.get(`${ASSETS}/:file`, (c) => asset(c, c.req.param('file')));

  return routes;
}

async function asset(c: Context<ApiEnv>, file: string): Promise<Response> {
  const type = Object.hasOwn(TYPES, file) ? TYPES[file] : undefined;
  if (type === undefined) throw new GatewayError('NOT_FOUND');
  return c.body(new Uint8Array(await readFile(join(SWAGGER_UI, file))), 200, {
    'Content-Type': type,
  });
}

/**
 * Lets browsers cache these files forever. Mount it before the middleware that sets `no-store`, so that it overrides
 * that header.
 */
export const cacheForGood = createMiddleware<ApiEnv>(async (c, next) => {
  await next();
  if (c.res.ok) c.res.headers.set('Cache-Control', 'public, max-age=31536000, immutable');
});
