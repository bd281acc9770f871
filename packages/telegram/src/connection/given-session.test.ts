import { expect, test } from 'vitest';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { testPhone, World } from '../testing/world.ts';
import { writeSession } from './session.ts';

test('a session that the sandbox gave out ready-made is as good as one signed in', async () => {
  await using world = await World.create();
  const phone = testPhone();
  const { id, dc, auth_key } = world.control.createSession(phone);
  const client = world.open(writeSession({ dcId: dc, authKey: Buffer.from(auth_key, 'base64url') }));
  expect(await client.me()).toMatchObject({ id, phone_number: phone });
  await client.run('send', { recipient: { kind: 'self' }, text: 'note', randomId: 1n, linkPreview: true });
  expect(world.texts(id, id)).toEqual(['note']);
});

test('a client that may not talk any more writes nothing, not even the rest of a call that it had begun', async () => {
  await using world = await World.create();
  const phone = testPhone();
  const { id, dc, auth_key } = world.control.createSession(phone);
  const session = writeSession({ dcId: dc, authKey: Buffer.from(auth_key, 'base64url') });
  let mayTalk = true;
  const client = world.open(session, new MemoryPeerBook(), { mayTalk: () => mayTalk });
  const note = { recipient: { kind: 'self' }, text: 'note', linkPreview: true } as const;
  await client.run('send', { ...note, randomId: 1n });
  mayTalk = false;
  await expect(client.run('send', { ...note, randomId: 2n })).rejects.toBeInstanceOf(TelegramFailure);
  await expect.poll(() => world.control.counters().sessions[0]?.connections).toBe(0);
  await expect(client.run('send', { ...note, randomId: 3n })).rejects.toMatchObject({
    failure: { outcome: 'retry' },
  });
  expect(world.texts(id, id)).toEqual(['note']);
});
