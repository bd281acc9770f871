import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputMedia, Long } from '@mtcute/core';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { pngOf } from './control/png.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { mtcuteClient } from './testing/mtcute-client.ts';
import { newClient, signedIn } from './testing/mtcute-users.ts';

const TEXT = 'Привет! 👋🏽 👨‍👩‍👧‍👦 «ёж» 🇷🇺\nвторая строка';

/** mtcute shares no code with the sandbox or with GramJS, so what it accepts is likely to be correct MTProto. */
describe('mtcute', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await createSandbox();
  });
  afterEach(() => sandbox.close());

  test.each([1, 2, 3])('signs in by code to an account whose home is data centre %i', async (dc) => {
    const { client, id } = await signedIn(sandbox, `+99966${dc}1001`);
    expect(await client.getMe()).toMatchObject({ id, phoneNumber: `99966${dc}1001` });
    expect(sandbox.control.accounts()).toMatchObject([{ id, dc }]);
  });

  test.each([1, 2, 3])(
    'signs in by code and password to an account at home in data centre %i',
    async (dc) => {
      const phone = '+79991234567';
      sandbox.control.createAccount({ phone, first_name: 'Иван', password: 'пароль', hint: 'a pet', dc });
      const { client, id } = await signedIn(sandbox, phone, 'пароль');
      expect(await client.getMe()).toMatchObject({ id, firstName: 'Иван' });
    },
  );

  test('signs in by a code from an e-mail, which is sent in another field', async () => {
    const phone = '+79991234567';
    sandbox.control.createAccount({ phone, first_name: 'Ева', email: 'eva@example.org' });
    const client = await newClient(sandbox);
    const sent = await client.sendCode({ phone });
    expect(sent).toMatchObject({ type: 'email', length: 5, nextType: 'sms' });
    if (!('phoneCodeHash' in sent)) throw new Error('nobody has signed in yet');
    const { code, delivery } = sandbox.control.lastCode(phone);
    expect(delivery).toBe('email');
    const signIn = { _: 'auth.signIn', phoneNumber: phone, phoneCodeHash: sent.phoneCodeHash } as const;
    await expect(client.call({ ...signIn, phoneCode: code })).rejects.toMatchObject({
      text: 'PHONE_CODE_EMPTY',
    });
    const wrong = { _: 'emailVerificationCode', code: '0' } as const;
    await expect(client.call({ ...signIn, emailVerification: wrong })).rejects.toMatchObject({
      text: 'PHONE_CODE_INVALID',
    });
    expect(await client.call({ ...signIn, emailVerification: { ...wrong, code } })).toMatchObject({
      _: 'auth.authorization',
      user: { firstName: 'Ева' },
    });
  });

  test('continues the same login after a wrong code and a wrong password', async () => {
    const phone = '+79991234567';
    sandbox.control.createAccount({ phone, first_name: 'Иван', password: 'right' });
    const codes = ['1', () => sandbox.control.lastCode(phone).code];
    const passwords = ['wrong', 'right'];
    const refused: string[] = [];
    const client = await newClient(sandbox);
    const user = await client.start({
      phone,
      codeSentCallback: () => {},
      code: () => {
        const next = codes.shift() ?? '';
        return typeof next === 'string' ? next : next();
      },
      password: () => passwords.shift() ?? '',
      invalidCodeCallback: (type) => void refused.push(type),
    });
    expect(user.firstName).toBe('Иван');
    expect(refused).toEqual(['code', 'password']);
  });

  test('two clients write to each other by username, phone and contact; messages are pushed and in the history', async () => {
    sandbox.control.createAccount({ phone: '+9996621002', first_name: 'Bob', username: 'bob_the_builder' });
    const [alice, bob] = await Promise.all([
      signedIn(sandbox, '+9996621001'),
      signedIn(sandbox, '+9996621002'),
    ]);

    const byName = await alice.client.sendText('bob_the_builder', TEXT);
    const byPhone = await alice.client.sendText(
      await alice.client.resolvePhoneNumber('+9996621002'),
      'by phone',
    );
    sandbox.control.addContacts({ id: bob.id, contact_ids: [alice.id] });
    const [contact] = await bob.client.getContacts();
    const back = await bob.client.sendText(contact?.id ?? 0, 'назад 🙂');
    expect(byPhone.id).toBe(byName.id + 1);

    await expect.poll(() => bob.received).toEqual([TEXT, 'by phone']);
    await expect.poll(() => alice.received).toEqual(['назад 🙂']);
    for (const { client, other } of [
      { client: alice.client, other: bob.id },
      { client: bob.client, other: alice.id },
    ]) {
      const history = await client.getHistory(other);
      expect(history.map(({ text }) => text)).toEqual(['назад 🙂', 'by phone', TEXT]);
    }
    expect(sandbox.control.messages({ from: bob.id, to: alice.id })).toMatchObject([
      { id: back.id, text: 'назад 🙂' },
    ]);
  });

  test('another client of the sender gets a push, and dialogs and notes to oneself are correct', async () => {
    const alice = await signedIn(sandbox, '+9996621001');
    const second = await signedIn(sandbox, '+9996621001');
    const bob = await signedIn(sandbox, '+9996621002');
    await expect.poll(() => alice.received).toEqual([expect.stringContaining('Login code: 22222')]);

    const seen: string[] = [];
    second.client.onNewMessage.add((message) => void seen.push(message.text));
    await alice.client.sendText('me', 'note');
    await alice.client.sendText(await alice.client.resolvePhoneNumber('+9996621002'), 'to Bob');

    await expect.poll(() => seen).toEqual(['note', 'to Bob']);
    const peers: number[] = [];
    for await (const dialog of alice.client.iterDialogs()) peers.push(dialog.peer.id);
    expect(peers.toSorted()).toEqual([777_000, alice.id, bob.id].toSorted());
  });

  test('writes to groups and channels of which it is a member', async () => {
    const [alice, bob] = await Promise.all([
      signedIn(sandbox, '+9996621001'),
      signedIn(sandbox, '+9996621002'),
    ]);
    for (const kind of ['group', 'supergroup', 'channel'] as const) {
      const { id } = sandbox.control.createChat({ title: `a ${kind}`, kind, members: [alice.id, bob.id] });
      await expect.poll(() => titles(alice.client)).toContain(`a ${kind}`);
      const sent = await alice.client.sendText(id, `hello, ${kind}`);
      await expect.poll(() => bob.received).toContain(`hello, ${kind}`);
      expect((await alice.client.getHistory(id))[0]).toMatchObject({ id: sent.id, text: `hello, ${kind}` });
      expect(sandbox.control.messages({ to: id })).toMatchObject([{ from_id: alice.id, id: sent.id }]);
    }
  });

  test.each(['+9996622003', '+9996621003'])(
    'signs in by a QR code that the client of %s accepts',
    async (phone) => {
      const owner = await signedIn(sandbox, phone);
      const other = await newClient(sandbox);
      const user = await other.signInQr({
        onUrlUpdated: (url) => {
          const token = Buffer.from(new URL(url).searchParams.get('token') ?? '', 'base64url');
          void owner.client.call({ _: 'auth.acceptLoginToken', token });
        },
      });
      expect(user.id).toBe(owner.id);
      expect((await other.getMe()).id).toBe(owner.id);
    },
  );

  test('signs in, sends and receives with temporary keys', async () => {
    const { client, takesUpdates } = await mtcuteClient(sandbox, { usePfs: true });
    onTestFinished(() => client.destroy());
    const received: string[] = [];
    client.onNewMessage.add(({ text }) => void received.push(text));
    const code = (): string => sandbox.control.lastCode('+9996621001').code;
    const { id } = await client.start({ phone: '+9996621001', code, codeSentCallback: () => {} });
    await vi.waitUntil(takesUpdates, { timeout: 10_000 });
    const { actions } = sandbox.control;
    actions.send({ from: '+9996621002', to: id, text: 'hi' });
    await expect.poll(() => received).toContain('hi');
    const sent = await client.sendMedia('me', InputMedia.photo(pngOf(8, 8)));
    if (sent.media?.type !== 'photo') throw new Error('no photo');
    expect(Buffer.from(await client.downloadAsBuffer(sent.media))).toEqual(pngOf(8, 8));
    expect(sandbox.control.counters().sessions).toMatchObject([{ id, authorizations: 1 }]);
    sandbox.control.revoke(id);
    await expect(client.sendText('me', 'x')).rejects.toMatchObject({ text: 'SESSION_REVOKED' });
  });

  test('signs in by a QR code and a password', async () => {
    const phone = '+79991234567';
    sandbox.control.createAccount({ phone, first_name: 'Иван', password: 'пароль', dc: 3 });
    const owner = await signedIn(sandbox, phone, 'пароль');
    const other = await newClient(sandbox);
    const user = await other.signInQr({
      password: 'пароль',
      onUrlUpdated: (url) => {
        const token = Buffer.from(new URL(url).searchParams.get('token') ?? '', 'base64url');
        void owner.client.call({ _: 'auth.acceptLoginToken', token });
      },
    });
    expect(user.id).toBe(owner.id);
  });

  test('a repeated random_id is refused and creates no second message', async () => {
    const alice = await signedIn(sandbox, '+9996621001');
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const send = () =>
      alice.client.call(
        { _: 'messages.sendMessage', peer, message: 'once', randomId: Long.fromNumber(-7) },
        { maxRetryCount: 0 },
      );
    await send();
    await expect(send()).rejects.toMatchObject({ code: 500, text: 'RANDOM_ID_DUPLICATE' });
    expect(sandbox.control.deliveries('-7')).toEqual({ random_id: '-7', arrived: 2, messages: 1 });
  });

  test('gets an error after its session was revoked, and after logging out', async () => {
    const alice = await signedIn(sandbox, '+9996621001');
    const bob = await signedIn(sandbox, '+9996621002');
    expect(sandbox.control.revoke(alice.id)).toBe(1);
    await expect(alice.client.sendText('me', 'x')).rejects.toMatchObject({
      code: 401,
      text: 'SESSION_REVOKED',
    });
    await bob.client.logOut();
    await expect(bob.client.getMe()).rejects.toMatchObject({ code: 401, text: 'AUTH_KEY_UNREGISTERED' });
  });

  test('a session that two clients use at once ends for good', async () => {
    const alice = await signedIn(sandbox, '+9996621001');
    const twin = await newClient(sandbox);
    await twin.importSession(await alice.client.exportSession());
    sandbox.control.addFault({ method: 'users.getUsers', delay_ms: 500 });
    const calls = await Promise.allSettled([alice.client.getMe(), twin.getMe()]);
    expect(calls).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 406, text: 'AUTH_KEY_DUPLICATED' }),
    });
    await expect(alice.client.getMe()).rejects.toMatchObject({ text: 'AUTH_KEY_DUPLICATED' });
    expect(sandbox.control.counters()).toMatchObject({ duplicated: 1, sessions: [] });
  });

  test('receives the messages that arrived while it was disconnected', async () => {
    const [alice, bob] = await Promise.all([
      signedIn(sandbox, '+9996621001'),
      signedIn(sandbox, '+9996621002'),
    ]);
    const { pts, date, qts } = await bob.client.call({ _: 'updates.getState' });
    await alice.client.sendText(await alice.client.resolvePhoneNumber('+9996621002'), 'first');
    await alice.client.sendText(await alice.client.resolvePhoneNumber('+9996621002'), 'second');
    expect(await bob.client.call({ _: 'updates.getDifference', pts, date, qts })).toMatchObject({
      _: 'updates.difference',
      newMessages: [{ message: 'first' }, { message: 'second' }],
      state: { pts: pts + 2 },
    });
  });
});

