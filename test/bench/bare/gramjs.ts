import { readFileSync } from 'node:fs';
import { TelegramClient } from 'telegram';
import { AuthKey } from 'telegram/crypto/AuthKey.js';
import { Logger, LogLevel } from 'telegram/extensions/Logger.js';
import { ConnectionTCPFull } from 'telegram/network/connection/TCPFull.js';
import { MemorySession } from 'telegram/sessions/Memory.js';
import { Api } from 'telegram/tl/index.js';
import type { BenchAccount } from '../accounts.ts';
import { answerParent } from '../child.ts';

/** The library as its users use it, with nothing of ours: what the product is measured against. */

const [, dcList = ''] = [0, process.env['TELEGRAM_DC']];
const ADDRESSES = new Map(
  dcList.split(',').map((each) => {
    const [id, host = '', port] = each.split(':');
    return [Number(id), { host, port: Number(port) }] as const;
  }),
);

/** The library knows Telegram's own addresses only. */
class LocalConnection extends ConnectionTCPFull {
  constructor(options: ConstructorParameters<typeof ConnectionTCPFull>[0]) {
    const place = ADDRESSES.get(options.dcId);
    super({ ...options, ...(place !== undefined && { ip: place.host, port: place.port }) });
  }
}

const accounts = Object.values(
  JSON.parse(readFileSync(process.env['BENCH_ACCOUNTS'] ?? '', 'utf8')) as Record<string, BenchAccount>,
);
const clients: TelegramClient[] = [];

async function connect(count: number): Promise<void> {
  for (const { dc, authKey } of accounts.slice(clients.length, count)) {
    const session = new MemorySession();
    session.setDC(dc, ADDRESSES.get(dc)?.host ?? '', ADDRESSES.get(dc)?.port ?? 0);
    const key = new AuthKey();
    await key.setKey(Buffer.from(authKey, 'base64url'));
    session.setAuthKey(key, dc);
    const client = new TelegramClient(session, 1, '0123456789abcdef0123456789abcdef', {
      connection: LocalConnection,
      baseLogger: new Logger(LogLevel.NONE),
      connectionRetries: 3,
    });
    await client.connect();
    // Whoever sends as somebody knows who that is.
    await client.getMe();
    clients.push(client);
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

await answerParent({
  connect: async ({ count }) => connect(Number(count)),
  send: async ({ count }) => send(Number(count)),
  sendOne: async ({ text }) => sendOne(String(text)),
  ping: async () => {
    await Promise.all(clients.map((client) => client.invoke(new Api.Ping({ pingId: 1 as never }))));
  },
});
