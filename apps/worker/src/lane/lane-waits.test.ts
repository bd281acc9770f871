import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATE, HOUR, World } from '../testing/lane-world.ts';

const flood = (seconds: number) => ({ outcome: 'wait', scope: 'account', seconds }) as const;
const slowMode = (seconds: number) => ({ outcome: 'wait', scope: 'chat', seconds }) as const;

describe("an account's lane under holds", () => {
  let world: World;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse(DATE) });
    world = new World();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('after a flood wait all jobs go back in order, and are sent when the wait ends', async () => {
    world.account.refuse('a1', flood(30), 'FLOOD_WAIT');
    expect(await world.add('a1', 'b1').run()).toEqual(['send a1', 'put back a1']);
    expect(await world.pass(29_000)).toEqual([]);
    expect(await world.pass(2_000)).toEqual(['send a1', 'complete a1', 'send b1', 'complete b1']);
  });

  test('in slow mode jobs of the chat wait in order, and other chats overtake them', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    expect(await world.add('a1', 'a2', 'b1').run()).toEqual(['send a1', 'send b1', 'complete b1']);
    expect(world.shownHolds.map(({ jobId }) => jobId)).toEqual(['a1', 'a2']);
    expect(world.saved.chatHolds['a']?.until).toBe(Date.now() + 30_000);
    expect(await world.add('a3', 'c1').run()).toEqual(['send c1', 'complete c1']);
    expect((await world.pass(31_000)).filter((line) => line.startsWith('send'))).toEqual([
      'send a1',
      'send a2',
      'send a3',
    ]);
  });

  describe('attempts are counted', () => {
    const trouble = { outcome: 'retry', reached: true } as const;

    test('one for a message that is sent at once, none for one that must wait or is not attempted', async () => {
      world.account.refuse('b1', flood(30), 'FLOOD_WAIT');
      await world.add('a1', 'b1', 'c1').run();
      expect([...world.attempts]).toEqual([['a1', 1]]);
    });

    test('without flood waits, slow mode and attempts that did not reach Telegram', async () => {
      world.account.refuse('a1', slowMode(1), 'TELEGRAM_ERROR');
      world.account.refuse('a1', { outcome: 'retry', reached: false }, 'TELEGRAM_ERROR');
      world.account.refuse('a1', flood(1), 'TELEGRAM_ERROR');
      world.account.refuse('a1', trouble, 'TELEGRAM_ERROR');
      await world.add('a1').run();
      await world.pass(60_000);
      expect(world.attempts.get('a1')).toBe(2);
    });

    test('including the failed one, also if it stops the account', async () => {
      world.account.refuse('a1', trouble, 'TELEGRAM_ERROR');
      world.account.refuse('a1', { outcome: 'fail' }, 'TELEGRAM_ERROR');
      world.account.refuse('b1', { outcome: 'account', state: 'peer_limited' }, 'TELEGRAM_ERROR');
      await world.add('a1').run();
      await world.pass(10_000);
      await world.add('b1').run();
      expect([...world.attempts]).toEqual([
        ['a1', 2],
        ['b1', 1],
      ]);
    });

    test('one more for an attempt that the end of a worker interrupted, none for a held job', async () => {
      world.recovered = [
        {
          jobId: 'a1',
          fetchedAt: Date.now(),
          fetchedBy: null,
          wasHeld: false,
          wasTransfer: false,
          attempts: 2,
        },
        {
          jobId: 'b1',
          fetchedAt: Date.now(),
          fetchedBy: null,
          wasHeld: true,
          wasTransfer: false,
          attempts: 2,
        },
      ];
      await world.run();
      expect([...world.attempts]).toEqual([['a1', 3]]);
      await world.add('a1').run();
      expect(world.attempts.get('a1')).toBe(4);
    });

    test('one for a split text whose parts are all sent at once', async () => {
      world.waiting.push({ text: 'a1 a2', job: { cuts: [3] } });
      await world.run();
      expect(world.attempts.get('a1 a2')).toBe(1);
    });
  });

  describe('a message that Telegram fails to accept is attempted eight times', () => {
    const trouble = { outcome: 'retry', reached: true } as const;
    const refuse = (text: string, times: number, why: Parameters<typeof world.account.refuse>[1]) => {
      for (let time = 0; time < times; time += 1) world.account.refuse(text, why, 'TELEGRAM_ERROR');
    };
    const tried = () => world.log.filter((line) => line === 'send a1').length;

    test('even if it goes back to the queue in between', async () => {
      refuse('a1', 20, trouble);
      refuse('b1', 20, flood(20));
      await world.add('a1', 'b1').run();
      await world.pass(10 * 21_000);
      expect(tried()).toBe(8);
      expect(world.log).toContain('fail TELEGRAM_ERROR a1');
    });

    test('not counting requested waits and outages', async () => {
      refuse('a1', 10, slowMode(1));
      refuse('a1', 10, { outcome: 'retry', reached: false });
      refuse('a1', 7, trouble);
      await world.add('a1').run();
      await world.pass(HOUR);
      expect(tried()).toBe(28);
      expect(world.log).toContain('complete a1');
    });
  });

  describe('a message with a time to type first', () => {
    const typed = (text: string, typingMs: number) => world.waiting.push({ text, job: { typingMs } });

    test('is shown as typed every 4 s; its chat waits, and other chats go on', async () => {
      typed('a1', 10_000);
      expect(await world.add('a2', 'b1').run()).toEqual(['typing a', 'send b1', 'complete b1']);
      expect(world.shownHolds).toEqual([]);
      expect(await world.pass(9_000)).toEqual(['typing a', 'typing a']);
      expect(await world.pass(1_500)).toEqual([
        'send a1',
        'complete a1',
        'goes on a2',
        'send a2',
        'complete a2',
      ]);
      expect(world.attempts.get('a1')).toBe(1);
    });

    test('goes on with the rest of the time on another worker, and only before its first part', async () => {
      world.waiting.push({ text: 'a1', job: { typingMs: 20_000 }, typingUntil: Date.now() + 1_000 });
      world.waiting.push({ text: 'b1', job: { typingMs: 20_000 }, typingUntil: Date.now() - 1 });
      const sent = [{ message_id: 5, date: DATE }];
      world.waiting.push({ text: 'c1c2', job: { typingMs: 20_000, cuts: [2] }, sent });
      expect(await world.run()).toEqual(['typing a', 'send b1', 'complete b1', 'send c2', 'complete2 c1c2']);
      expect(await world.pass(1_500)).toEqual(['send a1', 'complete a1']);
    });

    test('does not type for longer because of another clock', async () => {
      world.waiting.push({ text: 'a1', job: { typingMs: 5_000 }, typingUntil: Date.now() + HOUR });
      expect(await world.run()).toEqual(['send a1', 'complete a1']);
    });

    test('goes out at once if typing is refused or fails', async () => {
      world.account.typingAnswer = async () => false;
      typed('a1', 10_000);
      expect(await world.run()).toEqual(['typing a', 'send a1', 'complete a1']);
      world.account.typingAnswer = async () => {
        throw new Error('no answer');
      };
      typed('a2', 10_000);
      expect(await world.run()).toEqual(['typing a', 'send a2', 'complete a2']);
    });

    test('can be cancelled meanwhile, and keeps its time over a hold of the account', async () => {
      typed('a1', 10_000);
      await world.run();
      expect(await world.lane.cancel('a1')).toBe('cancelled');
      typed('a2', 10_000);
      await world.run();
      world.account.refuse('b1', flood(30), 'FLOOD_WAIT');
      expect(await world.add('b1').run()).toEqual(['send b1', 'put back b1', 'put back a2']);
      expect(await world.pass(31_000)).toEqual(['send a2', 'complete a2', 'send b1', 'complete b1']);
    });
  });

  test('fetches no more jobs than the limit', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    expect(await world.add('a1', 'a2', 'a3', 'a4', 'a5', 'b1').run()).toEqual(['send a1']);
    expect(world.fetched.map(({ text }) => text)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  });

  test('a flood wait puts held jobs back too, in the order in which they were enqueued', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    world.account.refuse('b1', flood(10), 'FLOOD_WAIT');
    await world.add('a1', 'a2', 'b1', 'c1').run();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'a2', 'b1', 'c1']);
    expect(world.fetched).toEqual([]);
  });

  test('a flood wait for look-ups holds only sends that need one', async () => {
    world.account.unknown.add('a');
    world.account.refuse('a1', { outcome: 'wait', scope: 'resolve', seconds: 30 }, 'FLOOD_WAIT');
    expect(await world.add('a1', 'b1').run()).toEqual(['send a1', 'send b1', 'complete b1']);
    expect(await world.pass(31_000)).toContain('complete a1');
  });

  test('a wait longer than the limit fails the jobs, and says when it ends', async () => {
    world.account.refuse('a1', flood(48 * 3_600), 'FLOOD_WAIT');
    expect(await world.add('a1', 'b1').run()).toEqual([
      'send a1',
      'fail FLOOD_WAIT a1',
      'fail FLOOD_WAIT b1',
    ]);
    world.account.refuse('c1', slowMode(48 * 3_600), 'FLOOD_WAIT');
    await world.pass(49 * HOUR);
    expect(await world.add('c1', 'c2', 'd1').run()).toEqual([
      'send c1',
      'send d1',
      'complete d1',
      'fail FLOOD_WAIT c1',
      'fail FLOOD_WAIT c2',
    ]);
  });

  test('keeps the pace and loses no job', async () => {
    world.account.pace = {
      burst: 2,
      per_minute: 60,
      chat_burst: 10,
      chat_interval: 1,
      group_interval: 1,
      strangers_per_day: 1,
    };
    expect(await world.add('a1', 'b1', 'c1', 'd1').run()).toEqual([
      'send a1',
      'complete a1',
      'send b1',
      'complete b1',
      'put back c1',
    ]);
    expect(world.account.hold).toMatchObject({ reason: 'PACE' });
    expect(await world.pass(1_010)).toContain('complete c1');
    expect(await world.pass(1_010)).toContain('complete d1');
    expect(world.saved.pace.account?.tokens).toBeLessThan(1);
  });

  test('a message that Telegram cannot accept holds its chat, then fails; other chats go on', async () => {
    for (let attempt = 0; attempt < 8; attempt += 1)
      world.account.refuse('a1', { outcome: 'retry', reached: true }, 'TELEGRAM_UNAVAILABLE');
    expect(await world.add('a1', 'a2', 'b1').run()).toEqual(['send a1', 'send b1', 'complete b1']);
    const rest = await world.pass(120_000);
    expect(rest.filter((line) => line === 'send a1')).toHaveLength(7);
    expect(rest.slice(-4)).toEqual(['fail TELEGRAM_UNAVAILABLE a1', 'goes on a2', 'send a2', 'complete a2']);
  });

  test('jobs wait while Telegram is unreachable, and fail after the longest wait', async () => {
    const away = { outcome: 'retry', reached: false } as const;
    for (let attempt = 0; attempt < 10_000; attempt += 1)
      world.account.refuse('a1', away, 'TELEGRAM_UNAVAILABLE');
    await world.add('a1').run();
    await world.pass(23 * HOUR);
    expect(world.waiting).toHaveLength(1);
    await world.pass(2 * HOUR);
    expect(world.log.at(-1)).toBe('fail TELEGRAM_UNAVAILABLE a1');
  });

  test('a job that becomes due while the pace holds the account joins the queue, without a busy loop', async () => {
    world.account.pace = {
      burst: 1,
      per_minute: 1,
      chat_burst: 9,
      chat_interval: 1,
      group_interval: 1,
      strangers_per_day: 1,
    };
    await world.add('a1', 'b1').run();
    world.dueAt = Date.now() + 1_000;
    await world.run();
    world.log.length = 0;
    await world.pass(30_000);
    expect(world.log).toEqual(['promote due']);
  });

  test('a stranger counts as one, even though the message makes the user known', async () => {
    world.account.pace = {
      burst: 9,
      per_minute: 60,
      chat_burst: 9,
      chat_interval: 1,
      group_interval: 1,
      strangers_per_day: 1,
    };
    world.account.strangers.add('a').add('b');
    expect(await world.add('a1', 'b1', 'a2').run()).toEqual([
      'send a1',
      'complete a1',
      'send a2',
      'complete a2',
    ]);
    expect(world.shownHolds).toMatchObject([{ jobId: 'b1', hold: { reason: 'PACE_STRANGERS' } }]);
  });

  test('a stranger who waits for the next day holds no other chat', async () => {
    world.account.pace = {
      burst: 2,
      per_minute: 60,
      chat_burst: 9,
      chat_interval: 1,
      group_interval: 1,
      strangers_per_day: 0,
    };
    world.account.strangers.add('a');
    expect(await world.add('a1', 'b1', 'b2', 'b3').run()).toContain('complete b2');
    expect(world.account.hold).toMatchObject({ reason: 'PACE' });
    expect(await world.pass(1_010)).toContain('complete b3');
    expect([...world.waiting, ...world.fetched].map(({ text }) => text)).toEqual(['a1']);
  });
});