test('mtcute continues with the same session after a restart of the sandbox', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await createSandbox({ dataDir });
  const alice = await signedIn(first, '+9996611001');
  const bob = await signedIn(first, '+9996621002');
  const peer = await alice.client.resolvePhoneNumber('+9996621002');
  const photo = InputMedia.photo(pngOf(8, 8));
  await alice.client.sendMedia(peer, photo, { caption: 'before' });
  const main = first.dataCenters.find(({ id }) => id === 2)?.port ?? 0;
  await first.close();

  const second = await createSandbox({ dataDir, ports: { main } });
  onTestFinished(() => second.close());
  expect(second.dataCenters).toEqual(first.dataCenters);
  // mtcute comes back by itself; what was sent before that, it would see only with the next message.
  await expect
    .poll(() => second.control.counters().sessions.find(({ id }) => id === bob.id)?.connections)
    .toBe(1);
  await alice.client.sendText(bob.id, 'after');
  await expect.poll(() => bob.received).toEqual(['before', 'after']);
  const history = await bob.client.getHistory(alice.id);
  expect(history.map(({ text, id }) => [id, text])).toEqual([
    [2, 'after'],
    [1, 'before'],
  ]);
  const media = history[1]?.media;
  if (media?.type !== 'photo') throw new Error('the photo is gone');
  expect(Buffer.from(await bob.client.downloadAsBuffer(media))).toEqual(pngOf(8, 8));
});

async function titles(client: Awaited<ReturnType<typeof newClient>>): Promise<string[]> {
  const found: string[] = [];
  for await (const dialog of client.iterDialogs()) found.push(dialog.peer.displayName);
  return found;
}
