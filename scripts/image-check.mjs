import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeBase } from './lib/build/base-image.mjs';
import { Buildah, runOrStop, whyNoBuilder } from './lib/build/buildah.mjs';
import { Image } from './lib/build/image.mjs';
import { freePort } from './lib/ports.mjs';
import { redisBinary } from './lib/redis/redis-binary.mjs';
import { startRedis } from './lib/redis/redis.mjs';
import { MANIFEST } from './lib/root.mjs';
import { runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';
import { Supervisor } from './lib/supervisor.mjs';

const PHONE = '+9996627901';
const KEY = 'a-key';

/** ms for the build, which takes a minute of computing time. More means a registry that hardly answers. */
const LIMIT = 300_000;

/**
 * Builds the image by the Dockerfile as it is, starts the sandbox, an API and a worker of it, signs in, and sends with
 * the CLI in it. Where there is no builder or no network, it says so in one line and succeeds.
 */
await runScript(async () => {
  const reason = whyNoBuilder();
  if (reason !== null) return notChecked(reason);
  const { signal, release } = stopSignal();
  const directory = mkdtempSync(join(tmpdir(), 'gateway-image-'));
  const supervisor = new Supervisor((crash) => say(crash));
  /** @type {Image | undefined} */
  let image;
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1_000)} s`;
  try {
    const buildah = await Buildah.over(directory, signal);
    try {
      await reachRegistry(signal);
      await makeBase(buildah, directory, signal);
    } catch (error) {
      signal.throwIfAborted();
      return notChecked(`no base can be made here (${lastLine(error)})`);
    }
    say(`✓ a base is made (${seconds()})`);
    image = new Image(buildah, directory);
    const limit = AbortSignal.timeout(LIMIT);
    try {
      await image.build(AbortSignal.any([signal, limit]));
    } catch (error) {
      if (limit.aborted) return notChecked(`the build took longer than ${LIMIT / 1_000} s`);
      throw error;
    }
    say(`✓ the image is built (${seconds()})`);
    const binary = await redisBinary(signal);
    const redisUrl = await startRedis({ binary, directory: join(directory, 'redis'), supervisor });
    await tryOut(image, redisUrl, signal);
    say(`✓ the image is checked (${seconds()})`);
  } finally {
    await image?.close();
    await supervisor.stop();
    release();
    rmSync(directory, { recursive: true, force: true });
  }
});

/** Fails where npm's registry does not answer: npm and pnpm would try for minutes. @param {AbortSignal} signal */
async function reachRegistry(signal) {
  const registry = await runOrStop(['npm', 'config', 'get', 'registry'], signal);
  await fetch(registry, { signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]) });
}

/** @param {string} reason */
function notChecked(reason) {
  say(`The image is not checked: ${reason}.`);
}

/** @param {unknown} error */
function lastLine(error) {
  const { cause = error } = error instanceof Error ? error : {};
  return String(cause).trim().split('\n').at(-1) ?? '';
}

/** @param {Image} image @param {string} redisUrl @param {AbortSignal} signal */
async function tryOut(image, redisUrl, signal) {
  const [main, control, port] = [await freePort(), await freePort(), await freePort()];
  const env = {
    REDIS_URL: redisUrl,
    PORT: `${port}`,
    API_KEYS: KEY,
    TELEGRAM_API_ID: '1',
    TELEGRAM_API_HASH: '0'.repeat(32),
    TELEGRAM_DC: [2, 1, 3].map((id, index) => `${id}:127.0.0.1:${main + index}`).join(','),
    TELEGRAM_DC_KEY: '/app/data/sandbox/server-key.pem',
    SANDBOX_PORT: `${main}`,
    SANDBOX_CONTROL_PORT: `${control}`,
    GATEWAY_URL: `http://127.0.0.1:${port}`,
    GATEWAY_API_KEY: KEY,
  };
  /** @param {string} url @param {object} [body] */
  const call = async (url, body) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(url, { headers, signal, ...request });
    if (!response.ok) throw new Stop(`${url}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  /** @param {string} url */
  const isUp = async (url) => {
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        return void (await call(url));
      } catch (error) {
        signal.throwIfAborted();
        if (Date.now() > deadline)
          throw new Stop(`${url} does not answer: ${String(error)}\n${image.log.slice(-5_000)}`);
        await delay(100);
      }
    }
  };
  const node = ['node', '--enable-source-maps'];
  image.start([...node, 'dist/current/sandbox.mjs'], env);
  await isUp(`http://127.0.0.1:${control}/`);
  image.start([...node, 'dist/current/api.mjs'], env);
  image.start([...node, 'dist/current/worker.mjs'], env);
  await isUp(`${env.GATEWAY_URL}/readyz`);
  for (const part of ['api', 'worker']) await image.run(['node', `dist/current/${part}-healthy.mjs`], env);
  const version = await image.run(['telegram-gateway', '--version'], env);
  if (version !== MANIFEST.version) throw new Stop(`The CLI in the image has version ${version}.`);
  say('✓ sandbox, API and worker run, and are healthy');
  await call(`${env.GATEWAY_URL}/telegram/user/auth/start`, { user_id: 'alice', phone_number: PHONE });
  const { code } = await call(`http://127.0.0.1:${control}/codes/${encodeURIComponent(PHONE)}`);
  await call(`${env.GATEWAY_URL}/telegram/user/auth/verify`, { user_id: 'alice', phone_code: code });
  await image.run(['telegram-gateway', 'send', 'alice', 'me', 'from the image'], env);
  const messages = await call(`http://127.0.0.1:${control}/messages`);
  if (!JSON.stringify(messages).includes('from the image')) throw new Stop('The message did not arrive.');
  say('✓ a person signs in, and the CLI in the image sends');
  const backup = 'deploy/backup.sh - 2>/dev/null | tar -tz';
  const files = await image.run(['bash', '-c', backup], { ...env, REDIS_URL: '' });
  if (!files.includes('alice.session')) throw new Stop(`The backup lacks the session: ${files}`);
  say('✓ the image backs up its sessions');
}
