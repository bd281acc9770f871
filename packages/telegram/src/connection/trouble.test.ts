import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../calls/send-message.ts';
import { CALL_TIMEOUT_MS, testPhone, World, type SignedIn } from '../testing/world.ts';

let world: World;
let ivan: SignedIn;
let anna: { id: number };
let nextRandomId = 1n;

beforeAll(async () => {
  world = await World.create();
  ivan = await world.signIn();
  ({ account: anna } = world.control.createAccount({
    phone: testPhone(),
    first_name: 'Анна',
    username: 'anna_k',
  }));
});
afterAll(() => world.close());

function toAnna(text: string): OutgoingMessage {
  nextRandomId += 1n;
  return {
    recipient: { kind: 'username', username: 'anna_k' },
    text,
    randomId: nextRandomId,
    linkPreview: true,
  };
}

function heard(text: string): number {
  return world.texts(ivan.user.id, anna.id).filter((each) => each === text).length;
}

const UNKNOWN = { failure: { outcome: 'unknown' }, error: { code: 'TELEGRAM_TIMEOUT' } };

describe('a connection that is cut', () => {
  it.each(['before', 'after'] as const)(
    '%s a send took effect leaves one message of it after the next try',
    async (drop) => {
      const once = toAnna(`обрыв ${drop}`);
      world.control.addFault({ user_id: ivan.user.id, method: 'messages.sendMessage', drop });
      await expect(ivan.client.run('send', once)).rejects.toMatchObject(UNKNOWN);
      expect(heard(once.text)).toBe(drop === 'after' ? 1 : 0);
      expect(await ivan.client.run('send', once)).toMatchObject({ message_id: expect.any(Number) });
      expect(heard(once.text)).toBe(1);
    },
  );

  it('while asking a question is a matter of trying again: nothing was sent', async () => {
    const fresh = await world.signIn();
    world.control.addFault({ user_id: fresh.user.id, method: 'contacts.resolveUsername', drop: 'before' });
    await expect(fresh.client.run('send', toAnna('вопрос оборван'))).rejects.toMatchObject({
      failure: { outcome: 'retry', reached: true },
    });
    await fresh.client.run('send', toAnna('вопрос задан'));
  });
});

it('gives up on an answer that does not come in time, and still makes one message of it', async () => {
  const slow = toAnna('медленно');
  world.control.addFault({
    user_id: ivan.user.id,
    method: 'messages.sendMessage',
    delay_ms: CALL_TIMEOUT_MS + 500,
  });
  await expect(ivan.client.run('send', slow)).rejects.toMatchObject(UNKNOWN);
  await ivan.client.run('send', slow);
  const arrivals = () => world.control.deliveries(String(slow.randomId));
  await expect.poll(arrivals, { timeout: 5000 }).toMatchObject({ arrived: 2, messages: 1 });
});

it('waits for nobody while the server is away, and goes on by itself when it is back', async () => {
  const waiting = toAnna('после простоя');
  await world.restart(async () => {
    const failure = { failure: { outcome: expect.stringMatching(/^(?:retry|unknown)$/) } };
    await expect(ivan.client.run('send', waiting)).rejects.toMatchObject(failure);
    await expect(ivan.client.run('send', waiting)).rejects.toMatchObject({
      failure: { outcome: 'retry', reached: false },
      error: { code: 'TELEGRAM_UNAVAILABLE' },
    });
    await expect(ivan.client.connect()).rejects.toMatchObject({
      failure: { outcome: 'retry', reached: false },
    });
  });
  await ivan.client.run('send', waiting);
  expect(heard(waiting.text)).toBe(1);
});

it('tells a Telegram that it cannot get to from one that does nothing with a call', async () => {
  const { client, user } = await world.signIn();
  await client.close();
  world.control.addFault({ method: 'help.getConfig', error: 'Timeout' });
  const fresh = world.open(client.session());
  await expect(fresh.run('send', toAnna('не вошли'))).rejects.toMatchObject({
    failure: { outcome: 'retry', reached: false },
  });
  world.control.addFault({
    user_id: user.id,
    method: 'messages.sendMessage',
    error: 'WORKER_BUSY_TOO_LONG_RETRY',
  });
  await expect(fresh.run('send', toAnna('заняты'))).rejects.toMatchObject({
    failure: { outcome: 'retry', reached: true },
  });
  world.control.clearFaults();
});

