import { EMPTY_SEND_STATE, GatewayError } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATE, HOUR, World } from '../testing/lane-world.ts';

const flood = (seconds: number) => ({ outcome: 'wait', scope: 'account', seconds }) as const;
const slowMode = (seconds: number) => ({ outcome: 'wait', scope: 'chat', seconds }) as const;

describe("an account's lane", () => {
  let world: World;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse(DATE) });
    world = new World();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('sends one message after another until the queue is empty', async () => {
    expect(await world.add('a', 'b').run()).toEqual(['send a', 'complete a', 'send b', 'complete b']);
  });

  test('fetches no further message after a completion that found none', async () => {
    const fetched = vi.spyOn(world, 'next');
    await world.add('a').run();
    // The completion fetches by itself.
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('sends a message that is enqueued after a completion found none', async () => {
    void world.during('a', async () => {
      vi.spyOn(world, 'next').mockImplementationOnce(async () => {
        world.add('b').lane.wake();
        return { nextDueAt: Infinity };
      });
    });
    expect(await world.add('a').run()).toEqual(['send a', 'complete a', 'send b', 'complete b']);
  });

  test('claims the queue once, before it sends anything', async () => {
    await world.run();
    await world.run();
    expect(world.log).toEqual(['claim', 'recover']);
  });

  test('claims the queue again after Redis was lost', async () => {
    await world.run();
    world.epoch += 1;
    await world.run();
    expect(world.log).toEqual(['claim', 'recover', 'claim', 'recover']);
  });

  test('restores the order before it sends, if other active jobs of the account exist', async () => {
    world.toRecover = 1;
    world.add('a1', 'a2');
    expect(await world.run()).toEqual(['send a1', 'complete a1', 'send a2', 'complete a2']);
    expect(world.log.slice(0, 4)).toEqual(['claim', 'recover', 'claim', 'recover']);
  });

  test('tries again by itself after an error', async () => {
    vi.spyOn(world, 'next').mockRejectedValueOnce(new Error('no Redis'));
    expect(await world.add('a').run()).toEqual([]);
    expect(await world.pass(1_010)).toEqual(['claim', 'recover', 'send a', 'complete a']);
  });

  test('a completed message whose reply was lost is not sent again, and the job fetched with it is next', async () => {
    world.replyLost = true;
    expect(await world.add('a', 'b', 'c').run()).toEqual(['send a', 'complete a']);
    expect(world.fetched.map(({ text }) => text)).toEqual(['b']);
    world.recovered = [
      { jobId: 'b', fetchedAt: Date.now(), fetchedBy: null, wasHeld: false, wasTransfer: false, attempts: 0 },
    ];
    expect(await world.pass(1_010)).toEqual([
      'claim',
      'recover',
      'send b',
      'complete b',
      'send c',
      'complete c',
    ]);
    expect(world.fetched).toEqual([]);
  });

  test('a job that Telegram refuses for good fails, and the next one is sent', async () => {
    world.account.refuse('a', { outcome: 'fail' }, 'RECIPIENT_REFUSED');
    expect(await world.add('a', 'b').run()).toEqual([
      'send a',
      'fail RECIPIENT_REFUSED a',
      'send b',
      'complete b',
    ]);
  });

  test('a split text is sent in parts, and continues after the last part that was sent', async () => {
    world.waiting.push({ text: 'one two three', job: { cuts: [4, 8] } });
    world.account.refuse('two', flood(5), 'FLOOD_WAIT');
    expect(await world.run()).toEqual(['send one', 'send two', 'put back one two three']);
    expect(await world.pass(6_000)).toEqual(['send two', 'send three', 'complete3 one two three']);
    expect(world.account.steps.map(({ index }) => index)).toEqual([0, 1, 1, 2]);
  });

  test('an unknown outcome is retried under the same id; after the dedup window the chat is searched first', async () => {
    world.account.refuse('a2', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    world.account.refuse('a2', slowMode(2 * 3_600), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
    await world.pass(1_100);
    await world.pass(3 * HOUR);
    expect(
      world.account.steps.map(({ jobId, after, searchSince }) => [jobId, after, searchSince !== undefined]),
    ).toEqual([
      ['a1', 0, false],
      ['a2', 1, false],
      ['a2', 1, false],
      ['a2', 1, true],
    ]);
    expect(world.saved.unknown).toEqual({});
  });

  test('a job recovered after the dedup window is searched for first, after the last message that the queue knows', async () => {
    const fetchedAt = Date.now() - 2 * HOUR;
    world.recovered = [
      { jobId: 'a1', fetchedAt, fetchedBy: null, wasHeld: false, wasTransfer: false, attempts: 0 },
    ];
    await world.add('a1', 'a2').run();
    expect(world.account.steps.map(({ after, searchSince }) => [after, searchSince])).toEqual([
      [77, fetchedAt],
      [1, undefined],
    ]);
  });

  test('a job that was held when its worker ended is sent without a search', async () => {
    world.recovered = [
      {
        jobId: 'a1',
        fetchedAt: Date.now() - 2 * HOUR,
        fetchedBy: null,
        wasHeld: true,
        wasTransfer: false,
        attempts: 0,
      },
    ];
    await world.add('a1').run();
    expect(world.account.steps.map(({ searchSince }) => searchSince)).toEqual([undefined]);
    expect(world.account.ledger.recoveriesOf('a1')).toBe(0);
  });

  test('recoveries count after a worker ended, not after an error of the lane', async () => {
    await world.run();
    for (let times = 0; times < 6; times += 1) {
      world.epoch += 1;
      world.recovered = [
        {
          jobId: 'a1',
          fetchedAt: Date.now(),
          fetchedBy: null,
          wasHeld: false,
          wasTransfer: false,
          attempts: 0,
        },
      ];
      await world.run();
    }
    expect(await world.add('a1').run()).toEqual(['send a1', 'complete a1']);
  });

  test.each([
    ['fails it', ['w1', 'w2', 'w3', 'w4', 'w5'], [], 'fail TELEGRAM_TIMEOUT a1'],
    ['does not, if one is alive and was only late', ['w1', 'w2', 'w3', 'w4', 'w5'], ['w3'], 'send a1'],
    ['does not, if one was late several times', ['w1', 'w1', 'w1', 'w1', 'w1', 'w1'], [], 'send a1'],
  ])('that five workers ended with a job %s', async (_what, workers, alive, outcome) => {
    for (const worker of workers) world.account.ledger.recordRecovery('a1', worker);
    world.liveWorkers = alive;
    expect((await world.add('a1').run())[0]).toBe(outcome);
    await world.account.ledger.save();
    expect([world.saved.recoveries, world.saved.recoveredFrom]).toEqual([{}, {}]);
  });

  test('a takeover counts against the worker that had fetched the job', async () => {
    const fetchedAt = Date.now();
    world.recovered = [
      { jobId: 'a1', fetchedAt, fetchedBy: 'w1', wasHeld: false, wasTransfer: false, attempts: 0 },
    ];
    await world.run();
    expect(world.account.ledger.recoveriesOf('a1')).toBe(1);
    expect(world.account.ledger.recoveriesOf('a1', ['w1'])).toBe(0);
  });

  test('a message enqueued before the account was disconnected is not sent after another sign-in', async () => {
    world.account.ledger.recordDisconnected(Date.now());
    world.waiting.push(
      { text: 'a1', acceptedAt: Date.now() - 1 },
      { text: 'a2', acceptedAt: Date.now() + 1 },
    );
    expect(await world.run()).toEqual(['fail ACCOUNT_DISCONNECTED a1', 'send a2', 'complete a2']);
  });

  test('a message that waits for its turn stays in the queue when the account is stopped', async () => {
    vi.spyOn(world.account, 'run').mockImplementation(async () => {
      world.account.stopped = true;
      throw new Error('stopped');
    });
    await world.add('a1').run();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1']);
  });

  test('every job fails once the session has ended, without another call to Telegram', async () => {
    world.account.refuse('a', { outcome: 'account', state: 'revoked' }, 'NOT_AUTHORIZED');
    expect(await world.add('a', 'b').run()).toEqual([
      'send a',
      'fail NOT_AUTHORIZED a',
      'fail NOT_AUTHORIZED b',
    ]);
  });

  test('the jobs of a stopped account stay in the queue', async () => {
    world.account.refuse('a1', { outcome: 'account', state: 'peer_limited' }, 'PEER_FLOOD');
    await world.add('a1', 'b1').run();
    await world.run();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'b1']);
    world.account.stopped = false;
    expect(await world.run()).toEqual(['send a1', 'complete a1', 'send b1', 'complete b1']);
  });

  test('sends and writes nothing without the lease', async () => {
    world.mayServe = false;
    await world.add('a').run();
    expect(world.log).toEqual([]);
  });

  test('leaves the job to the next owner if the lease is lost while a send fails', async () => {
    vi.spyOn(world.account, 'run').mockImplementation(async () => {
      world.mayServe = false;
      throw new TelegramFailure({ outcome: 'unknown' }, new GatewayError('TELEGRAM_TIMEOUT'));
    });
    expect(await world.add('a').run()).toEqual([]);
    expect(world.saved).toBe(EMPTY_SEND_STATE);
  });

  test('delayed jobs fail with all others once the account is disconnected', async () => {
    world.account.ended = new GatewayError('ACCOUNT_DISCONNECTED');
    expect(await world.add('a').run()).toEqual(['promote all', 'fail ACCOUNT_DISCONNECTED a']);
  });

  test('stop waits for the message that is being sent, and fetches no further job', async () => {
    const logAtStop = world.during('a', async () => {
      await world.lane.stop();
      return [...world.log];
    });
    await world.add('a', 'b').run();
    expect(await logAtStop).toEqual(['claim', 'recover', 'send a', 'complete a']);
    expect(world.waiting.map(({ text }) => text)).toEqual(['b']);
    world.lane.wake();
    await world.lane.idle();
    expect(world.log).toEqual(await logAtStop);
  });

  test('stop puts held jobs back in their order', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
    await world.lane.stop();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'a2']);
    expect(world.fetched).toEqual([]);
    expect(await world.pass(60_000)).toEqual([]);
  });

  describe('knows that its queue is empty', () => {
    test('from reading it until the next wake', async () => {
      expect(world.lane.isEmpty).toBe(false);
      await world.add('a').run();
      expect(world.lane.isEmpty).toBe(true);
      world.lane.wake();
      expect(world.lane.isEmpty).toBe(false);
      await world.lane.idle();
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not while a message is being sent', async () => {
      const empty = world.during('a', async () => world.lane.isEmpty);
      await world.add('a').run();
      expect(await empty).toBe(false);
    });

    test('but not if it was woken while it read: it reads again first', async () => {
      const atEachRound: boolean[] = [];
      world.onClearDueAccount = () => atEachRound.push(world.lane.isEmpty);
      vi.spyOn(world, 'next').mockImplementationOnce(async () => {
        world.lane.wake();
        return { nextDueAt: Infinity };
      });
      await world.run();
      expect(atEachRound).toEqual([false, false]);
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not while a delayed job waits', async () => {
      world.dueAt = Date.now() + HOUR;
      await world.add('a').run();
      expect(world.lane.isEmpty).toBe(false);
      await world.pass(HOUR + 10);
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not while a chat or the account is held', async () => {
      world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
      world.account.refuse('a1', flood(30), 'FLOOD_WAIT');
      await world.add('a1').run();
      expect(world.lane.isEmpty).toBe(false);
      await world.pass(31_000);
      expect(world.lane.isEmpty).toBe(false);
      await world.pass(31_000);
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not after an error', async () => {
      await world.run();
      vi.spyOn(world, 'next').mockRejectedValueOnce(new Error('no Redis'));
      await world.run();
      expect(world.lane.isEmpty).toBe(false);
    });
  });
});
