import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { signedIn, type SignedIn } from './testing/mtcute-users.ts';

describe('mtcute', () => {
  let sandbox: Sandbox;
  let alice: SignedIn;
  let bob: SignedIn;
  beforeEach(async () => {
    sandbox = await createSandbox();
    [alice, bob] = await Promise.all([signedIn(sandbox, '+9996621001'), signedIn(sandbox, '+9996621002')]);
  });
  afterEach(() => sandbox.close());

  test('joins chats by invite link and by name, writes there, and leaves', async () => {
    for (const type of ['group', 'supergroup'] as const) {
      const chat = { type, title: `a ${type}`, members: [alice.id] };
      const { id, invite_link } = sandbox.control.chats.create(chat);
      expect(await bob.client.getChatPreview(invite_link)).toMatchObject({ title: `a ${type}` });
      expect(await bob.client.joinChat(invite_link)).toMatchObject({
        status: 'ok',
        chat: { id: Number(id), title: `a ${type}` },
      });
      await bob.client.sendText(Number(id), `hello, ${type}`);
      await expect.poll(() => alice.received).toContain(`hello, ${type}`);
      await bob.client.leaveChat(Number(id));
      expect(sandbox.control.chats.details(id).members).toEqual([alice.id]);
    }
    sandbox.control.chats.create({
      type: 'channel',
      title: 'News',
      username: 'the_news',
      members: [alice.id],
    });
    expect(await bob.client.joinChat('the_news')).toMatchObject({ status: 'ok', chat: { title: 'News' } });
  });

  test('waits for the approval of a join, then reads and searches the chat', async () => {
    const { id, invite_link } = sandbox.control.chats.create({
      type: 'supergroup',
      title: 'Club',
      members: [alice.id],
      join_requests: true,
    });
    expect(await bob.client.joinChat(invite_link)).toEqual({ status: 'request_sent' });
    sandbox.control.chats.answerJoinRequest({ chat: id, account: bob.id, approved: true });
    await alice.client.sendText(Number(id), 'welcome to the club');
    await expect.poll(() => bob.received).toEqual(['welcome to the club']);
    const found = await bob.client.searchMessages({ chatId: Number(id), query: 'CLUB' });
    expect(found.map(({ text }) => text)).toEqual(['welcome to the club']);
  });

  test("presses a bot's button and gets the answer, or a timeout", async () => {
    sandbox.control.chats.createBot({ username: 'choice_bot', buttons: [['Yes', 'No']], answer: 'Thanks' });
    sandbox.control.chats.createBot({ username: 'silent_bot', buttons: ['Yes'], silent: true });
    for (const bot of ['choice_bot', 'silent_bot']) await alice.client.sendText(bot, '/start');
    await expect.poll(() => alice.received).toEqual(['Choose:', 'Choose:']);
    const press = async (bot: string): Promise<unknown> => {
      const [message] = await alice.client.getHistory(bot);
      const markup = message?.raw._ === 'message' ? message.raw.replyMarkup : undefined;
      if (message === undefined || markup?._ !== 'replyInlineMarkup')
        throw new Error('the bot has sent no buttons');
      const [button] = markup.rows[0]?.buttons ?? [];
      if (button?._ !== 'keyboardButtonCallback') throw new Error('there is no such button');
      return alice.client.getCallbackAnswer({ chatId: bot, message: message.id, data: button.data });
    };
    expect(await press('choice_bot')).toMatchObject({ message: 'Thanks' });
    await expect(press('silent_bot')).rejects.toMatchObject({ text: 'BOT_RESPONSE_TIMEOUT' });
    expect(sandbox.control.chats.presses()).toMatchObject([{ data: 'Yes' }, { data: 'Yes' }]);
  });
});
