import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { HonoAdapter } from '@bull-board/hono';
import { GatewayError, userIdSchema } from '@gateway/contracts';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ApiContext, ApiEnv, RequestFacts } from '../context.ts';
import { validate } from '../http/validation.ts';
import { MAX_BODY, readBytes } from '../middleware/json-body.ts';
import { refuseOtherMethods } from '../middleware/method-not-allowed.ts';
import { parseJson } from '../middleware/parse-json.ts';
import { boardActions } from './actions.ts';
import { boardSignIn, sameOriginOnly } from './guard.ts';
import { ShownQueues } from './shown-queues.ts';

const BASE = '/admin/queues';

/** Minimum interval in ms at which the page polls. */
const POLL_MS = 3_000;

/** The page uses style attributes and data: images. It loads nothing from other hosts. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const UI = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));

/**
 * Bull Board at `/admin/queues`, for operators: shows the queues and why their jobs wait, and offers the allowed
 * actions.
 */
export function boardRoutes(context: ApiContext): Hono<ApiEnv> {
  const { settings, producer, logger } = context;
  const routes = new Hono<ApiEnv>();
  const signIn = boardSignIn(settings);
  if (signIn === null) {
    routes.all(`${BASE}/*`, () => {
      throw new GatewayError(
        'NOT_FOUND',
        'The dashboard is off: set ADMIN_USER and ADMIN_PASSWORD to sign in to it.',
      );
    });
    return routes;
  }

  const shown = new ShownQueues(producer.board, boardActions(context), settings.BOARD_SHOW_TEXT);
  const adapter = new HonoAdapter(serveStatic);
  adapter.setBasePath(BASE);
  const { replaceQueues } = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: {
      uiBasePath: UI,
      uiConfig: {
        boardTitle: 'Gateway queues',
        showWorkers: false,
        hideRedisDetails: true,
        pollingInterval: { showSetting: true, forceInterval: POLL_MS },
        miscLinks: [
          { text: 'API', url: '/docs' },
          { text: 'Console', url: '/console' },
        ],
      },
    },
  });

  routes.use(`${BASE}/*`, signIn, sameOriginOnly, ownPagesOnly, async (c, next) => {
    await next();
    const { method } = c.req;
    if (method === 'GET' || method === 'HEAD') return;
    const action = `${method} ${c.req.path.slice(`${BASE}/api`.length)}`;
    logger.info({ audit: 'board', action, user: settings.ADMIN_USER ?? null, status: c.res.status }, 'audit');
  });
  routes.get(`${BASE}/`, (c) => c.redirect(BASE, 308));

  // Opens an account by its user_id, even if the account is not on the dashboard's list.
  routes.get(`${BASE}/account/:user_id`, async (c) => {
    const userId = validate(userIdSchema, c.req.param('user_id'), 'user_id');
    if ((await producer.accountView(userId)).state === 'none')
      throw new GatewayError('NOT_FOUND', 'There is no account with this user_id.');
    return c.redirect(`${BASE}/queue/${encodeURIComponent(shown.pin(userId, Date.now()))}`);
  });

  routes.use(`${BASE}/api/*`, async (_c, next) => {
    replaceQueues(await shown.list(Date.now()));
    await next();
  });
  routes.put(`${BASE}/api/queues/:name/retry/:status`, async (c) => {
    const queue = shown.byName(c.req.param('name'));
    if (queue === undefined) throw new GatewayError('NOT_FOUND', 'The dashboard does not show this queue.');
    if (queue.readOnlyMode || c.req.param('status') !== 'failed')
      throw new GatewayError('TOO_LATE', 'Only what has failed is tried again.');
    return c.json(await queue.retryFailed());
  });
  // Must come before the page's own routes, which match every path.
  refuseOtherMethods(routes);
  const plugin = adapter.registerPlugin() as unknown as Hono<PageEnv>;
  // Bull Board's default handler prints every error and answers 500.
  plugin.onError(rethrow);
  const page = ownRouter(plugin);
  routes.on('ALL', [BASE, `${BASE}/*`], async (c) =>
    page.fetch(await boundedRequest(c), { ...c.env, facts: c.get('facts') }),
  );
  return routes;
}

function rethrow(error: Error): never {
  throw error;
}

/** Reads and checks the body before Bull Board does, since its routes accept any size and depth. */
async function boundedRequest(c: Context<ApiEnv>): Promise<Request> {
  const { raw } = c.req;
  if (raw.method === 'GET' || raw.method === 'HEAD') return raw;
  const body = await readBytes(c, MAX_BODY);
  if (body.byteLength === 0) return new Request(raw.url, { method: raw.method, headers: raw.headers });
  await parseJson(body);
  return new Request(raw.url, { method: raw.method, headers: raw.headers, body: new Uint8Array(body) });
}

interface PageEnv {
  Bindings: ApiEnv['Bindings'] & { facts: RequestFacts };
}

/**
 * Mounts the page's routes as a separate app. Hono's fast router cannot handle them, and would fall back to its slow
 * router for the whole API.
 */
function ownRouter(plugin: Hono<PageEnv>): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  app.onError(rethrow);
  app.notFound(() => {
    throw new GatewayError('NOT_FOUND');
  });
  app.use(async (c, next) => {
    try {
      await next();
    } finally {
      const route = routePath(c);
      // `/*` is only the path of this middleware, not a route of the page.
      if (route !== '/*') c.env.facts.route = route;
    }
  });
  app.on('PUT', [`${BASE}/api/queues/pause`, `${BASE}/api/queues/resume`], () => {
    throw new GatewayError('TOO_LATE', 'Accounts are paused and resumed one by one.');
  });
  app.route(BASE, plugin);
  refuseOtherMethods(app);
  return app;
}

/** Bull Board's page would load its fonts from another host. */
const ownPagesOnly: MiddlewareHandler = async (c, next) => {
  await next();
  if (!(c.res.headers.get('content-type') ?? '').startsWith('text/html')) return;
  const page = (await c.res.text()).replaceAll(/<link href="https:[^>]*>/g, '');
  c.res = new Response(page, c.res);
  c.res.headers.set('Content-Security-Policy', POLICY);
  c.res.headers.delete('Content-Length');
};
