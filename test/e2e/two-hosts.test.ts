import { shardOf } from '@gateway/queue';
import { sleep } from '@gateway/runtime';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { canMakeNetworks } from '../env/network.ts';
import { signIn } from '../env/sign-in.ts';
import { SHARDS, TwoHosts, type WorkerHost } from '../env/two-hosts.ts';

const BOB = '+9996629199';
const SENDERS = Array.from({ length: 8 }, (_, index) => `account-${index}`);
/** ms between two messages of an account. */
const PACE_MS = 100;

describe.skipIf(!canMakeNetworks)(
  'Two hosts (skipped where network namespaces cannot be made: it needs root and `ip`)',
  () => {
    let hosts: TwoHosts;
    let bob: number;
    const ids = new Map<string, number>();
    /** The texts that the API has accepted from each account, in order. */
    const accepted = new Map<string, string[]>(SENDERS.map((userId) => [userId, []]));

    beforeAll(async () => {
      hosts = await TwoHosts.start();
      bob = await signIn(hosts.api, hosts.control, 'bob', BOB);
      for (const [index, userId] of SENDERS.entries())
        ids.set(userId, await signIn(hosts.api, hosts.control, userId, `+999662910${index}`));
      // Accounts that receive are connected all the time, so a hand-over is hardest with them.
      for (const user_id of ['bob', ...SENDERS.slice(4)])
        expect(await hosts.api.post('/telegram/user/receive', { user_id, enabled: true })).toMatchObject({
          status: 200,
        });
      await evenlyShared();
    }, 120_000);
    afterAll(() => hosts?.[Symbol.asyncDispose]());

    const shardsOf = async ({ worker }: WorkerHost) =>
      (await hosts.owners()).filter((pid) => pid === worker.pid).length;

    async function evenlyShared(): Promise<void> {
      for (const host of [hosts.one, hosts.other])
        await vi.waitFor(async () => expect(await shardsOf(host)).toBe(SHARDS / 2), { timeout: 20_000 });
    }

    async function takenOver(): Promise<void> {
      await expect.poll(() => shardsOf(hosts.other), { timeout: 20_000 }).toBe(SHARDS);
    }

    /** Every account sends until `meanwhile` has ended. All messages must arrive once, and in order. */
    async function sendThrough(label: string, meanwhile: () => Promise<void>): Promise<void> {
      const over = new AbortController();
      const sending = SENDERS.map(async (userId) => {
        for (let number = 0; ; number += 1) {
          const text = `${label} ${number}`;
          const sent = await hosts.api.send(userId, BOB, text, { Prefer: 'respond-async' });
          expect(sent).toMatchObject({ status: 202 });
          accepted.get(userId)?.push(text);
          if (over.signal.aborted) return sent.body.job_id as string;
          await sleep(PACE_MS, over.signal);
        }
      });
      await meanwhile().finally(() => over.abort());
      for (const job of await Promise.all(sending))
        await expect
          .poll(async () => (await hosts.api.get(`/jobs/${job}`)).body.state, { timeout: 40_000 })
          .toBe('completed');
      for (const userId of SENDERS) expect(await arrived(userId)).toEqual(accepted.get(userId));
      await expect.poll(() => receivedTexts()).toEqual(Object.fromEntries(accepted));
      // No session was used by two connections at once, and none has ended.
      expect((await hosts.control.counters()).duplicated).toBe(0);
      for (const userId of ['bob', ...SENDERS])
        expect((await hosts.api.status(userId)).body).toMatchObject({ authorized: true, state: 'ready' });
    }

    /** What Telegram has accepted from the account. */
    async function arrived(userId: string): Promise<string[]> {
      return (await hosts.control.messages({ from: ids.get(userId) ?? 0, to: bob })).map(({ text }) => text);
    }

    /** The texts in Bob's sequence of events, by account. */
    async function receivedTexts(): Promise<Record<string, string[]>> {
      const names = new Map([...ids].map(([userId, id]) => [String(id), userId]));
      const texts: Record<string, string[]> = {};
      for (let after = 0; ;) {
        const { body } = await hosts.api.get(`/telegram/accounts/bob/updates?after=${after}&limit=100`);
        for (const { type, message } of body.events) {
          const userId = type === 'message.new' ? names.get(message.sender?.id) : undefined;
          if (userId !== undefined) (texts[userId] ??= []).push(message.text);
        }
        if (body.next === after) return texts;
        after = body.next;
      }
    }

    /** Most connections that any account had at the same time while `work` ran. */
    async function mostConnections(work: () => Promise<void>): Promise<number> {
      let most = 0;
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          const { sessions } = await hosts.control.counters();
          most = Math.max(most, ...sessions.map(({ connections }) => connections));
          await sleep(20, over.signal);
        }
      })();
      await work().finally(() => over.abort());
      await watching;
      return most;
    }

    const hasLostLeases = async ({ worker }: WorkerHost) => {
      const seen = worker.output.length;
      return expect
        .poll(() => worker.output.slice(seen), { timeout: 20_000 })
        .toContain('the lease on a shard is lost');
    };

    test('a host that loses Redis releases its accounts before the other host connects them', async () => {
      await sendThrough('without Redis', async () => {
        const most = await mostConnections(async () => {
          hosts.one.toRedis.cut();
          await hasLostLeases(hosts.one);
          await expect.poll(() => hosts.one.talksToTelegram()).toBe(false);
          await takenOver();
        });
        expect(most).toBe(1);
        hosts.one.toRedis.heal();
        await evenlyShared();
      });
    }, 120_000);

    test('a host that loses Telegram keeps its accounts, which wait, and the other host goes on', async () => {
      const owners = await hosts.owners();
      const isOfOther = (userId: string) => owners[shardOf(userId, SHARDS)] === hosts.other.worker.pid;
      await sendThrough('without Telegram', async () => {
        hosts.one.toTelegram.cut();
        const waiting = SENDERS.filter((userId) => !isOfOther(userId));
        // A call without an answer holds its chat, an attempt to connect the account.
        const waits = async (userId: string) => {
          const { held, chats_held } = (await hosts.api.status(userId)).body;
          return (held ?? chats_held) !== undefined;
        };
        for (const userId of waiting) await expect.poll(() => waits(userId), { timeout: 25_000 }).toBe(true);
        for (const userId of SENDERS.filter(isOfOther)) {
          const count = accepted.get(userId)?.length ?? 0;
          await expect.poll(async () => (await arrived(userId)).length).toBeGreaterThanOrEqual(count);
        }
        expect(await hosts.owners()).toEqual(owners);
        hosts.one.toTelegram.heal();
      });
    }, 120_000);

    test('a host that loses both sends nothing that it wrote before, once its network is back', async () => {
      await sendThrough('without both', async () => {
        const { toRedis, toTelegram } = hosts.one;
        toTelegram.cut();
        toRedis.cut();
        await hasLostLeases(hosts.one);
        // Its kernel would go on to send what it has, long after the other host has connected the accounts.
        await expect.poll(() => hosts.one.talksToTelegram()).toBe(false);
        await takenOver();
        toTelegram.heal();
        toRedis.heal();
        await evenlyShared();
      });
    }, 120_000);
  },
);
