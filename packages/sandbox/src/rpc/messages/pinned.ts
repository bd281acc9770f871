import type { PeerId } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';

/** The pinned messages of a chat, newest first, by their ids in the box. */
export function pinnedIds({ state }: Store, box: PeerId, peer: PeerId): number[] {
  const mailbox = state.boxes.get(box);
  const ids = mailbox?.chats.get(peer) ?? [];
  return ids.filter((id) => mailbox?.messages[id - 1]?.pinnedIn?.includes(box)).reverse();
}
