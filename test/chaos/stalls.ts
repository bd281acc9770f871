import { nameOf, type AcceptedMessage } from './judge.ts';
import type { Stalls } from './report.ts';

/**
 * How long messages took from acceptance to arrival.
 * @param arrivals arrival times by `chat#seq`, ms since the epoch.
 * @param floodedChats chats of accounts with a flood wait, whose messages may be late.
 */
export function stallsOf(
  accepted: readonly AcceptedMessage[],
  arrivals: ReadonlyMap<string, number>,
  floodedChats: ReadonlySet<string>,
): Stalls {
  const taken = accepted.flatMap((message) => {
    const at = arrivals.get(nameOf(message));
    // A caller that waits for the message id is answered after the message has arrived, hence the 0.
    const ms = Math.max(0, (at ?? 0) - message.acceptedAt);
    return at === undefined ? [] : [{ ms, isFlooded: floodedChats.has(message.chat) }];
  });
  const all = taken.map(({ ms }) => ms).sort((a, b) => a - b);
  const unflooded = taken.filter(({ isFlooded }) => !isFlooded).map(({ ms }) => ms);
  const quantile = (share: number) => all[Math.floor(all.length * share)] ?? 0;
  return {
    longest: all.at(-1) ?? 0,
    longestUnflooded: unflooded.reduce((longest, ms) => Math.max(longest, ms), 0),
    p50: quantile(0.5),
    p99: quantile(0.99),
  };
}
