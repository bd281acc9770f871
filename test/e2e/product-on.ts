import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { OpenStream } from '../env/event-source.ts';
import { Stack } from '../env/stack.ts';

/** Several Redis servers, of which one takes over when another one is killed. */
export interface RedisServers extends AsyncDisposable {
  /** As REDIS_URL. */
  readonly url: string;
  /** Kills the primary that has `key`; resolves once another server has taken over. */
  disablePrimaryOf(key: string, how: 'killed'): Promise<void>;
}

const PHONES = { alice: '+9996628201', bob: '+9996628202', carol: '+9996628203' };
type Name = keyof typeof PHONES;
const NAMES = ['alice', 'bob', 'carol'] as const;

/** Messages that each account sends before, while and after a primary is killed. */
const LOAD = 60;

/** The product, and the Telegram ids of its accounts. */
export interface ProductOnServers {
  stack: Stack<RedisServers>;
  ids: ReadonlyMap<Name, number>;
}

/**
 * Tests the whole product on several Redis servers, and then while one of them is killed.
 * @param describeMore adds tests of the same product, which run last.
 */
export function testProductOn(
  what: string,
  start: () => Promise<RedisServers>,
  settings = {},
  describeMore: (product: () => ProductOnServers) => void = () => {},
): void {
  describe(`the product on ${what}`, () => {
    let stack: Stack<RedisServers>;
    let receiver: Receiver;
    const ids = new Map<Name, number>();
    beforeAll(async () => {
      receiver = await Receiver.start();
      stack = await Stack.over(await start(), {
        SESSION_STORE: 'redis',
        WEBHOOK_ALLOW_PRIVATE: 'true',
        SEND_WAIT_MS: '15000',
        ...settings,
      });
      for (const name of NAMES) ids.set(name, await stack.signIn(name, PHONES[name]));
    }, 60_000);
    afterAll(async () => {
      await stack?.[Symbol.asyncDispose]();
      await receiver?.[Symbol.asyncDispose]();
    });

    test('sends, edits, calls back, and shows accounts, jobs and queues', async () => {
      const sent = await stack.api.post('/telegram/user/send', {
        user_id: 'alice',
        recipient_id: PHONES.bob,
        text: 'first',
        callback_url: receiver.url,
      });
      expect(sent).toMatchObject({ status: 200, body: { success: true } });
      const { job_id, message_id } = sent.body;
      await expect.poll(() => receiver.received.some(({ body }) => body.includes(job_id))).toBe(true);
      const edit = { user_id: 'alice', recipient_id: PHONES.bob, message_id, text: 'edited' };
      expect(await stack.api.post('/telegram/user/message/edit', edit)).toMatchObject({ status: 200 });
      expect((await stack.api.get(`/jobs/${job_id}`)).body).toMatchObject({ state: 'completed' });
      expect((await stack.control.messages({ from: ids.get('alice') ?? 0 })).map(({ text }) => text)).toEqual(
        ['edited'],
      );
      const failed = await stack.api.send('bob', '@nobody_has_this', 'lost');
      expect(failed).toMatchObject({ status: 404, body: { code: 'RECIPIENT_NOT_FOUND' } });

      const { accounts, total } = (await stack.api.get('/telegram/accounts?state=ready&q=a')).body;
      expect({ total, names: accounts.map(({ user_id }: { user_id: string }) => user_id) }).toEqual({
        total: 2,
        names: ['alice', 'carol'],
      });
      expect((await stack.api.get('/telegram/accounts/alice/sends')).body.ended).toHaveLength(2);
      const { queues } = (await stack.api.get('/admin/queues/api/queues')).body;
      expect(queues.map(({ name }: { name: string }) => name)).toContain('bob:send');
      expect((await stack.api.get('/readyz?verbose')).body).toMatchObject({ status: 'ok' });
    });

    test.each(NAMES)("a stream of %s's events shows each change at once", async (name) => {
      const stream = await OpenStream.open(`${stack.api.url}/telegram/accounts/${name}/events`);
      const ended = () => stream.events.at(-1)?.data.ended?.[0]?.preview;
      await expect.poll(() => stream.events.length).toBe(1);
      await stack.api.send(name, 'me', 'watched');
      await expect.poll(ended).toBe('watched');
      stream.close();
    });

    /** Sends until it is accepted, under one key: an answer of unknown outcome is repeated. */
    async function accepted(name: Name, text: string): Promise<string> {
      let answer: ApiAnswer | undefined;
      await expect
        .poll(
          async () => {
            answer = await stack.api.send(name, 'me', text, {
              Prefer: 'respond-async',
              'Idempotency-Key': text,
            });
            if (answer.status >= 400) expect(answer.body.code).toBe('QUEUE_UNAVAILABLE');
            return answer.status < 300;
          },
          { timeout: 30_000, interval: 200 },
        )
        .toBe(true);
      return answer?.body.job_id;
    }

    async function textsOf(name: Name): Promise<string[]> {
      const messages = await stack.control.messages({ from: ids.get(name) ?? 0 });
      return messages.map(({ text }) => text).filter((text) => text.startsWith('load'));
    }

    test('a primary killed in mid-load: nothing is doubled or reordered, or lost once it was replicated', async () => {
      const jobs = new Map<string, string>(NAMES.map((name) => [name, '']));
      const jobsOf = new Map(NAMES.map((name) => [name, [] as string[]]));
      let killing: Promise<void> | undefined;
      let atKill = new Map<Name, number>();
      const load = async (name: Name) => {
        for (let index = 0; index < LOAD; index += 1) {
          jobsOf.get(name)?.push(await accepted(name, `load ${name} ${index}`));
          if (killing === undefined && index === LOAD / 3) {
            killing = stack.redis.disablePrimaryOf('{acct-alice}', 'killed');
            atKill = new Map(NAMES.map((each) => [each, (jobsOf.get(each)?.length ?? 0) + 1]));
          }
        }
      };
      await Promise.all(NAMES.map(load));
      await killing;
      expect(jobs.size).toBe(NAMES.length);
      for (const name of NAMES) {
        const states = async () =>
          Promise.all(
            (jobsOf.get(name) ?? []).map(async (jobId) => {
              const { status, body } = await stack.api.get(`/jobs/${jobId}`);
              return status === 404 ? 'lost' : body.state;
            }),
          );
        let ends: string[] = [];
        await expect
          .poll(async () => (ends = await states()).filter((end) => !['completed', 'lost'].includes(end)), {
            timeout: 40_000,
            interval: 500,
          })
          .toEqual([]);
        const wanted = ends.flatMap((end, index) => (end === 'lost' ? [] : [`load ${name} ${index}`]));
        const arrived = await textsOf(name);
        const isReplicated = (text: string) => Number(text.split(' ').at(-1)) >= (atKill.get(name) ?? 0);
        const all = Array.from({ length: LOAD }, (_, index) => `load ${name} ${index}`);
        // Replication is asynchronous: a message that was accepted just before the kill may be lost.
        expect(all.filter((text) => !arrived.includes(text) && isReplicated(text))).toEqual([]);
        expect(wanted.filter((text) => !arrived.includes(text))).toEqual([]);
        expect(arrived).toEqual(all.filter((text) => arrived.includes(text)));
      }
      expect(await stack.api.send('alice', 'me', 'after')).toMatchObject({ status: 200 });
    }, 90_000);

    describeMore(() => ({ stack, ids }));
  });
}
