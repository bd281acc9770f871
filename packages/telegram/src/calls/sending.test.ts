import { parseRecipient, type Recipient } from '@gateway/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatOf } from '../peers/chat.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { testPhone, World, type SignedIn } from '../testing/world.ts';
import type { OutgoingMessage } from './send-message.ts';

let world: World;
let ivan: SignedIn;
let anna: { id: number; phone: string };
let nextRandomId = 2n ** 62n;

beforeAll(async () => {
  world = await World.create();
  ivan = await world.signIn();
  const phone = testPhone();
  const { account } = world.control.createAccount({ phone, first_name: 'Анна', username: 'Anna_K' });
  anna = { id: account.id, phone };
});
afterAll(() => world.close());

function message(recipient: Recipient, text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  nextRandomId += 1n;
  return { recipient, text, randomId: nextRandomId, linkPreview: true, ...more };
}

const toAnna = (text: string, more?: Partial<OutgoingMessage>) =>
  message({ kind: 'username', username: 'anna_k' }, text, more);
const heard = (text: string) => world.texts(ivan.user.id, anna.id).filter((each) => each === text).length;

describe('sending', () => {
  it.each([
    ['username', (): Recipient => ({ kind: 'username', username: 'anna_k' })],
    ['phone', (): Recipient => ({ kind: 'phone', phone: anna.phone })],
    ['id, once met', (): Recipient => ({ kind: 'user', id: String(anna.id) })],
  ])('reaches a user by %s', async (form, recipient) => {
    const text = `Привет, ${form}! 👋🏽👨‍👩‍👧‍👦`;
    const result = await ivan.client.run('send', message(recipient(), text));
    expect(result).toEqual({
      message_id: expect.any(Number),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(heard(text)).toBe(1);
  });

  it('reaches a contact by phone and by id without resolving anybody', async () => {
    const phone = testPhone();
    const { account } = world.control.createAccount({ phone, first_name: 'Пётр' });
    const fresh = await world.signIn();
    world.control.addContacts({ id: fresh.user.id, contact_ids: [account.id] });
    world.control.addFault({ method: 'contacts.resolvePhone', error: 'FLOOD_WAIT_9000' });
    await fresh.client.run('send', message({ kind: 'user', id: String(account.id) }, 'по номеру'));
    await fresh.client.run('send', message({ kind: 'phone', phone }, 'по телефону'));
    world.control.clearFaults();
    expect(world.texts(fresh.user.id, account.id)).toEqual(['по номеру', 'по телефону']);
  });

  it.each(['group', 'supergroup', 'channel'] as const)('reaches a %s that it is in', async (kind) => {
    const chat = world.control.createChat({ title: 'Чат', kind, members: [ivan.user.id, anna.id] });
    const recipient = parseRecipient(chat.id);
    if (typeof recipient === 'string') throw new Error(recipient);
    const fresh = world.open(ivan.client.session());
    await ivan.client.close();
    await fresh.run('send', message(recipient, `в ${kind}`));
    expect(world.texts(ivan.user.id, chat.id)).toContain(`в ${kind}`);
    await fresh.close();
    ivan = { ...ivan, client: world.open(fresh.session(), ivan.book) };
  });

  it('reaches the account itself', async () => {
    await ivan.client.run('send', message({ kind: 'self' }, 'себе'));
    await ivan.client.run('send', message({ kind: 'user', id: String(ivan.user.id) }, 'и по номеру'));
    const texts = world.texts(ivan.user.id, ivan.user.id);
    expect(texts).toEqual(expect.arrayContaining(['себе', 'и по номеру']));
  });

  it('reaches by id whom it has a chat with, though nothing is remembered here', async () => {
    await ivan.client.run('send', toAnna('для диалога'));
    const client = world.open(ivan.client.session(), new MemoryPeerBook());
    await ivan.client.close();
    await client.run('send', message({ kind: 'user', id: String(anna.id) }, 'из диалога'));
    expect(heard('из диалога')).toBe(1);
    await client.close();
    ivan = { ...ivan, client: world.open(client.session(), ivan.book) };
  });

  it.each<Recipient>([
    { kind: 'username', username: 'nobody_at_all' },
    { kind: 'phone', phone: '+12025550199' },
    { kind: 'user', id: '4242' },
    { kind: 'chat', id: '4242' },
    { kind: 'channel', id: '4242' },
  ])('says that nobody is there ($kind)', async (recipient) => {
    await expect(ivan.client.run('send', message(recipient, 'x'))).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'RECIPIENT_NOT_FOUND' },
    });
  });

  it('answers to a message', async () => {
    const { message_id: replyTo } = await ivan.client.run('send', toAnna('вопрос'));
    await ivan.client.run('send', toAnna('ответ', { replyTo, silent: true, linkPreview: false }));
    expect(heard('ответ')).toBe(1);
  });

  it('replaces an access hash that is no longer good', async () => {
    const peer = ivan.book.byUsername('anna_k');
    if (peer === undefined) throw new Error('Anna is not in the book');
    ivan.book.remember([{ ...peer, accessHash: '1' }]);
    await ivan.client.run('send', toAnna('после починки'));
    expect(heard('после починки')).toBe(1);
    expect(ivan.book.byUsername('anna_k')).toEqual(peer);
  });

  it.each(['error', 'original'] as const)(
    'makes one message of one random id (repeated: %s)',
    async (answer) => {
      world.control.changeSettings({ repeated_random_id: answer });
      const once = toAnna(`один раз ${answer}`);
      const first = await ivan.client.run('send', once);
      expect(await ivan.client.run('send', once)).toEqual(first);
      expect(heard(once.text)).toBe(1);
    },
  );
});

