import { expect, test } from 'vitest';
import { writeSession } from './session.ts';
import { testPhone, World } from './testing/world.ts';

test('a session that the sandbox gave out ready-made is as good as one signed in', async () => {
  await using world = await World.create();
  const phone = testPhone();
  const { id, dc, auth_key } = world.control.createSession(phone);
  const client = world.open(writeSession({ dcId: dc, authKey: Buffer.from(auth_key, 'base64url') }));
  expect(await client.me()).toMatchObject({ id, phone_number: phone });
  await client.send({ recipient: { kind: 'self' }, text: 'note', randomId: 1n, linkPreview: true });
  expect(world.texts(id, id)).toEqual(['note']);
});
