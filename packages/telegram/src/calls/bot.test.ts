import type { Recipient } from '@gateway/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { testPhone, World, type SignedIn } from '../testing/world.ts';
import type { AccountClient } from '../types.ts';
import type { OutgoingMessage } from './send-message.ts';

const TOKEN = '700123:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr';
const BOT_ID = 700_123;

let world: World;
let anna: SignedIn;
let bot: AccountClient;
let lastRandomId = 1n;

function message(recipient: Recipient, text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  lastRandomId += 1n;
  return { recipient, text, randomId: lastRandomId, linkPreview: true, ...more };
}

async function openBot(token = TOKEN): Promise<AccountClient> {
  const client = world.open(null, new MemoryPeerBook(), { isBot: true });
  await client.signInBot(token);
  return client;
}

beforeAll(async () => {
  world = await World.create();
  world.control.createBot({ bot_token: TOKEN, first_name: 'Helper', username: 'helper_bot' });
  anna = await world.signIn();
  bot = await openBot();
});
afterAll(() => world.close());

describe('a bot', () => {
  it('signs in by its token, and stays signed in', async () => {
    expect(await bot.me()).toMatchObject({ id: BOT_ID, first_name: 'Helper', phone_number: null });
    const session = bot.session();
    await bot.close();
    bot = world.open(session, new MemoryPeerBook(), { isBot: true });
    expect(await bot.me()).toMatchObject({ id: BOT_ID });
  });

  it('is refused a token that Telegram does not know', async () => {
    await expect(openBot('700124:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr')).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'BOT_NOT_CONFIGURED', details: { rpcError: 'ACCESS_TOKEN_INVALID' } },
    });
  });

  it('cannot write first; by id it can, to people who have begun a chat with it', async () => {
    const toAnna = { kind: 'user', id: String(anna.user.id) } as const;
    world.control.createAccount({ phone: testPhone(), first_name: 'Rita', username: 'rita_reads' });
    const toName = { kind: 'username', username: 'rita_reads' } as const;
    for (const recipient of [toAnna, toName])
      await expect(bot.run('send', message(recipient, 'hi'))).rejects.toMatchObject({
        error: {
          code: 'RECIPIENT_NOT_FOUND',
          message: expect.stringMatching(
            /people who have written to it first: have them open the bot and press Start/,
          ),
        },
      });
    await anna.client.run('send', message({ kind: 'username', username: 'helper_bot' }, '/start'));
    await bot.run('send', message(toAnna, 'hello'));
    expect(world.control.messages({ from: BOT_ID, to: anna.user.id }).map(({ text }) => text)).toEqual([
      'hello',
    ]);
  });

  it('finds no phone, and asks Telegram for nothing that bots may not', async () => {
    await expect(bot.run('send', message({ kind: 'phone', phone: testPhone() }, 'x'))).rejects.toMatchObject({
      error: { code: 'RECIPIENT_NOT_FOUND' },
    });
  });

  it('sends a message once, and finds it again where the answer was lost', async () => {
    const toAnna = { kind: 'user', id: String(anna.user.id) } as const;
    const first = await bot.run('send', message(toAnna, 'floor'));
    const once = message(toAnna, 'once', { after: first.message_id });
    const sent = await bot.run('send', once);
    expect(await bot.run('send', once)).toMatchObject({ message_id: sent.message_id });
    expect(
      await bot.run('send', {
        ...message(toAnna, 'once', { after: first.message_id }),
        searchSince: Date.now() - 10_000,
      }),
    ).toMatchObject({ message_id: sent.message_id });
    expect(
      world.control.messages({ from: BOT_ID, to: anna.user.id }).filter(({ text }) => text === 'once'),
    ).toHaveLength(1);
  });

  it('says that the outcome is not known where it has nothing to look by', async () => {
    const old = message({ kind: 'user', id: String(anna.user.id) }, 'old', {
      searchSince: Date.now() - 10_000,
    });
    await expect(bot.run('send', old)).rejects.toMatchObject({ failure: { outcome: 'unknown' } });
  });
});
