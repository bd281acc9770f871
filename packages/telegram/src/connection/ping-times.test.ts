import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextPingIn, Pings } from './ping-times.ts';

const INTERVAL = 60_000;
const STEP = 1_000;
const NOW = 1_705_320_000_123;

test.each([0, 1, 30, 59])('a ping comes within the interval, at its own moment (%d)', (moment) => {
  for (let passed = 0; passed < INTERVAL; passed += 77) {
    const delay = nextPingIn(INTERVAL, moment, NOW + passed);
    expect(delay).toBeGreaterThanOrEqual(STEP / 2);
    expect(delay).toBeLessThanOrEqual(INTERVAL + STEP / 2);
    expect((NOW + passed + delay) % INTERVAL).toBe(moment * STEP);
  }
});

test('a timer that was a little early has no second ping follow it', () => {
  const at = NOW + nextPingIn(INTERVAL, 30, NOW);
  expect(nextPingIn(INTERVAL, 30, at - 2)).toBe(INTERVAL + 2);
  expect(nextPingIn(INTERVAL, 30, at)).toBe(INTERVAL);
  expect(nextPingIn(INTERVAL, 30, at + 300)).toBe(INTERVAL - 300);
});

describe('the pings of a connection', () => {
  let pinged: number[];
  let pings: Pings[];
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    [pinged, pings] = [[], []];
  });
  afterEach(() => {
    for (const each of pings) each.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  function start(onPing = () => {}): void {
    pings.push(
      new Pings(INTERVAL, () => {
        pinged.push(Date.now());
        onPing();
      }),
    );
  }

  /** ms of the interval, of each ping. */
  const moments = () => new Set(pinged.map((at) => at % INTERVAL));

  test('come once an interval, at the same moment for ever', () => {
    start();
    vi.advanceTimersByTime(100 * INTERVAL);
    expect(pinged).toHaveLength(100);
    expect(moments().size).toBe(1);
  });

  test('come back to their moment where the process was late, or the clock was set', () => {
    start();
    vi.advanceTimersByTime(INTERVAL);
    const [moment = NaN] = moments();
    for (const late of [400, 17, 20_000, -3_600_000, 5 * INTERVAL]) {
      vi.setSystemTime(Date.now() + late);
      vi.advanceTimersByTime(2 * INTERVAL + STEP);
      pinged = [];
      vi.advanceTimersByTime(3 * INTERVAL);
      expect(pinged.map((at) => at % INTERVAL)).toEqual([moment, moment, moment]);
    }
  });

  test('of hundreds come at sixty moments at most, and still do an hour later', () => {
    for (let index = 0; index < 300; index += 1) {
      vi.setSystemTime(NOW + index * 7);
      start();
    }
    vi.advanceTimersByTime(INTERVAL + STEP);
    for (const time of [NOW + 7_000, NOW + 60 * INTERVAL]) {
      vi.setSystemTime(time);
      vi.advanceTimersByTime(2 * INTERVAL);
      pinged = [];
      vi.advanceTimersByTime(INTERVAL);
      expect(pinged).toHaveLength(300);
      expect(moments().size).toBeGreaterThan(30);
      for (const moment of moments()) expect(moment % STEP).toBe(0);
    }
  });

  test('end when they are stopped', () => {
    start();
    vi.advanceTimersByTime(2 * INTERVAL);
    pinged = [];
    for (const each of pings) each.stop();
    vi.advanceTimersByTime(2 * INTERVAL);
    expect(pinged).toEqual([]);
  });

  test('end when one of them has them stopped', () => {
    start(() => pings.forEach((each) => each.stop()));
    vi.advanceTimersByTime(5 * INTERVAL);
    expect(pinged).toHaveLength(1);
  });
});

test('pings keep no process alive', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const pings = new Pings(INTERVAL, () => {});
  expect(timers()).toBe(before);
  pings.stop();
});
