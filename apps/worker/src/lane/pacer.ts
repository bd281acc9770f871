import {
  accountIntervalMs,
  nextUtcDay,
  strangersLeft,
  tokensAt,
  utcDay,
  type Hold,
  type PaceRules,
  type PaceState,
} from '@gateway/contracts';
import type { Chat } from '@gateway/telegram';

/** The scope that the pace holds (the whole account, or one chat) and the end of the hold. */
export interface PaceWait {
  scope: 'account' | 'chat';
  hold: Hold;
}

/** The hold that the account's pace puts on a message to the chat; `null` if it may be sent now. */
export function paceWait(rules: PaceRules, state: PaceState, chat: Chat, now: number): PaceWait | null {
  if (chat.stranger && strangersLeft(rules, state, now) === 0)
    return { scope: 'chat', hold: { reason: 'PACE_STRANGERS', until: nextUtcDay(now) } };
  const interval = accountIntervalMs(rules);
  const untilAccount = nextTokenAt(tokensAt(state.account, rules.burst, interval, now), interval, now);
  if (untilAccount > now) return { scope: 'account', hold: { reason: 'PACE', until: untilAccount } };
  const chatInterval = chatIntervalMs(rules, chat);
  const tokens = tokensAt(state.chats[chat.key], rules.chat_burst, chatInterval, now);
  const untilChat = nextTokenAt(tokens, chatInterval, now);
  return untilChat > now ? { scope: 'chat', hold: { reason: 'PACE', until: untilChat } } : null;
}

/** The pace state after a message to the chat was sent, or may have been. */
export function spendPace(rules: PaceRules, state: PaceState, chat: Chat, now: number): PaceState {
  const interval = accountIntervalMs(rules);
  const chatInterval = chatIntervalMs(rules, chat);
  const take = (tokens: number) => ({ tokens: tokens - 1, at: now });
  const day = utcDay(now);
  const usedToday = state.strangers.day === day ? state.strangers.used : 0;
  return {
    account: take(tokensAt(state.account, rules.burst, interval, now)),
    chats: {
      ...withoutFull(rules, state.chats, now),
      [chat.key]: take(tokensAt(state.chats[chat.key], rules.chat_burst, chatInterval, now)),
    },
    strangers: { day, used: usedToday + (chat.stranger && chat.kind === 'user' ? 1 : 0) },
  };
}

/**
 * Drops full buckets, which carry no information. Uses the longest interval, since a key does not show whether the chat
 * is a group or a user.
 */
function withoutFull(rules: PaceRules, chats: PaceState['chats'], now: number): PaceState['chats'] {
  const interval = Math.max(rules.chat_interval, rules.group_interval) * 1_000;
  const isFull = (tokens: number) => tokens >= rules.chat_burst;
  return Object.fromEntries(
    Object.entries(chats).filter(([, bucket]) => !isFull(tokensAt(bucket, rules.chat_burst, interval, now))),
  );
}

function chatIntervalMs(rules: PaceRules, chat: Chat): number {
  return (chat.kind === 'group' ? rules.group_interval : rules.chat_interval) * 1_000;
}

function nextTokenAt(tokens: number, intervalMs: number, now: number): number {
  return tokens >= 1 ? now : Math.ceil(now + (1 - tokens) * intervalMs);
}
