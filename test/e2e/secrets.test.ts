import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

test('no code, password, session or API hash is readable in Redis, files or logs', async () => {
  await using stack = await Stack.start({
    LOG_LEVEL: 'trace',
    TELEGRAM_API_HASH: 'deadbeefdeadbeefdeadbeefdeadbeef',
  });
  const phone = '+79995550101';
  const password = 'correct-horse-battery';
  await stack.control.createAccount({ phone, first_name: 'Eve', password });
  await stack.api.startSignIn('eve', phone);
  const code = await stack.control.code(phone);
  await stack.api.verify('eve', { phone_code: code, password: 'a-wrong-password' });
  expect((await stack.api.verify('eve', { password })).status).toBe(200);
  await stack.api.send('eve', 'me', 'hello');

  const places = new Map([
    ['Redis', await everythingIn(stack.redis.url)],
    ['log of the API', stack.apiProcess.output],
    ['log of the worker', stack.worker.output],
    ...(await filesOf(stack.dataDir)),
  ]);
  expect([...places.keys()]).toEqual(
    expect.arrayContaining(['telegram_auth.json', 'telegram_sessions/eve.session']),
  );
  for (const [place, content] of places) {
    for (const secret of [password, 'a-wrong-password', 'deadbeefdeadbeef'])
      expect(content, place).not.toContain(secret);
    // Five digits may stand in a time or an id by chance; as a value of their own they may not.
    expect(content, place).not.toMatch(new RegExp(`(?<![0-9A-Za-z.])${code}(?![0-9A-Za-z.])`));
  }
  expect(places.get('log of the worker')).not.toContain(phone.slice(1));
});

test('what is kept on disk is for the owner alone', async () => {
  await using stack = await Stack.start();
  await stack.signIn('frank', '+9996624001');
  for (const file of ['telegram_auth.json', 'telegram_sessions/frank.session', 'session_encryption.key']) {
    expect((await stat(join(stack.dataDir, file))).mode & 0o777, file).toBe(0o600);
  }
});

/** Files of the product, by path; the sandbox plays Telegram, which knows its users' codes. */
async function filesOf(directory: string): Promise<[string, string][]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  const ours = files.filter((file) => !file.startsWith('sandbox/'));
  return Promise.all(
    ours.map(async (file): Promise<[string, string]> => [
      file,
      await readFile(join(directory, file), 'latin1'),
    ]),
  );
}

async function everythingIn(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const parts: string[] = [];
    for (const key of await redis.keys('*'))
      parts.push(key, JSON.stringify(await valueOf(redis, key, await redis.type(key))));
    return parts.join('\n');
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string, type: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, 0, -1, 'WITHSCORES');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      throw new Error(`a key of an unknown type: ${type}`);
  }
}
