import { openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { type Document, expectDocumented } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';
import { lookUps } from './reading/look-ups.ts';
import { messages } from './reading/messages.ts';
import { ALICE, BOB, CAROL, type Readers } from './reading/readers.ts';

const BOT = 'bot.4000000051';
const OF_BOB = { Authorization: 'Bearer of-bob' };

/** What an account sees at Telegram: GET /telegram/accounts/{user_id}/… */
describe('Reading', () => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  let carol: number;
  beforeAll(async () => {
    stack = await Stack.start({
      SEND_WAIT_MS: '15000',
      SEND_PACE: 'off',
      AUTH_WAIT_MS: '15000',
      API_KEYS: 'everything,of-bob:bob',
      TELEGRAM_BOT_TOKEN: `${BOT.slice('bot.'.length)}:a-token-of-a-bot-in-the-sandbox-123`,
    });
    stack.api.headers = { Authorization: 'Bearer everything' };
    document = (await stack.api.get('/openapi.json')).body;
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    carol = await stack.signIn('carol', CAROL);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

  const read = (path: string, account = 'alice', headers = {}): Promise<ApiAnswer> =>
    stack.api.get(`/telegram/accounts/${account}/${path}`, headers);
  const send = async (text: string, more: object = {}): Promise<number> => {
    const request = { user_id: 'alice', recipient_id: BOB, text, ...more };
    return Number((await stack.api.post('/telegram/user/send', request)).body.message_id);
  };

  const product = (): Readers => ({ stack, document, alice, bob, carol, read, send });
  describe('GET …/chats/{recipient_id}/messages', () => messages(product));

  describe('GET …/chats', () => {
    test('lists the chats with their last message, the latest first, in pages', async () => {
      await send('the last word', { recipient_id: BOB });
      const answer = await read('chats');
      expectDocumented(document, 'get /telegram/accounts/{user_id}/chats', 200, answer);
      const ids: string[] = answer.body.chats.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(expect.arrayContaining([String(bob), String(carol), String(alice), '777000']));
      expect(answer.body.chats.find(({ id }: { id: string }) => id === String(bob))).toMatchObject({
        type: 'private',
        unread: expect.any(Number),
        last_message: { text: 'the last word', html: 'the last word', direction: 'out' },
      });
      const dates: string[] = answer.body.chats.map(
        ({ last_message }: { last_message: { date: string } }) => last_message.date,
      );
      expect(dates).toEqual(dates.toSorted().toReversed());
      const paged: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: ApiAnswer = await read(`chats?limit=2${next && `&before=${encodeURIComponent(next)}`}`);
        paged.push(...page.body.chats.map(({ id }: { id: string }) => id));
        next = page.body.next;
      }
      expect(paged).toEqual(ids);
    });

    test('redacts the messages of Telegram’s own account', async () => {
      await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 13579' });
      const { body } = await read('chats');
      expect(JSON.stringify(body)).not.toContain('13579');
      expect(body.chats.find(({ id }: { id: string }) => id === '777000').last_message).toMatchObject({
        text: '',
        html: '',
        entities: [],
        media: null,
        redacted: true,
      });
    });

    test.each(['x', '9999999999.1.5', '1700000000.9999999999.5', '1700000000.1.abc', '2147483647.1.5'])(
      'is 400 for a `before` that it did not write: %s',
      async (before) => {
        expect(await read(`chats?before=${before}`)).toMatchObject({
          status: 400,
          body: { issues: [{ path: 'before' }] },
        });
      },
    );

    test('gives each chat once if one of them gets a message between two pages', async () => {
      const idsOf = (body: { chats: { id: string }[] }) => body.chats.map(({ id }) => id);
      const before = idsOf((await read('chats')).body);
      const first = (await read(`chats?limit=${before.indexOf(String(bob)) + 1}`)).body;
      await stack.control.write({ from: bob, to: alice, text: 'now the latest' });
      const rest = first.next === null ? { chats: [] } : (await read(`chats?before=${first.next}`)).body;
      expect([...idsOf(first), ...idsOf(rest)]).toEqual(before);
    });

    test.each(['1.1.-5', '1.1.-1000000000000', '1.1.-99999999999999', '1.1.0', '0.0.7'])(
      'goes on at a place of no chat that the account knows: %s',
      async (before) => expect(await read(`chats?before=${before}`)).toMatchObject({ status: 200 }),
    );
  });

  describe('GET …/contacts', () => {
    test('lists the contacts in pages, with the phone numbers that the account may see', async () => {
      await stack.control.addContacts(alice, [bob, carol]);
      const answer = await read('contacts');
      expectDocumented(document, 'get /telegram/accounts/{user_id}/contacts', 200, answer);
      const ofBobs = { id: String(bob), name: expect.any(String), username: null, phone_number: BOB };
      expect(answer.body).toMatchObject({ contacts: [ofBobs, { id: String(carol) }], next: null });
      const first = await read('contacts?limit=1');
      expect(first.body).toMatchObject({ contacts: [ofBobs], next: expect.any(String) });
      expect((await read(`contacts?limit=1&before=${first.body.next}`)).body).toMatchObject({
        contacts: [{ id: String(carol) }],
        next: null,
      });
    });
  });

  describe('Look-ups', () => lookUps(product));

  describe.each(['chats', 'chats/me/messages', 'contacts'])('GET …/%s', (path) => {
    const method =
      { chats: 'messages.getDialogs', contacts: 'contacts.getContacts' }[path] ?? 'messages.getHistory';

    test('a flood wait is 429 with `retry_after`, is not asked again before, and holds no send', async () => {
      await stack.control.fault({ user_id: alice, method, error: 'FLOOD_WAIT_600' });
      for (let times = 0; times < 2; times += 1) {
        const answer = await read(path);
        expect(answer).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT', kind: 'retryable' } });
        expect(answer.body.retry_after).toBeGreaterThan(590);
        expect(answer.body.retry_after).toBeLessThanOrEqual(600);
      }
      expect((await stack.control.counters()).early).toBe(0);
      expect(await send('meanwhile')).toBeGreaterThan(0);
      expect((await stack.api.status('alice')).body.state).toBe('ready');
    });

    test('reads a paused account, and refuses one that is not signed in, a bot and a foreign key', async () => {
      await stack.api.post('/telegram/user/pause', { user_id: 'bob' });
      expect(await read(path, 'bob')).toMatchObject({ status: 200 });
      await stack.api.post('/telegram/user/resume', { user_id: 'bob' });
      expect(await read(path, 'nobody')).toMatchObject({ status: 401, body: { code: 'NOT_AUTHORIZED' } });
      for (const which of [path, 'phones?phone=%2B12025550123'])
        expect(await read(which, BOT)).toMatchObject({
          status: 400,
          body: { issues: [{ path: 'user_id' }] },
        });
      expect(await read(path, 'alice', OF_BOB)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    });
  });

  test('at most one read comes before a send that waits', async () => {
    await stack.control.fault({ user_id: carol, method: 'messages.getHistory', delay_ms: 400, times: 6 });
    const ended: string[] = [];
    const reads = Array.from({ length: 6 }, async () => {
      await read('chats/me/messages', 'carol');
      ended.push('read');
    });
    const sent = stack.api
      .send('carol', 'me', 'in between')
      .then(({ status }) => ended.push(`sent ${status}`));
    await Promise.all([...reads, sent]);
    expect(ended.indexOf('sent 200')).toBeLessThanOrEqual(2);
    expect(ended).toHaveLength(7);
  });

  test('leaves no result in Redis', async () => {
    await send('a text that is easy to find', { recipient_id: 'me' });
    await read('chats/me/messages');
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    const kept = async (): Promise<string[]> => {
      const jobs = (await redis.keys('*:control:*')).filter((key) => /\.c\d+\.[\w-]+$/.test(key));
      const fields = await Promise.all(jobs.map((job) => redis.hmget(job, 'name', 'returnvalue')));
      return fields.flatMap(([name, result]) => (name?.startsWith('read.') === true && result ? [name] : []));
    };
    try {
      await expect.poll(kept).toEqual([]);
    } finally {
      redis.disconnect();
    }
  });

  test('goes on with the next worker if the one that reads is killed', async () => {
    await stack.control.fault({ user_id: carol, method: 'messages.getHistory', delay_ms: 30_000 });
    const answer = read('chats/me/messages', 'carol');
    await expect.poll(() => stack.control.faults()).toEqual([]);
    await stack.worker.end('SIGKILL');
    await stack.startWorker();
    expect(await answer).toMatchObject({ status: 200 });
  });

  test('is 503 where no worker takes it', async () => {
    await stack.worker.end();
    const impatient = stack.spawnApi({ PORT: '0', AUTH_WAIT_MS: '1000' });
    const { url } = await impatient.ready;
    const headers = { Authorization: 'Bearer everything' };
    const answer = await fetch(`${String(url)}/telegram/accounts/carol/chats`, { headers });
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'WORKER_UNAVAILABLE' }]);
    await impatient.end();
    await stack.startWorker();
    expect(await read('chats', 'carol')).toMatchObject({ status: 200 });
  }, 60_000);
});