describe('a message whose random id Telegram has forgotten', () => {
  it.each([
    ['a user', (): Recipient => ({ kind: 'username', username: 'anna_k' })],
    ['itself', (): Recipient => ({ kind: 'self' })],
    ['its own id', (): Recipient => ({ kind: 'user', id: String(ivan.user.id) })],
  ])('is found in the chat with %s, and sent only if it is not there', async (form, recipient) => {
    const text = `давно, ${form}`;
    const { message_id: after } = await ivan.client.run('send', message(recipient(), text));
    const look = { after, searchSince: 0 };
    const second = await ivan.client.run('send', message(recipient(), text, look));
    expect(second.message_id).toBeGreaterThan(after);
    // The sandbox does not forget: another random id stands for one that is forgotten.
    expect(await ivan.client.run('send', message(recipient(), text, look))).toEqual(second);
    expect(world.control.messages({ from: ivan.user.id }).filter((each) => each.text === text)).toHaveLength(
      2,
    );
  });

  it('is found behind hundreds of others', async () => {
    const { client, user } = await world.signIn();
    const group = world.control.createChat({ title: 'Чат', kind: 'supergroup', members: [user.id] });
    const recipient = parseRecipient(group.id);
    if (typeof recipient === 'string') throw new Error(recipient);
    const { message_id: after } = await client.run('send', message(recipient, 'до'));
    const wanted = await client.run('send', message(recipient, 'то самое'));
    for (let index = 0; index < 250; index += 1) await client.run('send', message(recipient, `шум ${index}`));
    const again = message(recipient, 'то самое', { after, searchSince: 0 });
    expect(await client.run('send', again)).toEqual(wanted);
  });
});

describe('whom the account has to do with', () => {
  it('is known after the first message, and from the contacts before it', async () => {
    const phone = testPhone();
    const { account } = world.control.createAccount({ phone, first_name: 'Пётр', username: 'petr' });
    const petr: Recipient = { kind: 'username', username: 'petr' };
    const fresh = await world.signIn();
    expect(chatOf(petr, fresh.book)).toMatchObject({ key: 'username:petr', known: false, stranger: true });
    await fresh.client.run('send', message(petr, 'здравствуйте'));
    expect(chatOf(petr, fresh.book)).toMatchObject({
      key: `user:${account.id}`,
      known: true,
      stranger: false,
    });
    world.control.addContacts({ id: fresh.user.id, contact_ids: [anna.id] });
    await expect(fresh.client.run('send', message({ kind: 'user', id: '4242' }, 'x'))).rejects.toThrow();
    expect(chatOf({ kind: 'phone', phone: anna.phone }, fresh.book)).toMatchObject({ stranger: false });
  });
});

it('tells a pause of look-ups, in which those who are known are still reached', async () => {
  const method = 'contacts.resolveUsername';
  world.control.addFault({ user_id: ivan.user.id, method, error: 'FLOOD_WAIT_9000' });
  await expect(
    ivan.client.run('send', message({ kind: 'username', username: 'not_met_yet' }, 'x')),
  ).rejects.toMatchObject({ failure: { outcome: 'wait', scope: 'resolve', seconds: 9000 } });
  await ivan.client.run('send', toAnna('а Анну знаем'));
  expect(heard('а Анну знаем')).toBe(1);
});

