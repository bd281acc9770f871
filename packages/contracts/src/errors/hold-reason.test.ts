import { expect, test } from 'vitest';
import { holdSchema } from '../account.ts';
import { holdReasonOf, isFloodReason, isPaceReason, isTurnReason } from './hold-reason.ts';

test.each([
  ['FLOOD_WAIT_30', 'FLOOD_WAIT'],
  ['FLOOD_PREMIUM_WAIT_5', 'FLOOD_PREMIUM_WAIT'],
  ['SLOWMODE_WAIT_10', 'SLOWMODE_WAIT'],
  ['SLOWMODE_WAIT', 'SLOWMODE_WAIT'],
  ['TELEGRAM_UNAVAILABLE', 'TELEGRAM_UNAVAILABLE'],
  ['PACE_STRANGERS', 'PACE_STRANGERS'],
  ['SEND_AT', 'SEND_AT'],
  ['UPLOAD_TURN', 'UPLOAD_TURN'],
  ['2FA_CONFIRM_WAIT_600', 'FLOOD_WAIT'],
  ['SOMETHING_NEW', 'FLOOD_WAIT'],
  ['toString', 'FLOOD_WAIT'],
  ['', 'FLOOD_WAIT'],
])('the reason of %j is %s', (name, reason) => {
  expect(holdReasonOf(name)).toBe(reason);
});

test('a stored hold with a reason of another version is read, with its time', () => {
  expect(holdSchema.parse({ reason: 'STORY_FLOOD_WAIT', until: 5 })).toEqual({
    reason: 'FLOOD_WAIT',
    until: 5,
  });
  expect(holdSchema.safeParse({ reason: 7, until: 5 }).success).toBe(false);
});

test('a job that waits for its turn waits for nothing that Telegram or the pace demands', () => {
  expect([isTurnReason('CHAT_BUSY'), isTurnReason('UPLOAD_TURN')]).toEqual([true, true]);
  expect([isTurnReason('FLOOD_WAIT'), isPaceReason('CHAT_BUSY')]).toEqual([false, false]);
});

test('an account shows a flood wait for Telegram’s waits alone', () => {
  expect(isFloodReason('FLOOD_PREMIUM_WAIT')).toBe(true);
  expect(isFloodReason('PEER_FLOOD')).toBe(false);
  expect(isFloodReason('SLOWMODE_WAIT')).toBe(false);
  expect([isPaceReason('PACE'), isPaceReason('PACE_STRANGERS'), isPaceReason('FLOOD_WAIT')]).toEqual([
    true,
    true,
    false,
  ]);
});
