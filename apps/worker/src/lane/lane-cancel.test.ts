import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATE, World } from '../testing/lane-world.ts';

const slowMode = (seconds: number) => ({ outcome: 'wait', scope: 'chat', seconds }) as const;

describe('cancelling what a lane has in hand', () => {
  let world: World;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse(DATE) });
    world = new World();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A lane with `a1` and `a2` set aside, since their chat is in slow mode. */
  async function twoHeld(): Promise<void> {
    world.account.refuse('a1', slowMode(30), 'FLOOD_WAIT');
    await world.add('a1', 'a2').run();
  }

  test('a job that is set aside ends at once, and whoever asked to be told of its end is', async () => {
    await twoHeld();
    expect(await world.lane.cancel('a2')).toBe('cancelled');
    expect(world.log.slice(-2)).toEqual(['fail CANCELLED a2', 'goes on a2']);
    expect(world.announced).toEqual(['a2']);
    expect(await world.pass(31_000)).toEqual(['goes on a1', 'send a1', 'complete a1']);
  });

  test('the first of a chat may be taken from before the others', async () => {
    await twoHeld();
    expect(await world.lane.cancel('a1')).toBe('cancelled');
    expect(await world.pass(31_000)).toEqual(['goes on a2', 'send a2', 'complete a2']);
  });

  test('one that is going out just now cannot be taken back', async () => {
    const outcome = world.during('a1', () => world.lane.cancel('a1'));
    expect(await world.add('a1').run()).toEqual(['send a1', 'complete a1']);
    expect(await outcome).toBe('too_late');
  });

  test('of a text in parts, what is behind the part that is going out is taken back', async () => {
    world.waiting.push({ text: 'a1a2', job: { cuts: [2] } });
    const outcome = world.during('a1', () => world.lane.cancel('a1a2'));
    expect(await world.run()).toEqual(['send a1', 'fail CANCELLED a1a2']);
    expect(await outcome).toBe('cancelled');
  });

  test('one that may be out already is not taken back', async () => {
    world.account.refuse('a1', { outcome: 'unknown' }, 'TELEGRAM_TIMEOUT');
    await world.add('a1').run();
    expect(await world.lane.cancel('a1')).toBe('too_late');
    expect(await world.pass(2_000)).toContain('complete a1');
  });

  test('one that is not in hand is left to whoever has it', async () => {
    await twoHeld();
    expect(await world.lane.cancel('b1')).toBe('not_fetched');
  });

  test('one that goes back to its queue meanwhile is left to it', async () => {
    await twoHeld();
    world.account.stopped = true;
    expect(await world.lane.cancel('a1')).toBe('not_fetched');
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'a2']);
  });

  test('a lane that is given up keeps nobody waiting', async () => {
    await twoHeld();
    world.mayServe = false;
    const outcome = world.lane.cancel('a1');
    world.lane.abandon();
    expect(await outcome).toBe('not_fetched');
  });
});
