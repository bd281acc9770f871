import { Api } from 'telegram/tl/index.js';
import { dialogPages } from '../peers/dialogs.ts';
import { Companions } from '../shown/shown-chat.ts';
import { joinedAt, type CatchUp, type CatchUpOptions } from './catch-up.ts';
import type { UpdateTracker } from './tracker.ts';

/**
 * Compares the account's chat list with the places of its channels, and fetches what is new there. One call shows a
 * hundred channels; their differences would cost one call each.
 * @throws {TelegramFailure}
 */
export async function compareChatList(
  { asker, recipients, people, state, wantsChat, knownUntil }: CatchUpOptions,
  tracker: UpdateTracker,
  catchUp: CatchUp,
): Promise<void> {
  const unseen = new Set(state.channels.map(([id]) => id));
  for await (const page of dialogPages(asker)) {
    recipients.rememberChats(page);
    people.remember(page);
    const companions = new Companions(page, people);
    for (const dialog of page.dialogs) {
      const { peer } = dialog;
      if (!(dialog instanceof Api.Dialog) || !(peer instanceof Api.PeerChannel)) continue;
      const id = peer.channelId.toString();
      unseen.delete(id);
      if (!wantsChat(companions.chat(peer))) {
        tracker.leaveOut(id);
        continue;
      }
      const place = state.channel(id);
      if (place !== undefined) {
        if ((dialog.pts ?? 0) > place.pts) await catchUp.channel(id);
        continue;
      }
      const chat = page.chats.find((each) => each.id.toString() === id);
      const since = state.isLeftOut(id) ? null : Math.max(knownUntil(), joinedAt(chat));
      await catchUp.follow(id, dialog, since);
    }
  }
  // Those that the account was removed from, and those of a list that is longer than the pages.
  for (const id of unseen) await catchUp.channel(id);
}
