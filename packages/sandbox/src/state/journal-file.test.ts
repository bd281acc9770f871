import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectTelegram } from '../testing/direct-telegram.ts';
import { listOf } from '../testing/inputs.ts';
import { JournalledAuthKeys } from './auth-keys.ts';
import { openJournal } from './journal-file.ts';
import { Store } from './store.ts';

const NOW = Date.parse('2024-01-15T12:00:00Z');
const ALICE = '+9996621001';

let directory: string;
let file: string;
const opened: Store[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
  file = join(directory, 'journal.jsonl');
});
afterEach(async () => {
  for (const store of opened.splice(0)) store.close();
  await rm(directory, { recursive: true });
});

function open(now = NOW): Store {
  const { state, journal } = openJournal(directory, now);
  const store = new Store(state, journal);
  opened.push(store);
  return store;
}

/** Creates state of every kind. */
async function live(telegram: DirectTelegram): Promise<void> {
  const alice = telegram.client('alice');
  const aliceId = await alice.signIn(ALICE);
  const { account: bob } = telegram.control.createAccount({
    phone: '+79991234567',
    first_name: 'Bob',
    username: 'bobby',
    password: 'x',
  });
  telegram.control.addContacts({ id: aliceId, contact_ids: [bob.id] });
  telegram.control.createChat({ title: 'Team', kind: 'supergroup', members: [aliceId, bob.id] });
  await alice.send(await alice.peerOf('+79991234567'), 'Привет', { random_id: 5n });
  const edit = { peer: await alice.peerOf('+79991234567'), id: 1, message: 'Привет!' };
  await alice.call('messages.editMessage', edit);
  const { actions } = telegram.control;
  for (const text of ['one', 'two']) actions.send({ from: bob.id, to: aliceId, text });
  actions.react({ by: bob.id, of: aliceId, message_id: 1, emoji: '👍' });
  actions.react({ by: bob.id, of: aliceId, message_id: 1, emoji: '❤' });
  actions.delete({ from: bob.id, to: aliceId, message_ids: [2] });
  actions.read({ by: aliceId, of: bob.id });
  await alice.call('messages.updatePinnedMessage', { peer: edit.peer, id: 1 });
  const { id: forum } = telegram.control.chats.create({
    type: 'supergroup',
    title: 'Forum',
    members: [bob.id],
    forum: true,
    join_requests: true,
  });
  telegram.control.chats.createTopic({ chat: forum, title: 'News' });
  telegram.control.chats.createBot({ username: 'a_bot', buttons: ['Yes'], silent: true });
  const { id: buttons } = actions.send({ from: aliceId, to: '@a_bot', text: '/start' });
  const { users } = await alice.call('contacts.resolveUsername', { username: 'a_bot' });
  const bot = listOf(users).find((user) => user['bot'] === true);
  const peer = { _: 'inputPeerUser', user_id: bot?.['id'], access_hash: bot?.['access_hash'] };
  const press = { peer, msg_id: buttons + 1, data: Buffer.from('Yes') };
  await expect(alice.call('messages.getBotCallbackAnswer', press)).rejects.toThrow('BOT_RESPONSE_TIMEOUT');
  const { invite_link } = telegram.control.chats.details(forum);
  const hash = invite_link.replace('https://t.me/+', '');
  await expect(alice.call('messages.importChatInvite', { hash })).rejects.toThrow('INVITE_REQUEST_SENT');
  await expect(alice.send({ _: 'inputPeerEmpty' }, 'x', { random_id: 6n })).rejects.toThrow();
  await telegram.client('half-way').sendCode('+9996621002');
  await telegram.client('qr').call('auth.exportLoginToken', { api_id: 1, api_hash: 'x', except_ids: [] });
  await new JournalledAuthKeys(telegram.store).put({
    id: 'alice',
    dcId: 2,
    key: Buffer.alloc(256, 1),
    salt: Buffer.alloc(8, 2),
    layer: 198,
  });
}

test('keeps the state through a restart, and through the compaction of a second restart', async () => {
  const first = open();
  await live(new DirectTelegram(first));
  first.close();

  const second = open();
  expect(second.state).toEqual(first.state);
  second.close();
  expect(open().state).toEqual(first.state);
});

test('a journal from before boxes had a log is read, with the pts that clients remember', async () => {
  await copyFile(join(import.meta.dirname, 'testing', 'journal-before-box-log.jsonl'), file);
  const first = open();
  const telegram = new DirectTelegram(first);
  const alice = telegram.client('alice');
  expect(await alice.call('updates.getState')).toMatchObject({ pts: 4 });
  const difference = { qts: 0, date: 0, pts: 2 };
  expect(await alice.call('updates.getDifference', difference)).toMatchObject({
    new_messages: [
      { id: 2, message: 'Привет' },
      { id: 3, message: 'to the group' },
    ],
    state: { pts: 4 },
  });
  const peer = await alice.peerOf('+79991234567');
  expect(await alice.call('messages.editMessage', { peer, id: 2, message: 'edited' })).toMatchObject({
    updates: [{ pts: 5 }],
  });
  first.close();
  expect(open().state).toEqual(first.state);
});

test('a code that was sent before a restart works after it', async () => {
  const first = new DirectTelegram(open());
  const phone_code_hash = await first.client('key').sendCode(ALICE);
  first.store.close();
  const second = new DirectTelegram(open());
  await second
    .client('key')
    .call('auth.signIn', { phone_number: ALICE, phone_code_hash, phone_code: '22222' });
});

test('drops events that no longer have an effect', async () => {
  const first = open();
  const telegram = new DirectTelegram(first);
  const keys = new JournalledAuthKeys(first);
  await keys.put({ id: 'gone', dcId: 2, key: Buffer.alloc(256), salt: Buffer.alloc(8) });
  await telegram.client('gone').signIn(ALICE);
  await keys.delete('gone');
  await telegram.client('qr').call('auth.exportLoginToken', { api_id: 1, api_hash: 'x', except_ids: [] });
  first.close();
  open(NOW + 60_000).close();
  expect(await readFile(file, 'utf8')).not.toMatch(/auth_key|signed_in|login_token/);
  const { state } = open(NOW + 60_000);
  expect(state.authorizations.size + state.authKeys.size + state.loginTokens.size).toBe(0);
});

test('ignores a truncated last line', async () => {
  const first = open();
  await live(new DirectTelegram(first));
  first.close();
  await appendFile(file, '{"type":"message_accepted","message":{"fr');
  const second = open();
  expect(second.state).toEqual(first.state);
  await new DirectTelegram(second).client('alice').send({ _: 'inputPeerSelf' }, 'goes on');
  second.close();
  expect(open().state.messages.at(-1)?.text).toBe('goes on');
});

test('reports a broken line in the middle', async () => {
  await writeFile(file, '{"type":"founded"}\nnonsense\n{"type":"founded"}\n');
  expect(() => open()).toThrow(/journal\.jsonl, line 2, is no event/);
  // The directory is free again.
  await rm(file);
  open();
});

test('one process at a time may use the directory; the lock of a dead process is taken over', async () => {
  const first = open();
  expect(() => open()).toThrow(`in use by process ${process.pid}`);
  first.close();
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'close');
  await writeFile(join(directory, 'lock'), `${dead.pid} 1\n`);
  open().close();
  // The number belongs to a process that began at another time.
  await writeFile(join(directory, 'lock'), `${process.pid} 1\n`);
  open();
});

test('only the owner can read the file', async () => {
  open();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
