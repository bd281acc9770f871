import { readFileSync } from 'node:fs';
import { TelegramClient } from 'telegram';
import { AuthKey } from 'telegram/crypto/AuthKey.js';
import { Logger, LogLevel } from 'telegram/extensions/Logger.js';
import { ConnectionTCPFull } from 'telegram/network/connection/TCPFull.js';
import { MemorySession } from 'telegram/sessions/Memory.js';
import { Api } from 'telegram/tl/index.js';
import { trustServerKeys } from '../../../packages/telegram/src/connection/server-keys.ts';
import type { BenchAccount } from '../accounts.ts';
import { answerParent } from '../child.ts';
import { serveSends } from './serve-sends.ts';

/** The unmodified library as its users use it. The product is compared with it. */

const CREDENTIALS = { apiId: 1, apiHash: '0123456789abcdef0123456789abcdef' };
trustServerKeys([readFileSync(process.env['TELEGRAM_DC_KEY'] ?? '', 'utf8')]);

const ADDRESSES = new Map(
  (process.env['TELEGRAM_DC'] ?? '').split(',').map((each) => {
    const [id, host = '', port] = each.split(':');
    return [Number(id), { host, port: Number(port) }] as const;
  }),
);

/** The library only knows Telegram's own addresses. */
class LocalConnection extends ConnectionTCPFull {
  constructor(options: ConstructorParameters<typeof ConnectionTCPFull>[0]) {
    const place = ADDRESSES.get(options.dcId);
    super({ ...options, ...(place !== undefined && { ip: place.host, port: place.port }) });
  }
}

const accounts = Object.entries(
  JSON.parse(readFileSync(process.env['BENCH_ACCOUNTS'] ?? '', 'utf8')) as Record<string, BenchAccount>,
);
const clients: TelegramClient[] = [];
const byUser = new Map<string, TelegramClient>();

/** Without a key, the client agrees on a new one with the first data centre. */
async function clientOf(dc: number, authKey: string | undefined): Promise<TelegramClient> {
  const session = new MemorySession();
  session.setDC(dc, ADDRESSES.get(dc)?.host ?? '', ADDRESSES.get(dc)?.port ?? 0);
  if (authKey !== undefined) {
    const key = new AuthKey();
    await key.setKey(Buffer.from(authKey, 'base64url'));
    session.setAuthKey(key, dc);
  }
  return new TelegramClient(session, CREDENTIALS.apiId, CREDENTIALS.apiHash, {
    connection: LocalConnection,
    baseLogger: new Logger(LogLevel.NONE),
    connectionRetries: 3,
  });
}

async function connect(count: number): Promise<void> {
  for (const [userId, { dc, authKey }] of accounts.slice(clients.length, count)) {
    const client = await clientOf(dc, authKey);
    await client.connect();
    // A real sender also looks up its own user.
    await client.getMe();
    clients.push(client);
    byUser.set(userId, client);
  }
}

/** Each client sends its share, one message after the other. */
async function send(count: number): Promise<void> {
  const each = count / clients.length;
  await Promise.all(
    clients.map(async (client) => {
      for (let index = 0; index < each; index += 1)
        await client.sendMessage('me', { message: `message ${index}` });
    }),
  );
}

async function sendOne(text: string): Promise<number> {
  const begun = performance.now();
  await clients[0]?.sendMessage('me', { message: text });
  return performance.now() - begun;
}

let newcomer: { client: TelegramClient; phoneNumber: string; phoneCodeHash: string } | undefined;

async function newKey(phoneNumber: string): Promise<number> {
  const begun = performance.now();
  const [first = 0] = ADDRESSES.keys();
  const client = await clientOf(first, undefined);
  await client.connect();
  const { phoneCodeHash } = await client.sendCode(CREDENTIALS, phoneNumber);
  newcomer = { client, phoneNumber, phoneCodeHash };
  return performance.now() - begun;
}

/** Signs in until the password is required. */
async function signIn(phoneCode: string): Promise<void> {
  const { client, ...login } = newcomer ?? {};
  await client?.invoke(new Api.auth.SignIn({ ...login, phoneCode })).then(
    () => Promise.reject(new Error('no password was asked for')),
    (error: Error) => {
      if (!error.message.includes('SESSION_PASSWORD_NEEDED')) throw error;
    },
  );
}

async function password(given: string): Promise<number> {
  const begun = performance.now();
  const onError = (error: Error) => {
    throw error;
  };
  await newcomer?.client.signInWithPassword(CREDENTIALS, { password: async () => given, onError });
  const ms = performance.now() - begun;
  await newcomer?.client.destroy();
  return ms;
}

async function known(): Promise<number> {
  const [, account] = accounts[0] ?? [];
  const client = await clientOf(account?.dc ?? 0, account?.authKey);
  const begun = performance.now();
  await client.connect();
  await client.getMe();
  const ms = performance.now() - begun;
  await client.destroy();
  return ms;
}

await answerParent({
  newKey: async ({ phone }) => newKey(String(phone)),
  signIn: async ({ code }) => signIn(String(code)),
  password: async ({ password: given }) => password(String(given)),
  known,
  connect: async ({ count }) => connect(Number(count)),
  send: async ({ count }) => send(Number(count)),
  sendOne: async ({ text }) => sendOne(String(text)),
  serve: () =>
    serveSends(
      async (userId, recipient, text) =>
        (await byUser.get(userId)?.sendMessage(recipient, { message: text }))?.id,
    ),
  ping: async () => {
    await Promise.all(clients.map((client) => client.invoke(new Api.Ping({ pingId: 1 as never }))));
  },
});
