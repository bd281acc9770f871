import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATE, World } from '../testing/lane-world.ts';

const HOUR = 3_600_000;

describe("an account's lane with files", () => {
  let world: World;
  /** Ends the part of a job's file that is on its way. */
  let endPart: Map<string, () => void>;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse(DATE) });
    world = new World();
    endPart = new Map();
    world.account.onPart = (text) => new Promise((resolve) => endPart.set(text, resolve));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Ends the part that is on its way. @returns what the lane did then. */
  async function end(text: string): Promise<string[]> {
    const before = world.log.length;
    endPart.get(text)?.();
    await vi.advanceTimersByTimeAsync(0);
    await world.lane.idle();
    return world.log.slice(before);
  }

  test('sends messages to other chats while a part is on its way; those to its chat wait', async () => {
    world.addFile('a1', 1).add('a2', 'b1');
    expect(await world.run()).toEqual(['part 0 of a1', 'send b1', 'complete b1']);
    expect(await world.add('c1').run()).toEqual(['send c1', 'complete c1']);
    expect(world.shownHolds).toEqual([]);
    expect(await end('a1')).toEqual(['send a1', 'complete a1', 'send a2', 'complete a2']);
  });

  test('uploads two files at a time, and lets those of all chats take turns', async () => {
    world.addFile('a1', 3).addFile('b1', 3).addFile('c1', 1).addFile('a2', 1);
    expect(await world.run()).toEqual(['part 0 of a1', 'part 0 of b1']);
    expect(await end('a1')).toEqual(['part 0 of c1']);
    expect(await end('b1')).toEqual(['part 1 of a1']);
    expect(await end('c1')).toEqual(['send c1', 'complete c1', 'part 1 of b1']);
    expect(await end('b1')).toEqual(['part 2 of b1']);
    expect(await end('b1')).toEqual(['send b1', 'complete b1']);
    expect(await end('a1')).toEqual(['part 2 of a1']);
    expect(await end('a1')).toEqual(['send a1', 'complete a1', 'part 0 of a2']);
  });

  test('a file of many parts goes on although others keep coming', async () => {
    world.addFile('a1', 2).addFile('b1', 1).addFile('c1', 1);
    expect(await world.run()).toEqual(['part 0 of a1', 'part 0 of b1']);
    expect(await end('a1')).toEqual(['part 0 of c1']);
    expect(await world.addFile('d1', 1).addFile('e1', 1).run()).toEqual([]);
    expect(await end('b1')).toEqual(['send b1', 'complete b1', 'part 1 of a1']);
  });

  test('a file that waits for its turn says so once that lasts, and a message behind a running job of its chat', async () => {
    world.addFile('a1', 2).addFile('b1', 2).addFile('c1', 1).add('a2', 'c2');
    expect(await world.run()).toEqual(['part 0 of a1', 'part 0 of b1']);
    const shown = () => world.shownHolds.map(({ jobId, hold }) => [jobId, hold.reason]);
    await world.pass(900);
    expect(shown()).toEqual([]);
    await world.pass(600);
    expect(shown()).toEqual([
      ['c1', 'UPLOAD_TURN'],
      ['a2', 'CHAT_BUSY'],
      ['c2', 'UPLOAD_TURN'],
    ]);
    expect(await end('a1')).toEqual(['goes on c1', 'part 0 of c1']);
    await world.pass(2_000);
    expect(shown().slice(3)).toEqual([
      ['a2', 'UPLOAD_TURN'],
      ['c2', 'CHAT_BUSY'],
      ['a1', 'UPLOAD_TURN'],
    ]);
  });

  test('puts a file back after the part on its way if the account must wait, and goes on after that part', async () => {
    world.account.refuse('b1', { outcome: 'wait', scope: 'account', seconds: 5 }, 'FLOOD_WAIT');
    expect(await world.addFile('a1', 2).add('b1').run()).toEqual(['part 0 of a1', 'send b1', 'put back b1']);
    expect(await end('a1')).toEqual(['put back a1']);
    expect(world.waiting.map(({ text }) => text)).toEqual(['a1', 'b1']);
    expect(await world.pass(6_000)).toEqual(['part 1 of a1', 'send b1', 'complete b1']);
  });

  test('stop waits for the part on its way, stores it, and puts the file back', async () => {
    await world.addFile('a1', 2).run();
    const stopped = world.lane.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(world.log.at(-1)).toBe('part 0 of a1');
    endPart.get('a1')?.();
    await stopped;
    expect(world.log.at(-1)).toBe('put back a1');
    expect(world.waiting).toMatchObject([{ text: 'a1', files: [{ uploaded: 1 }] }]);
  });

  test('stop waits no longer for a part that stalls', async () => {
    await world.addFile('a1', 2).run();
    const stopped = world.lane.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    await stopped;
    expect(world.log.at(-1)).toBe('put back a1');
    expect(world.waiting.map(({ text, files }) => [text, files])).toEqual([['a1', undefined]]);
  });

  test('a file is cancelled once the part on its way has ended', async () => {
    await world.addFile('a1', 1).run();
    const outcome = world.lane.cancel('a1');
    expect(await end('a1')).toEqual(['fail CANCELLED a1']);
    expect(await outcome).toBe('cancelled');
  });

  test('an upload that fails holds its chat; other files go on', async () => {
    let isRefused = true;
    world.account.onPart = async (text) => {
      if (text === 'a1' && isRefused)
        world.account.fail({ outcome: 'retry', reached: true }, 'TELEGRAM_ERROR');
    };
    expect(await world.addFile('a1', 1).addFile('b1', 1).run()).toEqual([
      'part 0 of a1',
      'part 0 of b1',
      'send b1',
      'complete b1',
    ]);
    isRefused = false;
    expect(await world.pass(2_000)).toEqual(['goes on a1', 'part 0 of a1', 'send a1', 'complete a1']);
  });

  test('files wait for their own connection, and fail after the longest wait; messages go out meanwhile', async () => {
    const noConnection = { outcome: 'retry', reached: false, onlyTransfers: true } as const;
    world.account.onPart = async () => world.account.fail(noConnection, 'TELEGRAM_UNAVAILABLE');
    expect(await world.addFile('a1', 1).add('b1').run()).toEqual(['part 0 of a1', 'send b1', 'complete b1']);
    await world.pass(23 * HOUR);
    expect(world.log.filter((line) => line === 'part 0 of a1').length).toBeLessThan((24 * HOUR) / 10_000);
    expect(await world.add('c1').run()).toEqual(['send c1', 'complete c1']);
    await world.pass(2 * HOUR);
    expect(world.log.at(-1)).toBe('fail TELEGRAM_UNAVAILABLE a1');
  });
});
