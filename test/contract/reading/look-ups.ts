import { beforeAll, describe, expect, test } from 'vitest';
import { type Document, expectDocumented } from '../../env/documented.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, CAROL, type Readers } from './readers.ts';

/** `GET …/resolve` and `GET …/phones`. */
export const lookUps = (product: () => Readers) => {
  let stack: Stack;
  let document: Document;
  let bob: number;
  let carol: number;
  beforeAll(() => {
    ({ stack, document, bob, carol } = product());
  });
  const read: Readers['read'] = (...args) => product().read(...args);
  const send: Readers['send'] = (...args) => product().send(...args);

  describe('GET …/resolve', () => {
    const RESOLVE = 'get /telegram/accounts/{user_id}/resolve';
    const resolve = (recipient: string, account = 'carol') =>
      read(`resolve?recipient_id=${recipient}`, account);

    test('tells who a recipient is, in every form', async () => {
      await stack.control.createAccount({
        phone: '+9996627054',
        first_name: 'Dora',
        last_name: 'D',
        username: 'dora_d',
      });
      const dora = await resolve('@Dora_D');
      expectDocumented(document, RESOLVE, 200, dora);
      expect(dora.body).toEqual({
        status: 'ok',
        id: expect.any(String),
        type: 'private',
        name: 'Dora D',
        username: 'dora_d',
      });
      // A plus that is not encoded arrives as a space.
      for (const form of [dora.body.id, '%2B9996627054', '+9996627054', 'https%3A%2F%2Ft.me%2Fdora_d'])
        expect((await resolve(form)).body, form).toEqual(dora.body);
      expect((await resolve('me')).body).toMatchObject({ id: String(carol), type: 'private' });
      const group = await stack.control.createChat({ title: 'Crew', kind: 'group', members: [carol] });
      const channel = await stack.control.newChat({
        type: 'channel',
        title: 'News',
        members: [bob],
        username: 'the_news',
      });
      expect((await resolve(String(group.id))).body).toMatchObject({
        id: String(group.id),
        type: 'group',
        name: 'Crew',
      });
      expect((await resolve('the_news')).body).toMatchObject({
        id: channel.id,
        type: 'channel',
        username: 'the_news',
      });
    });

    test('asks again after a remembered miss, and forgets it', async () => {
      expect(await resolve('@late_comer')).toMatchObject({
        status: 404,
        body: { code: 'RECIPIENT_NOT_FOUND' },
      });
      await stack.control.createAccount({ phone: '+9996627055', first_name: 'Late', username: 'late_comer' });
      expect(await resolve('@late_comer')).toMatchObject({ status: 200, body: { name: 'Late' } });
      expect(await stack.api.send('carol', '@late_comer', 'hello')).toMatchObject({ status: 200 });
    });

    test('a wait for look-ups is 429, and holds sends to unknown names alone', async () => {
      await stack.control.fault({
        user_id: bob,
        method: 'contacts.resolveUsername',
        error: 'FLOOD_WAIT_4',
        lasts: true,
      });
      expect(await resolve('@dora_d', 'bob')).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT' } });
      expect(await resolve('@dora_d', 'bob')).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT' } });
      expect(await stack.api.send('bob', 'me', 'known')).toMatchObject({ status: 200 });
      const held = await stack.api.send('bob', '@dora_d', 'unknown', { Prefer: 'wait=2' });
      expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
      expect((await stack.api.get(`/jobs/${held.body.job_id}?wait=30`)).body.state).toBe('completed');
      expect((await stack.control.counters()).early).toBe(0);
    });

    test('allows an account 50 look-ups a day; what is known costs none', async () => {
      await send('makes Bob known');
      const names = Array.from({ length: 51 }, (_, index) => `@nobody_${index}`);
      const answers = await Promise.all(names.slice(0, 50).map((name) => resolve(name, 'alice')));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
      const refused = await resolve('@nobody_50', 'alice');
      expectDocumented(document, RESOLVE, 429, refused);
      expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', retry_after: expect.any(Number) });
      expect(await resolve(BOB, 'alice')).toMatchObject({ status: 200 });
      expect(await send('goes on')).toBeGreaterThan(0);
    });

    test('is 400 without a recipient, and says how to write a plus', async () => {
      expect(await read('resolve')).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'recipient_id' }] },
      });
      const answer = await resolve('https%3A%2F%2Ft.me%2F+9996627054');
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('%2B') } });
    });
  });

  describe('GET …/phones', () => {
    const phones = (...numbers: string[]) =>
      read(`phones?${numbers.map((number) => `phone=${number.replace('+', '%2B')}`).join('&')}`, 'carol');

    test('tells who has a number, in the order asked, and never says that nobody has it', async () => {
      const answer = await phones('+12025550123', BOB, '+12025550123', CAROL);
      expectDocumented(document, 'get /telegram/accounts/{user_id}/phones', 200, answer);
      const unknown = { phone_number: '+12025550123', registered: null, id: null };
      expect(answer.body.phones).toEqual([
        unknown,
        { phone_number: BOB, registered: true, id: String(bob) },
        unknown,
        { phone_number: CAROL, registered: true, id: String(carol) },
      ]);
    });

    test('does not ask Telegram again for a number that it knows', async () => {
      await stack.control.fault({ user_id: carol, method: 'contacts.resolvePhone', error: 'FLOOD_WAIT_600' });
      expect((await phones(BOB)).body.phones).toMatchObject([{ registered: true }]);
    });

    test('is 400 without a number, with more than 20, and for what is none', async () => {
      expect(await read('phones', 'carol')).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'phone' }] },
      });
      expect((await phones(...Array.from({ length: 21 }, () => BOB))).body.code).toBe('VALIDATION');
      expect((await phones(BOB, '12')).body).toMatchObject({ issues: [{ path: 'phone.1' }] });
    });
  });
};
