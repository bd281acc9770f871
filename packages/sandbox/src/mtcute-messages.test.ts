import type { Message, TelegramClient } from '@mtcute/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { signedIn, type SignedIn } from './testing/mtcute-users.ts';

/** What mtcute does with messages after sending them, and what the other side's mtcute sees of it. */
describe('mtcute', () => {
  let sandbox: Sandbox;
  let alice: SignedIn;
  let bob: SignedIn;
  beforeEach(async () => {
    sandbox = await createSandbox();
    [alice, bob] = await Promise.all([signedIn(sandbox, '+9996621001'), signedIn(sandbox, '+9996621002')]);
  });
  afterEach(() => sandbox.close());

  test('edits a message, and the other side sees the edit pushed and in the history', async () => {
    const edits: string[] = [];
    bob.client.onEditMessage.add((message: Message) => void edits.push(message.text));
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const sent = await alice.client.sendText(peer, 'first');
    const edited = await alice.client.editMessage({ chatId: peer, message: sent.id, text: 'second' });
    expect(edited).toMatchObject({ id: sent.id, text: 'second', editDate: expect.any(Date) });

    await expect.poll(() => edits).toEqual(['second']);
    expect(await texts(bob.client, alice.id)).toEqual(['second']);
    await expect(
      alice.client.editMessage({ chatId: peer, message: sent.id, text: 'second' }),
    ).rejects.toMatchObject({ code: 400, text: 'MESSAGE_NOT_MODIFIED' });
  });

  test('edits messages of groups and channels', async () => {
    const edits: string[] = [];
    bob.client.onEditMessage.add((message: Message) => void edits.push(message.text));
    for (const kind of ['group', 'supergroup', 'channel'] as const) {
      const { id } = sandbox.control.createChat({ title: kind, kind, members: [alice.id, bob.id] });
      await expect.poll(() => titles(alice.client)).toContain(kind);
      const sent = await alice.client.sendText(id, 'first');
      await alice.client.editMessage({ chatId: id, message: sent.id, text: `second, in a ${kind}` });
      await expect.poll(() => edits).toContain(`second, in a ${kind}`);
      expect((await texts(alice.client, id))[0]).toBe(`second, in a ${kind}`);
    }
  });

  test('catches up with an edit that it missed', async () => {
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const sent = await alice.client.sendText(peer, 'first');
    const { pts, date, qts } = await bob.client.call({ _: 'updates.getState' });
    await alice.client.editMessage({ chatId: peer, message: sent.id, text: 'second' });
    expect(await bob.client.call({ _: 'updates.getDifference', pts, date, qts })).toMatchObject({
      newMessages: [],
      otherUpdates: [{ _: 'updateEditMessage', message: { message: 'second' }, pts: pts + 1 }],
      state: { pts: pts + 1 },
    });
  });
});

async function texts(client: TelegramClient, chat: number): Promise<string[]> {
  return (await client.getHistory(chat)).map(({ text }) => text);
}

async function titles(client: TelegramClient): Promise<string[]> {
  const found: string[] = [];
  for await (const dialog of client.iterDialogs()) found.push(dialog.peer.displayName);
  return found;
}
