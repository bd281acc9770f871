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

  test('sends one after the other until nothing waits', async () => {
    expect(await world.add('a', 'b').run()).toEqual(['send a', 'complete a', 'send b', 'complete b']);
  });

  test('makes the queue its own once, before anything is sent', async () => {
    await world.run();
    await world.run();
    expect(world.log).toEqual(['claim', 'recover']);
  });

  test('makes the queue its own again after Redis was lost', async () => {
    await world.run();
    world.epoch += 1;
    await world.run();
    expect(world.log).toEqual(['claim', 'recover', 'claim', 'recover']);
  });

  test('jobs of the account in other hands: all is put in order again before anything is sent', async () => {
    world.toRecover = 1;
    world.add('a1', 'a2');
    expect(await world.run()).toEqual(['send a1', 'complete a1', 'send a2', 'complete a2']);
    expect(world.log.slice(0, 4)).toEqual(['claim', 'recover', 'claim', 'recover']);
  });

  test('a lane that was cut off goes on by itself', async () => {
    vi.spyOn(world, 'next').mockRejectedValueOnce(new Error('no Redis'));
    expect(await world.add('a').run()).toEqual([]);
    expect(await world.pass(1_010)).toEqual(['claim', 'recover', 'send a', 'complete a']);
  });

  test('a message whose end was written down and not answered does not go out again, and what was fetched with it is the next one', async () => {
    world.replyLost = true;
    expect(await world.add('a', 'b', 'c').run()).toEqual(['send a', 'complete a']);
    expect(world.fetched.map(({ text }) => text)).toEqual(['b']);
    world.recovered = [{ jobId: 'b', fetchedAt: Date.now(), wasHeld: false, attempts: 0 }];
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

  test('a job refused for good fails, and the next one goes on', async () => {
    world.account.refuse('a', { outcome: 'fail' }, 'RECIPIENT_REFUSED');
    expect(await world.add('a', 'b').run()).toEqual([
      'send a',
      'fail RECIPIENT_REFUSED a',
      'send b',
      'complete b',
    ]);
  });

  test('a text that was cut goes out in its parts, and on where it had stopped', async () => {
    world.waiting.push({ text: 'one two three', job: { cuts: [4, 8] } });
    world.account.refuse('two', flood(5), 'FLOOD_WAIT');
    expect(await world.run()).toEqual(['send one', 'send two', 'put back one two three']);
    expect(await world.pass(6_000)).toEqual(['send two', 'send three', 'complete3 one two three']);
    expect(world.account.sendings.map(({ part }) => part)).toEqual([0, 1, 1, 2]);
  });

  test('an unknown outcome is tried again as the same message; after a while the chat is looked at first', async () => {
    world.account.refuse('a2', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    world.account.refuse('a2', slowMode(2 * 3_600), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
    await world.pass(1_100);
    await world.pass(3 * HOUR);
    expect(
      world.account.sendings.map(({ jobId, after, searchSince }) => [
        jobId,
        after,
        searchSince !== undefined,
      ]),
    ).toEqual([
      ['a1', 0, false],
      ['a2', 1, false],
      ['a2', 1, false],
      ['a2', 1, true],
    ]);
    expect(world.saved.unknown).toEqual({});
  });

  test('what was in hand when a worker ended long ago is looked for first, behind the last that the queue knows of', async () => {
    const fetchedAt = Date.now() - 2 * HOUR;
    world.recovered = [{ jobId: 'a1', fetchedAt, wasHeld: false, attempts: 0 }];
    await world.add('a1', 'a2').run();
    expect(world.account.sendings.map(({ after, searchSince }) => [after, searchSince])).toEqual([
      [77, fetchedAt],
      [1, undefined],
    ]);
  });

  test('what was only set aside when a worker ended was not under way', async () => {
    world.recovered = [{ jobId: 'a1', fetchedAt: Date.now() - 2 * HOUR, wasHeld: true, attempts: 0 }];
    await world.add('a1').run();
    expect(world.account.sendings.map(({ searchSince }) => searchSince)).toEqual([undefined]);
    expect(world.account.ledger.recoveriesOf('a1')).toBe(0);
  });

  test('only a worker that ends counts against a message, not a lane that was cut off', async () => {
    await world.run();
    for (let times = 0; times < 6; times += 1) {
      world.epoch += 1;
      world.recovered = [{ jobId: 'a1', fetchedAt: Date.now(), wasHeld: false, attempts: 0 }];
      await world.run();
    }
    expect(await world.add('a1').run()).toEqual(['send a1', 'complete a1']);
  });

  test('a message that was accepted before the account was disconnected does not go out under another sign-in', async () => {
    world.account.ledger.recordDisconnected(Date.now());
    world.waiting.push(
      { text: 'a1', acceptedAt: Date.now() - 1 },
      { text: 'a2', acceptedAt: Date.now() + 1 },
    );
    expect(await world.run()).toEqual(['fail ACCOUNT_DISCONNECTED a1', 'send a2', 'complete a2']);
  });

  test('an account that is stopped while a message waits for its turn keeps it', async () => {
    vi.spyOn(world.account, 'send').mockImplementation(async () => {
      world.account.stopped = true;
      throw new Error('stopped');
    });
    await world.add('a1').run();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1']);
  });

  test('a message that ends its worker again and again fails', async () => {
    for (let times = 0; times < 5; times += 1) world.account.ledger.recordRecovery('a1');
    expect(await world.add('a1', 'a2').run()).toEqual(['fail TELEGRAM_TIMEOUT a1', 'send a2', 'complete a2']);
  });

  test('when the session has ended every job fails, and Telegram is not asked again', async () => {
    world.account.refuse('a', { outcome: 'account', state: 'revoked' }, 'NOT_AUTHORIZED');
    expect(await world.add('a', 'b').run()).toEqual([
      'send a',
      'fail NOT_AUTHORIZED a',
      'fail NOT_AUTHORIZED b',
    ]);
  });

  test('when a person must look at the account its jobs stay in line', async () => {
    world.account.refuse('a1', { outcome: 'account', state: 'peer_limited' }, 'PEER_FLOOD');
    await world.add('a1', 'b1').run();
    await world.run();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'b1']);
    world.account.stopped = false;
    expect(await world.run()).toEqual(['send a1', 'complete a1', 'send b1', 'complete b1']);
  });

  test('without the right to serve nothing is sent, and nothing is written', async () => {
    world.mayServe = false;
    await world.add('a').run();
    expect(world.log).toEqual([]);
  });

  test('a right lost while a send failed leaves the job to the next owner', async () => {
    vi.spyOn(world.account, 'send').mockImplementation(async () => {
      world.mayServe = false;
      throw new TelegramFailure({ outcome: 'unknown' }, new GatewayError('TELEGRAM_TIMEOUT'));
    });
    expect(await world.add('a').run()).toEqual([]);
    expect(world.saved).toBe(EMPTY_SEND_STATE);
  });

  test('jobs with a time of their own fail with all others once the account is disconnected', async () => {
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
    test('once it has looked, and no longer than until it is woken', async () => {
      expect(world.lane.isEmpty).toBe(false);
      await world.add('a').run();
      expect(world.lane.isEmpty).toBe(true);
      world.lane.wake();
      expect(world.lane.isEmpty).toBe(false);
      await world.lane.idle();
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not while a message is going out', async () => {
      const empty = world.during('a', async () => world.lane.isEmpty);
      await world.add('a').run();
      expect(await empty).toBe(false);
    });

    test('but not where it was woken while it looked: it looks again first', async () => {
      const looks: boolean[] = [];
      world.onClearDueAccount = () => looks.push(world.lane.isEmpty);
      vi.spyOn(world, 'nextDueAt').mockImplementationOnce(async () => {
        world.lane.wake();
        return null;
      });
      await world.run();
      expect(looks).toEqual([false, false]);
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not while a message waits for a time of its own', async () => {
      world.dueAt = Date.now() + HOUR;
      await world.add('a').run();
      expect(world.lane.isEmpty).toBe(false);
      await world.pass(HOUR + 10);
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not while a message is set aside, or the account waits', async () => {
      world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
      world.account.refuse('a1', flood(30), 'FLOOD_WAIT');
      await world.add('a1').run();
      expect(world.lane.isEmpty).toBe(false);
      await world.pass(31_000);
      expect(world.lane.isEmpty).toBe(false);
      await world.pass(31_000);
      expect(world.lane.isEmpty).toBe(true);
    });

    test('but not after it was cut off', async () => {
      await world.run();
      vi.spyOn(world, 'next').mockRejectedValueOnce(new Error('no Redis'));
      await world.run();
      expect(world.lane.isEmpty).toBe(false);
    });
  });
});