it.each([-3_600_000, 3_600_000])('works though the clock here is %i ms off', async (ms) => {
  await using elsewhere = await World.create({ now: () => Date.now() + ms });
  const { client } = await elsewhere.signIn();
  await client.close();
  await elsewhere
    .open(client.session())
    .run('send', { ...toAnna('который час?'), recipient: { kind: 'self' } });
});

it('sends on while the server changes its salt', async () => {
  await using salty = await World.create({ saltLifetimeMs: 2000 });
  const { client, user } = await salty.signIn();
  const until = performance.now() + 4000;
  let sent = 0;
  while (performance.now() < until) {
    await client.run('send', { ...toAnna(`соль ${sent}`), recipient: { kind: 'self' } });
    sent += 1;
  }
  expect(salty.texts(user.id, user.id)).toHaveLength(sent);
});

it('takes a key that the server does not know as a revoked session, for good', async () => {
  const stranger = world.open(`v1.2.${Buffer.alloc(256, 7).toString('base64url')}`);
  const revoked = { failure: { outcome: 'account', state: 'revoked' }, error: { code: 'NOT_AUTHORIZED' } };
  await expect(stranger.connect()).rejects.toMatchObject(revoked);
  await expect(stranger.run('send', toAnna('x'))).rejects.toMatchObject(revoked);
  expect(stranger.session()).not.toBeNull();
});

it('tells a session that its owner has ended, on an open connection and on a new one', async () => {
  const revoked = await world.signIn();
  await revoked.client.run('send', toAnna('ещё можно'));
  world.control.revoke(revoked.user.id);
  const failure = { failure: { outcome: 'account', state: 'revoked' }, error: { code: 'NOT_AUTHORIZED' } };
  await expect(revoked.client.run('send', toAnna('x'))).rejects.toMatchObject(failure);
  await expect(world.open(revoked.client.session()).me()).rejects.toMatchObject(failure);
});

it('tells that a session was used from two places at once, which ends it', async () => {
  const twice = await world.signIn();
  const other = world.open(twice.client.session());
  await other.connect();
  world.control.addFault({ user_id: twice.user.id, method: 'users.getUsers', delay_ms: 200, times: 2 });
  const results = await Promise.allSettled([twice.client.me(), other.me()]);
  const reasons = results.map((result) => (result.status === 'rejected' ? result.reason : undefined));
  const duplicated = {
    failure: { outcome: 'account', state: 'duplicated' },
    error: { code: 'NOT_AUTHORIZED' },
  };
  expect(reasons).toMatchObject([duplicated, duplicated]);
});

it('has no session to send with before a sign-in, and makes no connection for it', async () => {
  const nobody = world.open();
  const failure = { failure: { outcome: 'account', state: 'none' }, error: { code: 'NOT_AUTHORIZED' } };
  await expect(nobody.run('send', toAnna('x'))).rejects.toMatchObject(failure);
  await expect(nobody.me()).rejects.toMatchObject(failure);
  expect(nobody.session()).toBeNull();
});

it('ends running calls when it is closed, and accepts no more', async () => {
  const closing = await world.signIn();
  world.control.addFault({ user_id: closing.user.id, method: 'users.getUsers', delay_ms: 60_000 });
  const asking = closing.client.me();
  asking.catch(() => {});
  await closing.client.close();
  await expect(asking).rejects.toMatchObject({ failure: { outcome: 'retry' } });
  await closing.client.close();
  await expect(closing.client.me()).rejects.toMatchObject({ failure: { outcome: 'retry' } });
  world.control.clearFaults();
});

it('refuses a session text that it cannot read, without quoting it', () => {
  expect(() => world.open('secret nonsense')).toThrow('The kept session cannot be read: sign in again.');
});
