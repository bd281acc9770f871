import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { HonoAdapter } from '@bull-board/hono';
import { GatewayError, userIdSchema } from '@gateway/contracts';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
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

/** Bull Board at `/admin/queues`, for operators: what waits and why, with what may be done about it. Nothing where nobody may use it. */
export function boardRoutes(context: ApiContext): Hono<ApiEnv> {
  const { board: queues, settings, producer, logger } = context;
  const routes = new Hono<ApiEnv>();
  const signIn = boardSignIn(settings);
  if (queues === null || signIn === null) return routes;

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
    const userId = validate(userIdSchema, c.req.param('user_id'));
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
  const plugin = ownRouter(adapter.registerPlugin() as unknown as Hono<ApiEnv>);
  routes.on('ALL', [BASE, `${BASE}/*`], (c) => plugin.fetch(c.req.raw, c.env));
  return routes;
}

/** The page's own routes as an app of their own: Hono's quick router cannot tell them apart, and all of the API's would get its slow one. */
function ownRouter(plugin: Hono<ApiEnv>): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.onError((error) => {
    throw error;
  });
  app.notFound(() => {
    throw new GatewayError('NOT_FOUND');
  });
  app.on('PUT', [`${BASE}/api/queues/pause`, `${BASE}/api/queues/resume`], () => {
    throw new GatewayError('TOO_LATE', 'Accounts are paused and resumed one by one.');
  });
  return app.route(BASE, plugin);
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
