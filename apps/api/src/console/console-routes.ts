import { GatewayError } from '@gateway/contracts';
import { botUserId } from '@gateway/runtime';
import { Hono } from 'hono';
import { boardSignIn } from '../board/guard.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { readConsoleFiles } from './console-files.ts';

/** No content from other hosts, no inline script or style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // A page shows files that it has fetched with its key.
  "img-src 'self' data: blob:",
  'media-src blob:',
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const PAGE_HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** The console at `/console`: one page whose script calls the API like any other client. */
export function consoleRoutes({ settings, assistant }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  const files = readConsoleFiles();

  // Settings that the page needs before it has an API key.
  routes.get('/console/config.json', (c) =>
    c.json({
      needs_key: settings.API_KEYS.length > 0,
      sandbox: settings.SANDBOX_CONTROL_URL !== undefined,
      assistant: assistant !== null,
      bot: botUserId(settings),
      dashboard: boardSignIn(settings) !== null,
    }),
  );

  routes.get('/console/assets/:file', (c) => {
    const file = files?.get(`assets/${c.req.param('file')}`);
    if (file === undefined) throw new GatewayError('NOT_FOUND');
    return c.body(file.body, 200, { 'Content-Type': file.type, 'X-Content-Type-Options': 'nosniff' });
  });

  // Every console URL serves the same page. Its script shows the view that the URL names.
  const page = () => files?.get('index.html');
  routes.on('GET', ['/console', '/console/*'], (c) => {
    const own = files?.get(c.req.path.slice('/console/'.length));
    const file = own ?? page();
    if (file === undefined)
      throw new GatewayError('NOT_FOUND', 'The console has not been built: npm start builds it.');
    return c.body(file.body, 200, { 'Content-Type': file.type, ...PAGE_HEADERS });
  });

  return routes;
}
