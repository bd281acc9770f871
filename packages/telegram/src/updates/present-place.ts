import type { ShownChat } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { dialogPages } from '../peers/dialogs.ts';
import type { Recipients } from '../peers/recipients.ts';
import { Companions } from '../shown/shown-chat.ts';
import { UpdateState } from './update-state.ts';

/**
 * Telegram's present place in the account's updates and in those of its channels.
 * @param stored the place that is known already: only channels that it does not follow, or that are not wanted, change.
 * @throws {TelegramFailure}
 */
export async function presentPlace(
  asker: Asker,
  recipients: Recipients,
  wantsChat: (chat: ShownChat) => boolean,
  stored: Readonly<Record<string, string>> | null = null,
): Promise<UpdateState> {
  const state =
    stored === null ? UpdateState.of(await asker.ask(new Api.updates.GetState())) : UpdateState.read(stored);
  for await (const page of dialogPages(asker)) {
    recipients.rememberChats(page);
    const companions = new Companions(page);
    for (const dialog of page.dialogs) {
      const { peer } = dialog;
      if (!(dialog instanceof Api.Dialog) || !(peer instanceof Api.PeerChannel)) continue;
      const id = peer.channelId.toString();
      if (!wantsChat(companions.chat(peer))) state.leaveOut(id);
      else if (state.channel(id) === undefined)
        state.setChannel(id, { pts: dialog.pts ?? 0, lastId: dialog.topMessage });
    }
  }
  return state;
}
