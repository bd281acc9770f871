import { expect, test } from 'vitest';
import { atTurnsEnd } from './turns-end.ts';

test('what is asked for at the end of a turn is done after the rest of it, in order, and so is what is asked for by then', async () => {
  const done: string[] = [];
  const all = new Promise<void>((resolve) => {
    atTurnsEnd(() => {
      done.push('first');
      atTurnsEnd(() => {
        done.push('asked for by the first');
        resolve();
      });
    });
    atTurnsEnd(() => done.push('second'));
  });
  done.push('the turn itself');
  await Promise.resolve().then(() => done.push('its promises'));
  await all;
  atTurnsEnd(() => done.push('of another turn'));
  await new Promise(setImmediate);
  expect(done).toEqual([
    'the turn itself',
    'its promises',
    'first',
    'second',
    'asked for by the first',
    'of another turn',
  ]);
});
