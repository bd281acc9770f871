import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildCode } from './lib/code.mjs';
import { buildConsole } from './lib/console.mjs';
import { lockDataDir } from './lib/data-dir-lock.mjs';
import { checkNode, installDependencies } from './lib/dependencies.mjs';
import { sandboxGuide, telegramGuide } from './lib/guide.mjs';
import { nodeArguments, nodeEnvironment } from './lib/node-arguments.mjs';
import { isFree } from './lib/ports.mjs';
import { redisBinary } from './lib/redis-binary.mjs';
import { checkRedisUrl, startRedis } from './lib/redis.mjs';
import { ROOT } from './lib/root.mjs';
import { Interrupted, runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';
import { Supervisor } from './lib/supervisor.mjs';

/** @typedef {import('../packages/runtime/src/settings.ts').Settings} Settings */

/** What the sandbox takes for an app's credentials: any will do there. */
const SANDBOX_CREDENTIALS = { TELEGRAM_API_ID: '1', TELEGRAM_API_HASH: '00000000000000000000000000000000' };

/** ms that a part has to end. The worker lets the calls under way end first. */
const GRACE = { sandbox: 5_000, worker: 30_000, api: 15_000 };

await runScript(async () => {
  process.chdir(ROOT);
  checkNode();
  const { signal } = stopSignal();
  try {
    await installDependencies(signal);
    await buildConsole(signal);
    const build = await buildCode(signal);
    const settings = await readSettings(build);
    signal.throwIfAborted();
    const unlock = lockDataDir(settings.DATA_DIR);
    try {
      await checkPorts(settings);
      await run(settings, build, signal);
    } finally {
      unlock();
    }
  } catch (error) {
    // To be stopped is no fault, at whatever moment.
    if (!(error instanceof Interrupted)) throw error;
    say(`\nStopped: ${error.message}.`);
  }
});

/** The product's own reading of the environment and `.env`. @param {string} build @returns {Promise<Settings>} */
async function readSettings(build) {
  /** @type {typeof import('../packages/runtime/src/settings.ts')} */
  const runtime = await import(pathToFileURL(join(build, 'settings.mjs')).href);
  try {
    return runtime.readSettings();
  } catch (error) {
    if (error instanceof Error && error.name === 'SettingsError') throw new Stop(error.message);
    throw error;
  }
}

/** @param {Settings} settings */
async function checkPorts(settings) {
  const wanted = [
    { setting: 'PORT', host: settings.HOST, port: settings.PORT },
    ...(isSandboxed(settings)
      ? [
          { setting: 'SANDBOX_PORT', host: '127.0.0.1', port: settings.SANDBOX_PORT },
          { setting: 'SANDBOX_CONTROL_PORT', host: '127.0.0.1', port: settings.SANDBOX_CONTROL_PORT },
        ]
      : []),
  ];
  for (const { setting, host, port } of wanted) {
    if (port === 0 || (await isFree(host, port))) continue;
    throw new Stop(
      `Port ${port} (${setting}) is in use on ${host}: by another npm start, or another program.\n` +
        `Stop that one, or set another ${setting}, e.g. ${setting}=${port + 100} npm start`,
    );
  }
}

/** @param {Settings} settings */
function isSandboxed(settings) {
  return settings.TELEGRAM_API_ID === undefined;
}

/**
 * Starts everything, says what runs where, and waits until `signal` aborts or a part ends by itself. Ends all parts before it returns.
 * @param {Settings} settings @param {string} build @param {AbortSignal} signal
 * @throws {Interrupted | Stop} always: why it ended
 */
async function run(settings, build, signal) {
  const crashed = new AbortController();
  const supervisor = new Supervisor((crash) => crashed.abort(new Stop(`${crash}: stopping the rest.`)));
  const over = rejectOn(AbortSignal.any([signal, crashed.signal]));
  try {
    await Promise.race([startParts(settings, build, supervisor, signal), over]);
    await over;
  } finally {
    if (signal.aborted) say('\nStopping…');
    await supervisor.stop();
  }
}

/** @param {AbortSignal} signal @returns {Promise<never>} rejects with the signal's reason */
function rejectOn(signal) {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** @param {Settings} settings @param {string} build @param {Supervisor} supervisor @param {AbortSignal} signal */
async function startParts(settings, build, supervisor, signal) {
  const start = partStarter(supervisor, build);
  const env = { LOG_FORMAT: process.env['LOG_FORMAT'] ?? 'pretty' };
  const [redisUrl, telegram] = await Promise.all([
    provideRedis(settings, supervisor, signal),
    isSandboxed(settings) ? startSandbox(start, env) : undefined,
  ]);
  const shared = { ...env, REDIS_URL: redisUrl, ...telegram?.env };
  const worker = start('worker', 'apps/worker/src/main.ts', shared, GRACE.worker);
  const api = start('api', 'apps/api/src/main.ts', shared, GRACE.api);
  const [{ url }] = await Promise.all([api.ready, worker.ready]);
  introduce({ settings, apiUrl: String(url), telegram });
}

/** @param {Settings} settings @param {Supervisor} supervisor @param {AbortSignal} signal */
async function provideRedis(settings, supervisor, signal) {
  if (process.env['REDIS_URL']) {
    await checkRedisUrl(settings.REDIS_URL);
    return settings.REDIS_URL;
  }
  const binary = await redisBinary(signal);
  return startRedis({ binary, directory: join(settings.DATA_DIR, 'redis'), supervisor });
}

/** @param {ReturnType<typeof partStarter>} start @param {Record<string, string>} env */
async function startSandbox(start, env) {
  const sandbox = start('sandbox', 'packages/sandbox/src/main.ts', env, GRACE.sandbox);
  const ready = await sandbox.ready;
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

/** @param {Supervisor} supervisor @param {string} build the folder that the parts are in */
function partStarter(supervisor, build) {
  /** @param {string} name @param {string} entry @param {Record<string, string>} env @param {number} graceMs */
  return (name, entry, env, graceMs) => {
    const command = nodeArguments(entry, build);
    return supervisor.start({ name, command, env: { ...nodeEnvironment(entry), ...env }, graceMs });
  };
}

/** @param {{ settings: Settings, apiUrl: string, telegram: { control: string, dataCenters: { port: number }[] } | undefined }} what */
function introduce({ settings, apiUrl, telegram }) {
  const redis = process.env['REDIS_URL']
    ? 'REDIS_URL'
    : `our own, data in ${join(settings.DATA_DIR, 'redis')}`;
  const sealedBy =
    settings.SESSION_ENCRYPTION_KEY === undefined
      ? `sealed by ${join(settings.DATA_DIR, 'session_encryption.key')}`
      : 'sealed';
  const mode =
    telegram === undefined
      ? '  Telegram   THE REAL ONE, with your TELEGRAM_API_ID. Accounts can be banned: see the README'
      : [
          '  ***  SANDBOX: no message leaves this machine. Set TELEGRAM_API_ID and TELEGRAM_API_HASH for the real Telegram.  ***',
          `  Sandbox    data centres on ports ${telegram.dataCenters.map(({ port }) => port).join(', ')}; control port ${telegram.control}`,
        ].join('\n');
  const urls = { api: apiUrl, needsKey: settings.API_KEYS.length > 0 };
  const guide =
    telegram === undefined ? telegramGuide(urls) : sandboxGuide({ ...urls, control: telegram.control });
  const board =
    settings.API_KEYS.length > 0 && settings.ADMIN_USER === undefined
      ? 'off: set ADMIN_USER and ADMIN_PASSWORD'
      : 'what waits, and why';
  const dotEnv = existsSync('.env') ? ' and .env' : '';
  say(`
  Unofficial Telegram User API gateway is running. Not made or endorsed by Telegram.

${mode}
  API        ${apiUrl}   (settings from the environment${dotEnv})
  Console    ${apiUrl}/console   (sign in, send and watch in a browser)
  Pages      ${apiUrl}/docs (the API), ${apiUrl}/admin/queues (${board})
  Redis      ${redis}
  Sessions   ${join(settings.DATA_DIR, 'telegram_sessions')}, ${sealedBy}

  Paste these:

${guide.map((line) => `    ${line}`.trimEnd()).join('\n')}

  Ctrl-C stops everything; what was signed in and sent is there at the next start.
`);
}
