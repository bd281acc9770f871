import { describe, expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

describe('TELEGRAM_DC', () => {
  // The file of keys does not exist here; its own part of the message says so.
  const refusal = (TELEGRAM_DC: string) => {
    try {
      parseSettings({ TELEGRAM_DC });
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  it.each(['2:127.0.0.1:4430', ' 1:dc.example:443 , 2:[::1]:443', '203:10.0.0.1:65535'])(
    'accepts %j',
    (value) => {
      expect(refusal(value)).toBe('Bad setting: TELEGRAM_DC_KEY is missing: TELEGRAM_DC needs it');
    },
  );

  it.each([
    ['127.0.0.1:4430', /must be id:host:port/],
    ['2:127.0.0.1', /must be id:host:port/],
    ['2:127.0.0.1:4430,', /must be id:host:port/],
    ['-2:127.0.0.1:4430', /must be id:host:port/],
    ['0:127.0.0.1:4430', /has an id that is not between 1 and 999/],
    ['1000:127.0.0.1:4430', /has an id that is not between 1 and 999/],
    ['99999999999:127.0.0.1:4430', /must be id:host:port/],
    ['2:127.0.0.1:0', /has a port that is not between 1 and 65535/],
    ['2:127.0.0.1:65536', /has a port that is not between 1 and 65535/],
    ['2:127.0.0.1:4430,2:127.0.0.1:4431', /has data centre 2 twice/],
  ])('refuses %j', (value, message) => {
    expect(refusal(value)).toMatch(/^Bad setting: TELEGRAM_DC [^\n]+$/);
    expect(refusal(value)).toMatch(message);
  });
});
