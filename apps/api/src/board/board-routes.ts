import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { HonoAdapter } from '@bull-board/hono';
import { GatewayError, userIdSchema } from '@gateway/contracts';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ApiContext, ApiEnv, RequestFacts } from '../context.ts';
import { MAX_BODY, readBytes } from '../middleware/json-body.ts';
import { refuseOtherMethods } from '../middleware/method-not-allowed.ts';
import { parseJson } from '../middleware/parse-json.ts';
import { validate } from '../validation.ts';
import { boardActions } from './actions.ts';
import { boardSignIn, sameOriginOnly } from './guard.ts';
import { ShownQueues } from './shown-queues.ts';

const BASE = '/admin/queues';

/** ms between the page's looks, at least. */
const POLL_MS = 3_000;

/** The page has style attributes and data: pictures of its own; nothing comes from elsewhere. */
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

/** Bull Board at `/admin/queues`, for operators: the queues, why their jobs wait, and what an operator may do about it. */
export function boardRoutes(context: ApiContext): Hono<ApiEnv> {
  const { board: queues, settings, producer, logger } = context;
  const routes = new Hono<ApiEnv>();
  const signIn = boardSignIn(settings);
  if (queues === null) return routes;
  if (signIn === null) {
    routes.all(`${BASE}/*`, () => {
      throw new GatewayError(
        'NOT_FOUND',
        'The dashboard is off: set ADMIN_USER and ADMIN_PASSWORD to sign in to it.',
      );
    });
    return routes;
  }

  const shown = new ShownQueues(queues, boardActions(context), settings.BOARD_SHOW_TEXT);
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

  // An account by its name, whether it matters now or not.
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
  // The page has a path for whatever stands behind these.
  refuseOtherMethods(routes);
  const plugin = adapter.registerPlugin() as unknown as Hono<PageEnv>;
  // Its default answers 500 to every error, and prints it.
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

/** The request with its body read and checked: the page's own routes would read any size and depth. */
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

/** The page's own routes as an app of their own: Hono's quick router cannot tell them apart, and all of the API's would get its slow one. */
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
      // Else it is only this.
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

/** The board's page would fetch its fonts from elsewhere. */
const ownPagesOnly: MiddlewareHandler = async (c, next) => {
  await next();
  if (!(c.res.headers.get('content-type') ?? '').startsWith('text/html')) return;
  const page = (await c.res.text()).replaceAll(/<link href="https:[^>]*>/g, '');
  c.res = new Response(page, c.res);
  c.res.headers.set('Content-Security-Policy', POLICY);
  c.res.headers.delete('Content-Length');
};
