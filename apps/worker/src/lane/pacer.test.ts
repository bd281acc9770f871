import { EMPTY_SEND_STATE, type PaceRules, type PaceState } from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';
import { describe, expect, test } from 'vitest';
import { paceWait, spendPace } from './pacer.ts';

const RULES: PaceRules = {
  burst: 5,
  per_minute: 60,
  chat_burst: 2,
  chat_interval: 3,
  group_interval: 10,
  strangers_per_day: 1,
};
const NOON = Date.parse('2024-01-15T12:00:00Z');

function chat(key: string, more: Partial<Chat> = {}): Chat {
  return { key, kind: 'user', known: true, stranger: false, ...more };
}

/** Sends as fast as the pace allows. @returns the times, in seconds after the first. */
function times(chats: readonly Chat[], from = NOON): number[] {
  let state: PaceState = EMPTY_SEND_STATE.pace;
  let now = from;
  return chats.map((to) => {
    now = paceWait(RULES, state, to, now)?.hold.until ?? now;
    state = spendPace(RULES, state, to, now);
    return (now - from) / 1_000;
  });
}

describe('the pace of an account', () => {
  test('allows a burst, then one message per interval over all chats', () => {
    const chats = Array.from({ length: 8 }, (_, index) => chat(`user:${index}`));
    expect(times(chats)).toEqual([0, 0, 0, 0, 0, 1, 2, 3]);
  });

  test('keeps an interval per chat, a longer one in groups', () => {
    const bob = chat('user:1');
    expect(times([bob, bob, bob, bob])).toEqual([0, 0, 3, 6]);
    const group = chat('chat:1', { kind: 'group' });
    expect(times([group, group, group])).toEqual([0, 0, 10]);
  });

  test('a held chat does not hold other chats', () => {
    const bob = chat('user:1');
    let state = spendPace(RULES, EMPTY_SEND_STATE.pace, bob, NOON);
    state = spendPace(RULES, state, bob, NOON);
    expect(paceWait(RULES, state, bob, NOON)).toMatchObject({ scope: 'chat', hold: { reason: 'PACE' } });
    expect(paceWait(RULES, state, chat('user:2'), NOON)).toBeNull();
  });

  test('strangers wait for the next day once the daily limit is used up; known users do not', () => {
    const stranger = chat('user:9', { stranger: true });
    const state = spendPace(RULES, EMPTY_SEND_STATE.pace, stranger, NOON);
    expect(paceWait(RULES, state, chat('user:8', { stranger: true }), NOON)).toEqual({
      scope: 'chat',
      hold: { reason: 'PACE_STRANGERS', until: Date.parse('2024-01-16T00:00:00Z') },
    });
    expect(paceWait(RULES, state, chat('user:1'), NOON)).toBeNull();
    expect(paceWait(RULES, state, stranger, NOON + 86_400_000)).toBeNull();
  });

  test('full buckets of chats are dropped', () => {
    const state = spendPace(RULES, EMPTY_SEND_STATE.pace, chat('user:1'), NOON);
    expect(Object.keys(spendPace(RULES, state, chat('user:2'), NOON + 60_000).chats)).toEqual(['user:2']);
  });
});