describe('a refusal', () => {
  it.each([
    ['FLOOD_WAIT_30', { outcome: 'wait', scope: 'account', seconds: 30 }, 'FLOOD_WAIT'],
    ['SLOWMODE_WAIT_9', { outcome: 'wait', scope: 'chat', seconds: 9 }, 'FLOOD_WAIT'],
    ['FROZEN_METHOD_INVALID', { outcome: 'account', state: 'frozen' }, 'ACCOUNT_FROZEN'],
    ['PEER_FLOOD', { outcome: 'account', state: 'peer_limited' }, 'PEER_FLOOD'],
    ['USER_PRIVACY_RESTRICTED', { outcome: 'fail' }, 'RECIPIENT_REFUSED'],
    ['CHAT_WRITE_FORBIDDEN', { outcome: 'fail' }, 'RECIPIENT_REFUSED'],
  ])('%s is told for what it is, at once, and nothing is sent', async (error, failure, code) => {
    const refused = toAnna(`отказ ${error}`);
    world.control.addFault({ user_id: ivan.user.id, method: 'messages.sendMessage', error });
    await expect(ivan.client.run('send', refused)).rejects.toMatchObject({
      failure,
      error: { code, details: { rpcError: error } },
    });
    expect(heard(refused.text)).toBe(0);
    await ivan.client.run('send', refused);
    expect(heard(refused.text)).toBe(1);
  });

  it.each([
    'PEER_ID_INVALID',
    'USER_ID_INVALID',
    'CHANNEL_INVALID',
    'CHAT_ID_INVALID',
    'PEER_ID_NOT_SUPPORTED',
  ])('%s for a name that exists does not say that nobody has it', async (error) => {
    const method = 'messages.sendMessage';
    world.control.addFault({ user_id: ivan.user.id, method, error, times: 2 });
    await expect(ivan.client.run('send', toAnna('x'))).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: {
        code: 'RECIPIENT_NOT_FOUND',
        message: expect.stringMatching(/^@anna_k exists, but Telegram does not let this account write there/),
        details: { rpcError: error },
      },
    });
    world.control.clearFaults();
  });

  it('a text that is too long is the message, not the account', async () => {
    await expect(ivan.client.run('send', toAnna('я'.repeat(4097)))).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'MESSAGE_INVALID', details: { rpcError: 'MESSAGE_TOO_LONG' } },
    });
  });
});

const TEXT = 'bold italic underline strike spoiler code pre link quote';
const FORMATS = [
  { type: 'bold' },
  { type: 'italic' },
  { type: 'underline' },
  { type: 'strikethrough' },
  { type: 'spoiler' },
  { type: 'code' },
  { type: 'pre', language: 'ts' },
  { type: 'text_link', url: 'https://example.org/' },
  { type: 'blockquote', expandable: true },
] as const;

it('sends formatting as it is given, and counts it in UTF-16', async () => {
  const words = TEXT.split(' ');
  const text = `👋 ${TEXT}`;
  const entities = FORMATS.map((format, index) => ({
    ...format,
    offset: text.indexOf(words[index] ?? ''),
    length: words[index]?.length ?? 0,
  }));
  await ivan.client.run('send', message({ kind: 'phone', phone: anna.phone }, text, { entities }));
  const shown = world.control.messages({ to: anna.id }).at(-1);
  expect(shown).toMatchObject({
    text,
    entities: entities.map(({ type, offset, length }) => ({ type, offset, length })),
  });
  expect(shown?.entities?.[6]).toMatchObject({ language: 'ts' });
  expect(shown?.entities?.[7]).toMatchObject({ url: 'https://example.org/' });
});

it('names people whom the account knows; others stay plain text', async () => {
  await ivan.client.run('send', message({ kind: 'phone', phone: anna.phone }, 'hello'));
  const mention = (user_id: number, offset: number) => ({
    type: 'text_mention' as const,
    user_id,
    offset,
    length: 4,
  });
  await ivan.client.run(
    'send',
    message({ kind: 'phone', phone: anna.phone }, 'Anna Nobo', {
      entities: [mention(anna.id, 0), mention(42, 5)],
    }),
  );
  expect(world.control.messages({ to: anna.id }).at(-1)?.entities).toEqual([mention(anna.id, 0)]);
});
