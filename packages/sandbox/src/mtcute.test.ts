import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelegramClient } from '@mtcute/node';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { mtcuteClient } from './testing/mtcute-client.ts';

let sandbox: Sandbox;
const clients: TelegramClient[] = [];

beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.destroy();
  await sandbox.close();
});

async function newClient(): Promise<TelegramClient> {
  const client = await mtcuteClient(sandbox);
  clients.push(client);
  return client;
}

async function signIn(phone: string): Promise<{ client: TelegramClient; id: number }> {
  const client = await newClient();
  const user = await client.start({ phone, code: () => sandbox.control.lastCode(phone).code });
  return { client, id: user.id };
}

test('signs in by code', async () => {
  const { id, client } = await signIn('+9996621001');
  expect((await client.getMe()).id).toBe(id);
});
