import type { Webhook } from '@gateway/queue';
import { expect, test } from 'vitest';
import { WebhookLane, type Delivered } from './webhook-lane.ts';

const WEBHOOK: Webhook = {
  id: 'wh_1',
  url: 'http://127.0.0.1/',
  secret: 's',
  userIds: null,
  events: ['message.new'],
  filter: {},
  createdAt: 0,
  state: 'active',
  isUnreadable: false,
  stateAt: 0,
};
const MINUTE = 60_000;

/** A lane whose receiver the test plays, by a clock of its own. */
class LaneWorld {
  now = 0;
  answer: Delivered = { is: 'done' };
  /** The accounts that tried, in order. */
  readonly tries: string[] = [];
  inProgress = 0;
  most = 0;
  readonly lane = new WebhookLane(
    WEBHOOK,
    async (userId) => {
      this.tries.push(userId);
      this.inProgress += 1;
      this.most = Math.max(this.most, this.inProgress);
      await new Promise(setImmediate);
      this.inProgress -= 1;
      return this.answer;
    },
    () => this.now,
  );

  add(accounts: number): void {
    for (let index = 0; index < accounts; index += 1) this.lane.add(`account-${index}`);
  }

  /** Resolves once no try is in progress. */
  async rests(): Promise<void> {
    await expect.poll(() => this.inProgress).toBe(0);
  }

  /** The accounts that try within the next `ms`. */
  async triesWithin(ms: number, stepMs = 500): Promise<string[]> {
    const before = this.tries.length;
    for (const end = this.now + ms; this.now < end; this.now += stepMs) {
      this.lane.retryDue();
      await this.rests();
    }
    return this.tries.slice(before);
  }
}

test('a receiver that takes all gets the events of more accounts at a time', async () => {
  const world = new LaneWorld();
  world.add(1_000);
  expect(world.inProgress).toBe(16);
  await expect.poll(() => world.tries).toHaveLength(1_000);
  await world.rests();
  expect(world.most).toBe(64);
});

test('a receiver that is away gets few tries, however many accounts have events for it', async () => {
  const world = new LaneWorld();
  world.answer = { is: 'failed', ms: 5_000 };
  world.add(1_000);
  await world.rests();
  expect(world.tries.length).toBeLessThan(40);

  // Within ten minutes there are tries, and never two at a time.
  world.most = 0;
  const tries = await world.triesWithin(10 * MINUTE);
  expect(tries.length).toBeGreaterThan(15);
  expect(tries.length).toBeLessThan(60);
  expect(world.most).toBe(1);

  // Once it is back, every account delivers within half a minute, also those that have tried.
  world.answer = { is: 'done' };
  const delivered = await world.triesWithin(MINUTE);
  expect(new Set(delivered).size).toBe(1_000);
});

test('an account whose try is due comes before those that have not tried', async () => {
  const world = new LaneWorld();
  world.answer = { is: 'failed', ms: 1_000 };
  world.add(1_000);
  await world.rests();
  const [first] = world.tries;
  const later = await world.triesWithin(10 * MINUTE);
  expect(later).toContain(first);
});

test('one account that fails slows down no other', async () => {
  const world = new LaneWorld();
  world.answer = { is: 'failed', ms: MINUTE };
  world.lane.add('alice');
  await world.rests();
  world.answer = { is: 'done' };
  world.add(100);
  expect(world.inProgress).toBe(16);
  await expect.poll(() => world.tries).toHaveLength(101);
});
