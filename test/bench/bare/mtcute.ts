import { readFileSync } from 'node:fs';
import { MemoryStorage } from '@mtcute/core';
import { BaseTelegramClient, TelegramClient } from '@mtcute/node';
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js';
import type { BenchAccount } from '../accounts.ts';
import { answerParent } from '../child.ts';
import { serveSends } from './serve-sends.ts';

/** mtcute, set up as a replacement for GramJS: no updates, existing sessions. */

const DATA_CENTERS = (process.env['TELEGRAM_DC'] ?? '').split(',').map((each) => {
  const [id, ipAddress = '', port] = each.split(':');
  return { id: Number(id), ipAddress, port: Number(port) };
});
const crypto = new NodeCryptoProvider();
await crypto.initialize();
addPublicKey(crypto, readFileSync(process.env['TELEGRAM_DC_KEY'] ?? '', 'utf8'));
const accounts = Object.entries(
  JSON.parse(readFileSync(process.env['BENCH_ACCOUNTS'] ?? '', 'utf8')) as Record<string, BenchAccount>,
);
const clients: TelegramClient[] = [];
const byUser = new Map<string, TelegramClient>();

async function connect(count: number): Promise<void> {
  for (const [userId, { id, dc, authKey }] of accounts.slice(clients.length, count)) {
    const main = DATA_CENTERS.find((each) => each.id === dc);
    if (main === undefined) throw new Error(`no address of data centre ${dc}`);
    const base = new BaseTelegramClient({
      apiId: 1,
      apiHash: '0123456789abcdef0123456789abcdef',
      storage: new MemoryStorage(),
      crypto,
      defaultDcs: { main, media: main },
      updates: false,
      logLevel: 0,
    });
    const client = new TelegramClient({ client: base });
    await client.importSession({
      primaryDcs: { main, media: main },
      authKey: Buffer.from(authKey, 'base64url'),
      self: { userId: id, isBot: false, isPremium: false, usernames: [] },
    });
    await client.connect();
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
      for (let index = 0; index < each; index += 1) await client.sendText('me', `message ${index}`);
    }),
  );
}

await answerParent({
  connect: async ({ count }) => connect(Number(count)),
  send: async ({ count }) => send(Number(count)),
  serve: () =>
    serveSends(async (userId, recipient, text) => (await byUser.get(userId)?.sendText(recipient, text))?.id),
});
