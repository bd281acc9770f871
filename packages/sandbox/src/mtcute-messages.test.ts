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

  test('deletes a message for both sides', async () => {
    const deleted: number[] = [];
    bob.client.onDeleteMessage.add(({ messageIds }) => void deleted.push(...messageIds));
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const [first, second] = [
      await alice.client.sendText(peer, 'first'),
      await alice.client.sendText(peer, 'second'),
    ];
    await alice.client.deleteMessagesById(peer, [first.id]);
    await expect.poll(() => deleted).toHaveLength(1);
    expect(await texts(bob.client, alice.id)).toEqual(['second']);
    expect(await texts(alice.client, bob.id)).toEqual(['second']);
    // The pts goes on without a gap: mtcute sees the next message at once.
    await alice.client.editMessage({ chatId: peer, message: second.id, text: 'third' });
    await alice.client.sendText(peer, 'fourth');
    await expect.poll(() => bob.received).toContain('fourth');
  });

  test('reacts to, pins and reads messages', async () => {
    const reads: { isOutbox: boolean; lastReadId: number }[] = [];
    alice.client.onHistoryRead.add(
      ({ isOutbox, maxReadId }) => void reads.push({ isOutbox, lastReadId: maxReadId }),
    );
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const sent = await alice.client.sendText(peer, 'hi');
    await expect.poll(() => bob.received).toEqual(['hi']);
    const [received] = await bob.client.getHistory(alice.id);
    const message = received?.id ?? 0;

    const reacted = await bob.client.sendReaction({ chatId: alice.id, message, emoji: '👍' });
    expect(reacted?.reactions?.reactions).toMatchObject([{ emoji: '👍', count: 1 }]);
    await bob.client.pinMessage({ chatId: alice.id, message, bothSides: true });
    await bob.client.readHistory(alice.id);
    await expect.poll(() => reads).toContainEqual({ isOutbox: true, lastReadId: sent.id });
    const [service, first] = await alice.client.getHistory(bob.id);
    expect(service?.action).toMatchObject({ type: 'message_pinned' });
    expect(first).toMatchObject({ id: sent.id, isPinned: true, hideEditMark: true });
    expect(sandbox.control.messages({ from: alice.id })).toMatchObject([
      { reactions: [{ by: bob.id, emoji: ['👍'] }], pinned: expect.arrayContaining([alice.id, bob.id]) },
    ]);
    await bob.client.unpinMessage({ chatId: alice.id, message });
    expect(sandbox.control.messages({ from: alice.id })[0]).not.toHaveProperty('pinned');
  });

  test('forwards messages, with and without the author', async () => {
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const sent = await alice.client.sendText('me', 'note');
    const forward = { fromChatId: 'me', messages: [sent.id], toChatId: peer };
    const [forwarded] = await alice.client.forwardMessagesById(forward);
    expect(forwarded?.forward?.sender).toMatchObject({ id: alice.id });
    const [copied] = await alice.client.forwardMessagesById({ ...forward, noAuthor: true });
    expect(copied?.forward).toBeNull();
    await expect.poll(() => bob.received).toEqual(['note', 'note']);
  });

  test('shows that it types', async () => {
    const typing: string[] = [];
    bob.client.onUserTyping.add(({ status }) => void typing.push(status));
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    await alice.client.sendTyping(peer, 'record_voice');
    await expect.poll(() => typing).toEqual(['record_voice']);
    expect(sandbox.control.typing(bob.id)).toMatchObject([{ from_id: alice.id, action: 'record_audio' }]);
  });

  test('sees what the control port lets other accounts do', async () => {
    const edits: string[] = [];
    bob.client.onEditMessage.add((message: Message) => void edits.push(message.text));
    const { actions } = sandbox.control;
    const { id } = actions.send({ from: '+9996621001', to: bob.id, text: 'from an app' });
    await expect.poll(() => bob.received).toEqual(['from an app']);
    actions.edit({ from: alice.id, to: bob.id, message_id: id, text: 'edited in an app' });
    await expect.poll(() => edits).toEqual(['edited in an app']);
    actions.react({ by: alice.id, of: bob.id, message_id: await lastId(bob.client, alice.id), emoji: '🔥' });
    expect((await bob.client.getHistory(alice.id))[0]?.reactions?.reactions).toMatchObject([{ emoji: '🔥' }]);
    actions.delete({ from: alice.id, to: bob.id, message_ids: [id] });
    await expect.poll(() => texts(bob.client, alice.id)).toEqual([]);
  });

  test('catches up with what it has missed in all kinds of chats while it was offline', async () => {
    const kinds = ['group', 'supergroup', 'channel'] as const;
    const chats: (number | 'private')[] = ['private'];
    for (const kind of kinds)
      chats.push(sandbox.control.createChat({ title: kind, kind, members: [alice.id, bob.id] }).id);
    await expect.poll(() => titles(alice.client)).toEqual(expect.arrayContaining([...kinds]));
    const toBob = await alice.client.resolvePhoneNumber('+9996621002');
    const before = new Map<unknown, { first: number; second: number }>();
    for (const chat of chats) {
      const peer = chat === 'private' ? toBob : chat;
      const { id: first } = await alice.client.sendText(peer, `first in ${chat}`);
      const { id: second } = await alice.client.sendText(peer, `second in ${chat}`);
      before.set(chat, { first, second });
    }
    // Three service messages tell of the new chats.
    await expect.poll(() => bob.received).toHaveLength(chats.length * 2 + kinds.length);
    const { comeBack } = await bob.leave();
    for (const chat of chats) {
      const peer = chat === 'private' ? toBob : chat;
      const { first = 0, second = 0 } = before.get(chat) ?? {};
      await alice.client.editMessage({ chatId: peer, message: first, text: `edited in ${chat}` });
      await alice.client.deleteMessagesById(peer, [second]);
      await alice.client.sendText(peer, `third in ${chat}`);
    }
    const { received, edited, deleted } = await comeBack();
    await expect.poll(() => received.toSorted()).toEqual(chats.map((chat) => `third in ${chat}`).toSorted());
    await expect.poll(() => edited.toSorted()).toEqual(chats.map((chat) => `edited in ${chat}`).toSorted());
    await expect.poll(() => deleted).toHaveLength(chats.length);
  });

  test('asks for the difference after pushes that were lost or came in another order', async () => {
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    sandbox.control.addPushFault({ updates: 'drop', user_id: bob.id });
    await alice.client.sendText(peer, '1');
    sandbox.control.addPushFault({ updates: 'reorder', user_id: bob.id });
    for (const text of ['2', '3']) await alice.client.sendText(peer, text);
    await expect.poll(() => bob.received, { timeout: 5_000 }).toEqual(['1', '2', '3']);
  });
});

async function lastId(client: TelegramClient, chat: number): Promise<number> {
  return (await client.getHistory(chat))[0]?.id ?? 0;
}

async function texts(client: TelegramClient, chat: number): Promise<string[]> {
  return (await client.getHistory(chat)).map(({ text }) => text);
}

async function titles(client: TelegramClient): Promise<string[]> {
  const found: string[] = [];
  for await (const dialog of client.iterDialogs()) found.push(dialog.peer.displayName);
  return found;
}
