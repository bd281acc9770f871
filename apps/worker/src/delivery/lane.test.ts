import {
  GatewayError,
  type AccountState,
  type Hold,
  type SendJob,
  type SendResult,
} from '@gateway/contracts';
import type { FetchedSend } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { TelegramFailure } from '@gateway/telegram';
import { describe, expect, test, vi } from 'vitest';
import { Lane, type LaneAccount, type LaneQueue } from './lane.ts';

const NOT_SIGNED_IN = new GatewayError('NOT_AUTHORIZED');

/** An account's queue and Telegram in memory, with what happened in the order in which it did. */
class World implements LaneQueue {
  readonly log: string[] = [];
  readonly waiting: string[] = [];
  readonly bells: number[] = [];
  now = 1_000_000;
  mayServe = true;
  heldInRedis = 0;
  /** What Telegram answers to a text, once. */
  readonly troubles = new Map<string, unknown>();
  readonly account = new FakeAccount(this);
  readonly lane = new Lane({
    account: this.account,
    queue: this,
    answerBell: async () => {},
    ringAt: async (at) => void this.bells.push(at),
    finished: async () => {},
    mayServe: () => this.mayServe,
    logger: silentLogger(),
    now: () => this.now,
    random: () => 0,
  });

  async recover(): Promise<number> {
    this.log.push('recover');
    return 0;
  }

  async next(): Promise<FetchedSend | null> {
    const text = this.waiting.shift();
    if (text === undefined) return null;
    return {
      jobId: text,
      data: { userId: 'u', recipient: 'me', text, linkPreview: true, requestId: 'r', digest: '' },
      complete: async () => void this.log.push(`complete ${text}`),
      fail: async (error) => void this.log.push(`fail ${text} ${error.code}`),
      putBack: async () => {
        this.log.push(`put back ${text}`);
        this.waiting.unshift(text);
      },
    };
  }

  async hold(ms: number): Promise<void> {
    this.log.push(`hold ${ms}`);
  }

  async heldFor(): Promise<number> {
    return this.heldInRedis;
  }

  async run(): Promise<void> {
    this.lane.wake();
    await this.lane.idle();
  }
}

class FakeAccount implements LaneAccount {
  readonly userId = 'u';
  ended: GatewayError | null = null;
  stopped = false;
  readonly #world: World;
  #hold: Hold | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  get hold(): Hold | null {
    return this.#hold !== null && this.#hold.until > this.#world.now ? this.#hold : null;
  }

  async send(_jobId: string, { text }: SendJob): Promise<SendResult> {
    this.#world.log.push(`send ${text}`);
    const trouble = this.#world.troubles.get(text);
    this.#world.troubles.delete(text);
    if (trouble !== undefined) throw trouble;
    return { message_id: 1, date: '2024-01-15T12:00:00Z' };
  }

  async setHold(hold: Hold | null): Promise<void> {
    this.#hold = hold;
  }

  async setTrouble(state: AccountState): Promise<void> {
    if (state === 'peer_limited') this.stopped = true;
    else this.ended = NOT_SIGNED_IN;
  }
}

function flood(seconds: number): TelegramFailure {
  return new TelegramFailure({ outcome: 'wait', scope: 'account', seconds }, new GatewayError('FLOOD_WAIT'));
}

describe("an account's lane", () => {
  test('sends one after the other until nothing waits', async () => {
    const world = new World();
    world.waiting.push('a', 'b');
    await world.run();
    expect(world.log).toEqual(['recover', 'send a', 'complete a', 'send b', 'complete b']);
  });

  test('takes over what was in hand once, before anything is sent', async () => {
    const world = new World();
    await world.run();
    await world.run();
    expect(world.log).toEqual(['recover']);
  });

  test('a flood wait holds the queue, puts the job back in front, and sets the bell for its end', async () => {
    const world = new World();
    world.waiting.push('a', 'b');
    world.troubles.set('a', flood(30));
    await world.run();
    expect(world.log).toEqual(['recover', 'send a', 'hold 30000', 'put back a']);
    expect(world.bells).toEqual([world.now + 30_000]);

    await world.run();
    expect(world.log).toHaveLength(4);
    world.now += 30_001;
    await world.run();
    expect(world.log.slice(4)).toEqual(['send a', 'complete a', 'send b', 'complete b']);
  });

  test('a hold that Redis has still, though ours is over, is waited for', async () => {
    const world = new World();
    world.heldInRedis = 40;
    await world.run();
    expect(world.bells).toEqual([world.now + 41]);
  });

  test('a job refused for good fails, and the next one goes on', async () => {
    const world = new World();
    world.waiting.push('a', 'b');
    world.troubles.set('a', new TelegramFailure({ outcome: 'fail' }, new GatewayError('RECIPIENT_REFUSED')));
    await world.run();
    expect(world.log).toEqual(['recover', 'send a', 'fail a RECIPIENT_REFUSED', 'send b', 'complete b']);
  });

  test('when the session has ended every job fails, and Telegram is not asked again', async () => {
    const world = new World();
    world.waiting.push('a', 'b');
    world.troubles.set('a', new TelegramFailure({ outcome: 'account', state: 'revoked' }, NOT_SIGNED_IN));
    await world.run();
    expect(world.log).toEqual(['recover', 'send a', 'fail a NOT_AUTHORIZED', 'fail b NOT_AUTHORIZED']);
  });

  test('when a person must look at the account its jobs stay in line', async () => {
    const world = new World();
    world.waiting.push('a', 'b');
    world.troubles.set(
      'a',
      new TelegramFailure({ outcome: 'account', state: 'peer_limited' }, new GatewayError('PEER_FLOOD')),
    );
    await world.run();
    expect(world.waiting).toEqual(['a', 'b']);
    await world.run();
    expect(world.log).toEqual(['recover', 'send a', 'put back a']);
  });

  test('without the right to serve nothing is sent, and nothing is written', async () => {
    const world = new World();
    world.waiting.push('a');
    world.mayServe = false;
    await world.run();
    expect(world.log).toEqual([]);
  });

  test('a right lost while a send failed leaves the job to the next owner', async () => {
    const world = new World();
    world.waiting.push('a');
    const failure = new TelegramFailure({ outcome: 'retry' }, new GatewayError('TELEGRAM_UNAVAILABLE'));
    vi.spyOn(world.account, 'send').mockImplementation(async () => {
      world.mayServe = false;
      throw failure;
    });
    await world.run();
    expect(world.log).toEqual(['recover']);
  });

  test('stop waits for the job in hand and takes no other', async () => {
    const world = new World();
    world.waiting.push('a', 'b');
    world.lane.wake();
    await world.lane.stop();
    world.lane.wake();
    await world.lane.idle();
    expect(world.waiting).toContain('b');
    expect(world.log.filter((line) => line.startsWith('send'))).toHaveLength(
      world.log.filter((line) => line.startsWith('complete')).length,
    );
  });
});
