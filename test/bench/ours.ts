import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readSettings } from '@gateway/runtime';
import { MemoryPeerBook } from '@gateway/sessions';
import { createTelegram, type AccountClient, type PendingLogin } from '@gateway/telegram';
import type { BenchAccount } from './accounts.ts';
import { answerParent } from './child.ts';

/** The product's Telegram client without the rest of the product, with the same tasks as the bare library. */

const settings = readSettings();
const telegram = createTelegram({
  apiId: 1,
  apiHash: '0123456789abcdef0123456789abcdef',
  dataCenters: settings.TELEGRAM_DC,
  serverKeys: settings.TELEGRAM_DC_KEY ?? [],
  connectTimeoutMs: 15_000,
  callTimeoutMs: 15_000,
});
const accounts = Object.values(
  JSON.parse(readFileSync(process.env['BENCH_ACCOUNTS'] ?? '', 'utf8')) as Record<string, BenchAccount>,
);
const clients: AccountClient[] = [];
let newcomer: { client: AccountClient; login: PendingLogin } | undefined;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function clientOf({ dc, authKey }: BenchAccount): AccountClient {
  return telegram.open(`v1.${dc}.${authKey}`, new MemoryPeerBook());
}

async function connect(count: number): Promise<void> {
  for (const account of accounts.slice(clients.length, count)) {
    const client = clientOf(account);
    await client.me();
    clients.push(client);
  }
}

/** Each client sends its share, one message after the other. */
async function send(count: number): Promise<void> {
  const each = count / clients.length;
  await Promise.all(
    clients.map(async (client) => {
      for (let index = 0; index < each; index += 1)
        await client.run('send', {
          recipient: { kind: 'self' },
          text: `message ${index}`,
          randomId: randomBytes(8).readBigInt64LE(),
          linkPreview: true,
        });
    }),
  );
}

await answerParent({
  connect: async ({ count }) => connect(Number(count)),
  send: async ({ count }) => send(Number(count)),
  newKey: ({ phone }) =>
    timed(async () => {
      const client = telegram.open(null, new MemoryPeerBook());
      const { phone_code_hash, delivery } = await client.sendCode(String(phone));
      const login = { phoneNumber: String(phone), phoneCodeHash: phone_code_hash, delivery };
      newcomer = { client, login };
    }),
  signIn: async ({ code }) => newcomer?.client.signIn(newcomer.login, String(code)),
  password: async ({ password }) => {
    const ms = await timed(async () => newcomer?.client.checkPassword(String(password)));
    await newcomer?.client.close();
    return ms;
  },
  known: async () => {
    const [account] = accounts;
    if (account === undefined) throw new Error('there is no account');
    const client = clientOf(account);
    const ms = await timed(() => client.me());
    await client.close();
    return ms;
  },
});
