import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Image, whyNoImage } from './lib/build/image.mjs';
import { freePort } from './lib/ports.mjs';
import { redisBinary } from './lib/redis/redis-binary.mjs';
import { startRedis } from './lib/redis/redis.mjs';
import { runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';
import { Supervisor } from './lib/supervisor.mjs';

const PHONE = '+9996627901';
const KEY = 'a-key';

/**
 * Builds the image by the Dockerfile as it is, starts the sandbox, an API and a worker of it, signs in, and sends with
 * the CLI in it. Where there is no builder, it says so and succeeds.
 */
await runScript(async () => {
  const reason = whyNoImage();
  if (reason !== null) return say(`The image is not checked: ${reason}.`);
  const { signal, release } = stopSignal();
  const directory = mkdtempSync(join(tmpdir(), 'gateway-image-'));
  const supervisor = new Supervisor((crash) => say(crash));
  const image = new Image(directory, signal);
  try {
    const began = Date.now();
    await image.makeBase();
    await image.build();
    say(`✓ the image is built (${Math.round((Date.now() - began) / 1_000)} s)`);
    const binary = await redisBinary(signal);
    const redisUrl = await startRedis({ binary, directory: join(directory, 'redis'), supervisor });
    await tryOut(image, redisUrl, signal);
  } finally {
    await image.close();
    await supervisor.stop();
    release();
    rmSync(directory, { recursive: true, force: true });
  }
});

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
