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
    world.strays = 1;
    world.add('a1', 'a2');
    expect(await world.run()).toEqual(['send a1', 'complete a1', 'send a2', 'complete a2']);
    expect(world.log.slice(0, 4)).toEqual(['claim', 'recover', 'claim', 'recover']);
  });

  test('a lane that was cut off goes on by itself', async () => {
    vi.spyOn(world, 'next').mockRejectedValueOnce(new Error('no Redis'));
    expect(await world.add('a').run()).toEqual([]);
    expect(await world.pass(1_010)).toEqual(['claim', 'recover', 'send a', 'complete a']);
  });

  test('a flood wait: all goes back in its order, and on at the end of the wait', async () => {
    world.account.refuse('a1', flood(30), 'FLOOD_WAIT');
    expect(await world.add('a1', 'b1').run()).toEqual(['send a1', 'put back a1']);
    expect(await world.pass(29_000)).toEqual([]);
    expect(await world.pass(2_000)).toEqual(['send a1', 'complete a1', 'send b1', 'complete b1']);
  });

  test('slow mode: the chat waits in its order, and others overtake it', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    expect(await world.add('a1', 'a2', 'b1').run()).toEqual(['send a1', 'send b1', 'complete b1']);
    expect(world.aside.map(({ jobId }) => jobId)).toEqual(['a1', 'a2']);
    expect(world.saved.chatHolds['a']?.until).toBe(Date.now() + 30_000);
    expect(await world.add('a3', 'c1').run()).toEqual(['send c1', 'complete c1']);
    expect((await world.pass(31_000)).filter((line) => line.startsWith('send'))).toEqual([
      'send a1',
      'send a2',
      'send a3',
    ]);
  });

  test('no more than so many are set aside', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    expect(await world.add('a1', 'a2', 'a3', 'a4', 'a5', 'b1').run()).toEqual(['send a1']);
    expect(world.inHand.map(({ text }) => text)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  });

  test('a flood wait while jobs are set aside: all goes back, in the order of acceptance', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    world.account.refuse('b1', flood(10), 'FLOOD_WAIT');
    await world.add('a1', 'a2', 'b1', 'c1').run();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'a2', 'b1', 'c1']);
    expect(world.inHand).toEqual([]);
  });

  test('a wait for look-ups holds only what needs one', async () => {
    world.account.unknown.add('a');
    world.account.refuse('a1', { outcome: 'wait', scope: 'resolve', seconds: 30 }, 'FLOOD_WAIT');
    expect(await world.add('a1', 'b1').run()).toEqual(['send a1', 'send b1', 'complete b1']);
    expect(await world.pass(31_000)).toContain('complete a1');
  });

  test('a wait that is longer than the limit fails the jobs, saying until when', async () => {
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

  test('the pace is kept, with nothing lost', async () => {
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

  test('a job refused for good fails, and the next one goes on', async () => {
    world.account.refuse('a', { outcome: 'fail' }, 'RECIPIENT_REFUSED');
    expect(await world.add('a', 'b').run()).toEqual([
      'send a',
      'fail RECIPIENT_REFUSED a',
      'send b',
      'complete b',
    ]);
  });

  test('a message that Telegram cannot take keeps back its chat for a while, then fails; other chats go on', async () => {
    for (let tries = 0; tries < 8; tries += 1)
      world.account.refuse('a1', { outcome: 'retry', reached: true }, 'TELEGRAM_UNAVAILABLE');
    expect(await world.add('a1', 'a2', 'b1').run()).toEqual(['send a1', 'send b1', 'complete b1']);
    const rest = await world.pass(120_000);
    expect(rest.filter((line) => line === 'send a1')).toHaveLength(7);
    expect(rest.slice(-4)).toEqual(['fail TELEGRAM_UNAVAILABLE a1', 'goes on a2', 'send a2', 'complete a2']);
  });

  test('Telegram that is away is waited for, and what waits for it too long fails', async () => {
    const away = { outcome: 'retry', reached: false } as const;
    for (let tries = 0; tries < 10_000; tries += 1) world.account.refuse('a1', away, 'TELEGRAM_UNAVAILABLE');
    await world.add('a1').run();
    await world.pass(23 * HOUR);
    expect(world.waiting).toHaveLength(1);
    await world.pass(2 * HOUR);
    expect(world.log.at(-1)).toBe('fail TELEGRAM_UNAVAILABLE a1');
  });

  test('a text that was cut goes out in its parts, and on where it had stopped', async () => {
    world.waiting.push({ text: 'one two three', job: { cuts: [4, 8] } });
    world.account.refuse('two ', flood(5), 'FLOOD_WAIT');
    expect(await world.run()).toEqual(['send one ', 'send two ', 'put back one two three']);
    expect(await world.pass(6_000)).toEqual(['send two ', 'send three', 'complete3 one two three']);
    expect(world.account.sendings.map(({ part }) => part)).toEqual([0, 1, 1, 2]);
  });

  test('an unknown outcome is tried again as the same message; after a while the chat is looked at first', async () => {
    world.account.refuse('a2', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    world.account.refuse('a2', slowMode(2 * 3_600), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
    await world.pass(1_100);
    await world.pass(3 * HOUR);
    expect(
      world.account.sendings.map(({ jobId, after, lookFirstSince }) => [
        jobId,
        after,
        lookFirstSince !== undefined,
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
    world.recovered = [{ jobId: 'a1', fetchedAt, wasAside: false }];
    await world.add('a1', 'a2').run();
    expect(world.account.sendings.map(({ after, lookFirstSince }) => [after, lookFirstSince])).toEqual([
      [77, fetchedAt],
      [1, undefined],
    ]);
  });

  test('what was only set aside when a worker ended was not under way', async () => {
    world.recovered = [{ jobId: 'a1', fetchedAt: Date.now() - 2 * HOUR, wasAside: true }];
    await world.add('a1').run();
    expect(world.account.sendings.map(({ lookFirstSince }) => lookFirstSince)).toEqual([undefined]);
    expect(world.account.ledger.recoveriesOf('a1')).toBe(0);
  });

  test('only a worker that ends counts against a message, not a lane that was cut off', async () => {
    await world.run();
    for (let times = 0; times < 6; times += 1) {
      world.epoch += 1;
      world.recovered = [{ jobId: 'a1', fetchedAt: Date.now(), wasAside: false }];
      await world.run();
    }
    expect(await world.add('a1').run()).toEqual(['send a1', 'complete a1']);
  });

  test('a message that was accepted before the account was disconnected does not go out under another sign-in', async () => {
    world.account.ledger.noteDisconnected(Date.now());
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

  test('a message whose time has come while the pace holds all takes its place, without turning round and round', async () => {
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

  test('a message that ends its worker again and again fails', async () => {
    for (let times = 0; times < 5; times += 1) world.account.ledger.noteRecovery('a1');
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

  test('who was a stranger before the message counts as one, though the message has made it known', async () => {
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
    expect(world.aside).toMatchObject([{ jobId: 'b1', hold: { reason: 'PACE_STRANGERS' } }]);
  });

  test('a stranger that waits for another day keeps back nobody else', async () => {
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
    expect([...world.waiting, ...world.inHand].map(({ text }) => text)).toEqual(['a1']);
  });

  test('stop waits for the message under way, and puts back what is set aside in order', async () => {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
    await world.lane.stop();
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'a2']);
    expect(world.inHand).toEqual([]);
    expect(await world.pass(60_000)).toEqual([]);
  });
});
