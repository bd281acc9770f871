import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATE, World } from '../testing/lane-world.ts';

const slowMode = (seconds: number) => ({ outcome: 'wait', scope: 'chat', seconds }) as const;

describe('cancelling a fetched job', () => {
  let world: World;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse(DATE) });
    world = new World();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A lane that holds `a1` and `a2`, because their chat is in slow mode. */
  async function twoHeld(): Promise<void> {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
  }

  test('a held job ends at once, and its end is announced', async () => {
    await twoHeld();
    expect(await world.lane.cancel('a2')).toBe('cancelled');
    expect(world.log.slice(-2)).toEqual(['fail CANCELLED a2', 'goes on a2']);
    expect(world.announced).toEqual(['a2']);
    expect(await world.pass(31_000)).toEqual(['goes on a1', 'send a1', 'complete a1']);
  });

  test('the first job of a chat can be cancelled; the others of the chat go on', async () => {
    await twoHeld();
    expect(await world.lane.cancel('a1')).toBe('cancelled');
    expect(await world.pass(31_000)).toEqual(['goes on a2', 'send a2', 'complete a2']);
  });

  test('a message that is being sent cannot be cancelled', async () => {
    const outcome = world.during('a1', () => world.lane.cancel('a1'));
    expect(await world.add('a1').run()).toEqual(['send a1', 'complete a1']);
    expect(await outcome).toBe('too_late');
  });

  test('a message that Telegram asks to wait with while it is being cancelled is not sent later', async () => {
    world.account.refuse('a1', { outcome: 'wait', scope: 'account', seconds: 30 }, 'FLOOD_WAIT');
    const outcome = world.during('a1', () => world.lane.cancel('a1'));
    expect(await world.add('a1').run()).toEqual(['send a1', 'fail CANCELLED a1']);
    expect(await outcome).toBe('cancelled');
  });

  test('a part that may have been sent is sent again before the parts after it are cancelled', async () => {
    world.account.refuse('a1', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    world.waiting.push({ text: 'a1a2', job: { cuts: [2] } });
    let cancelled: Promise<string> | undefined;
    const outcome = world.during('a1', () => (cancelled ??= world.lane.cancel('a1a2')));
    await world.run();
    expect(await world.pass(2_000)).toEqual(['goes on a1a2', 'send a1', 'fail CANCELLED a1a2']);
    expect(await outcome).toBe('cancelled');
  });

  test('the parts after the one that is being sent are cancelled', async () => {
    world.waiting.push({ text: 'a1a2', job: { cuts: [2] } });
    const outcome = world.during('a1', () => world.lane.cancel('a1a2'));
    expect(await world.run()).toEqual(['send a1', 'fail CANCELLED a1a2']);
    expect(await outcome).toBe('cancelled');
  });

  test('a message that may have been sent is not cancelled', async () => {
    world.account.refuse('a1', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    await world.add('a1').run();
    expect(await world.lane.cancel('a1')).toBe('too_late');
    expect(await world.pass(2_000)).toContain('complete a1');
  });

  test.each([
    ['only transferred a file', true, 'cancelled'],
    ['may have sent it', false, 'too_late'],
  ])('a job of a former owner that %s', async (_what, wasTransfer, outcome) => {
    const former = { jobId: 'a1', fetchedAt: Date.now(), fetchedBy: 'w1', attempts: 0 };
    world.recovered = [{ ...former, wasHeld: false, wasTransfer }];
    await twoHeld();
    expect(await world.lane.cancel('a1')).toBe(outcome);
  });

  test('a job that the lane has not fetched is reported as not fetched', async () => {
    await twoHeld();
    expect(await world.lane.cancel('b1')).toBe('not_fetched');
  });

  test('a job that goes back to its queue meanwhile is reported as not fetched', async () => {
    await twoHeld();
    world.account.stopped = true;
    expect(await world.lane.cancel('a1')).toBe('not_fetched');
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'a2']);
  });

  test('a cancel resolves when the lane is abandoned', async () => {
    await twoHeld();
    world.mayServe = false;
    const outcome = world.lane.cancel('a1');
    world.lane.abandon();
    expect(await outcome).toBe('not_fetched');
  });
});
