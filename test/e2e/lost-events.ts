import { expect, test } from 'vitest';
import type { ApiClient } from '../env/api-client.ts';
import type { RedisSentinels } from '../env/redis-sentinels.ts';
import type { ProductOnServers } from './product-on.ts';

/** Events that a primary accepts and shows, and that no replica has when one takes over. */
export function lostEvents(product: () => ProductOnServers, sentinels: () => RedisSentinels): void {
  test.each([
    { worker: 'goes on', isKilled: false },
    { worker: 'is killed too', isKilled: true },
  ])(
    'events that are lost in a failover are told again under new numbers, behind a gap: the worker $worker',
    async ({ isKilled }) => {
      const { stack, ids } = product();
      const [alice = 0, bob = 0] = [ids.get('alice'), ids.get('bob')];
      const write = (text: string) => stack.control.write({ from: bob, to: alice, text });
      await sentinels().revive();
      const { body } = await stack.api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
      const reader = new Reader(stack.api, body.receiving.last_seq);
      await write('kept');
      await expect.poll(() => reader.read()).toEqual(['kept']);
      const kept = reader.after;
      await sentinels().cutReplicasOff();
      await write('lost 1');
      await write('lost 2');
      await expect.poll(() => reader.read()).toEqual(['kept', 'lost 1', 'lost 2']);
      const given = reader.after;

      if (isKilled) await stack.worker.end('SIGKILL');
      await sentinels().disablePrimaryOf('', 'killed');
      if (isKilled) await stack.startWorker();
      await write('later');
      await expect.poll(() => reader.read(given), { timeout: 40_000 }).toEqual(['lost 1', 'lost 2', 'later']);
      const [gap] = reader.since(given);
      expect(gap).toMatchObject({ type: 'updates.gap', chat: null, reason: 'store_lost' });
      if (!isKilled) expect(gap).toMatchObject({ seq: given + 1 });
      expect(reader.conflicts).toEqual([]);
      expect(await new Reader(stack.api, kept - 1).read()).toEqual(['kept', 'lost 1', 'lost 2', 'later']);
    },
    90_000,
  );
}

interface ReadEvent {
  seq: number;
  type: string;
  message?: { text: string };
}

/** Reads alice's events as a caller does, and notices a number that two events have. */
class Reader {
  readonly #api: ApiClient;
  readonly #seen = new Map<number, ReadEvent>();
  readonly conflicts: ReadEvent[] = [];
  after: number;

  constructor(api: ApiClient, after: number) {
    this.#api = api;
    this.after = after;
  }

  /** @returns the texts of all messages that were ever read, with numbers above `from`. */
  async read(from = 0): Promise<string[]> {
    const { status, body } = await this.#api.get(`/telegram/accounts/alice/updates?after=${this.after}`);
    if (status === 410) this.after = body.oldest_seq - 1;
    else if (status === 200) {
      for (const event of body.events) this.#add(event);
      this.after = body.next;
    }
    return this.since(from).flatMap(({ message }) => (message === undefined ? [] : [message.text]));
  }

  since(from: number): ReadEvent[] {
    return [...this.#seen.values()].filter(({ seq }) => seq > from).toSorted((a, b) => a.seq - b.seq);
  }

  #add(event: ReadEvent): void {
    const before = this.#seen.get(event.seq);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(event)) this.conflicts.push(event);
    this.#seen.set(event.seq, event);
  }
}
