import { join } from 'node:path';
import { nodeArguments, nodeEnvironment } from '../lib/node-arguments.mjs';
import { redisBinary } from '../lib/redis/redis-binary.mjs';
import { checkRedis, startRedis } from '../lib/redis/redis.mjs';
import { ROOT } from '../lib/root.mjs';

/** @typedef {import('../../packages/runtime/src/settings/settings.ts').Settings} Settings */
/** @typedef {import('../lib/supervisor.mjs').Supervisor} Supervisor */
/** @typedef {{ dataCenters: { port: number }[], control: string }} Sandbox */

/**
 * A process of the product, run from a build.
 * @typedef {object} Part
 * @property {import('../lib/supervisor.mjs').Child} child the process that runs now
 * @property {string} entry its source
 * @property {string} build the build that it runs
 * @property {(build: string) => import('../lib/supervisor.mjs').ChildOptions} options how to start it from a build
 */

/** App credentials for the sandbox, which accepts any. */
const SANDBOX_CREDENTIALS = { TELEGRAM_API_ID: '1', TELEGRAM_API_HASH: '00000000000000000000000000000000' };

/** ms for each process to end. The worker first completes its calls in progress. */
const GRACE = { sandbox: 5_000, worker: 30_000, api: 15_000, console: 5_000 };

/** @param {Settings} settings */
export function isSandboxed(settings) {
  return settings.TELEGRAM_API_ID === undefined;
}

/**
 * Starts Redis, the sandbox, the worker and the API, and waits until they are ready.
 * @param {Settings} settings @param {{ build: string, supervisor: Supervisor, signal: AbortSignal }} options
 */
export async function startParts(settings, { build, supervisor, signal }) {
  /** @type {Part[]} */
  const parts = [];
  /** @param {keyof typeof GRACE} name @param {string} entry @param {Record<string, string>} env */
  const start = (name, entry, env) => {
    const options = (/** @type {string} */ build) => ({
      name,
      command: nodeArguments(entry, build),
      env: { ...nodeEnvironment(entry), ...env },
      graceMs: GRACE[name],
    });
    const child = supervisor.start(options(build));
    parts.push({ child, entry, build, options });
    return child;
  };
  const env = { LOG_FORMAT: process.env['LOG_FORMAT'] ?? 'pretty' };
  const [redisUrl, telegram] = await Promise.all([
    provideRedis(settings, supervisor, signal),
    isSandboxed(settings) ? startSandbox(start, env) : undefined,
  ]);
  const shared = { ...env, REDIS_URL: redisUrl, ...telegram?.env };
  const worker = start('worker', 'apps/worker/src/main.ts', shared);
  const api = start('api', 'apps/api/src/main.ts', shared);
  const [{ url }] = await Promise.all([api.ready, worker.ready]);
  return { parts, apiUrl: String(url), telegram };
}

/** @param {Settings} settings @param {Supervisor} supervisor @param {AbortSignal} signal */
async function provideRedis(settings, supervisor, signal) {
  const url = process.env['REDIS_URL']?.trim();
  if (url) {
    await checkRedis(settings.REDIS_URL);
    return url;
  }
  const binary = await redisBinary(signal);
  return startRedis({ binary, directory: join(settings.DATA_DIR, 'redis'), supervisor });
}

/**
 * @param {(name: 'sandbox', entry: string, env: Record<string, string>) => import('../lib/supervisor.mjs').Child} start
 * @param {Record<string, string>} env
 */
async function startSandbox(start, env) {
  const ready = await start('sandbox', 'packages/sandbox/src/main.ts', env).ready;
  const dataCenters = /** @type {{ id: number, host: string, port: number }[]} */ (ready['dataCenters']);
  return {
    dataCenters,
    control: String(ready['controlUrl']),
    env: {
      ...SANDBOX_CREDENTIALS,
      TELEGRAM_DC: dataCenters.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
      TELEGRAM_DC_KEY: String(ready['publicKeyFile']),
      SANDBOX_CONTROL_URL: String(ready['controlUrl']),
    },
  };
}

/**
 * Serves the console from its sources.
 * @param {Supervisor} supervisor @param {string} apiUrl @returns {Promise<string>} its URL
 */
export async function startConsole(supervisor, apiUrl) {
  const child = supervisor.start({
    name: 'console',
    command: [join(ROOT, 'packages', 'console', 'dev-server.mjs'), apiUrl],
    env: {},
    graceMs: GRACE.console,
  });
  const { url } = await child.ready;
  return String(url);
}
