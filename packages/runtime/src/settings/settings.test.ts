import { describe, expect, test } from 'vitest';
import { parseSettings } from './settings.ts';

describe('the time limits of the assistant', () => {
  test('are a minute of silence and ten minutes in total, or as set', () => {
    expect(parseSettings({})).toMatchObject({ ASSISTANT_IDLE_TIMEOUT: 60_000, ASSISTANT_MAX_TIME: 600_000 });
    expect(parseSettings({ ASSISTANT_IDLE_TIMEOUT: '5m', ASSISTANT_MAX_TIME: '1h' })).toMatchObject({
      ASSISTANT_IDLE_TIMEOUT: 300_000,
      ASSISTANT_MAX_TIME: 3_600_000,
    });
  });

  test.each([
    ['0', 'must be at least 100ms'],
    ['2d', 'must be at most 1d'],
    ['soon', 'must be a duration'],
  ])('cannot be %s', (value, message) => {
    for (const name of ['ASSISTANT_IDLE_TIMEOUT', 'ASSISTANT_MAX_TIME'])
      expect(() => parseSettings({ [name]: value })).toThrow(`${name} ${message}`);
  });
});
