import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Companions } from '../shown/shown-chat.ts';
import type { Arrival } from './arrivals.ts';
import type { Content } from './content.ts';

/**
 * What an `updateChannel` says about the account's own membership; `undefined`: nothing. Telegram names no more than
 * that: a channel is also `removed` if its creator has deleted it.
 */
export function ownMembership({ update, people }: Arrival): 'member' | 'left' | 'removed' | undefined {
  if (!(update instanceof Api.UpdateChannel)) return undefined;
  const { channelId } = update;
  for (const chat of people.chats) {
    if (!chat.id.equals(channelId)) continue;
    if (chat instanceof Api.ChannelForbidden) return 'removed';
    // One with less than the full data does not say it.
    if (chat instanceof Api.Channel && chat.min !== true) return chat.left === true ? 'left' : 'member';
  }
  return undefined;
}

/** The end of the account's own membership in a supergroup or channel: it cannot read the service message. */
export function ownMembershipEnd(arrival: Arrival, companions: Companions, ownId: string): Content[] {
  const change = ownMembership(arrival);
  if (!(arrival.update instanceof Api.UpdateChannel) || change === undefined || change === 'member')
    return [];
  const chat = companions.chat(new Api.PeerChannel({ channelId: arrival.update.channelId }));
  const user = companions.sender(new Api.PeerUser({ userId: bigInt(ownId) }));
  return [{ type: 'chat.member', at: null, chat, user, actor: change === 'left' ? user : null, change }];
}
