import { Api } from 'telegram/tl/index.js';
import type { Companions } from '../shown/shown-chat.ts';
import type { Typing } from './content.ts';

/** Who is typing where; `undefined` for another update. What the account does in other apps is not told. */
export function typingOf(
  update: Api.TypeUpdate,
  companions: Companions,
  ownId: string,
): Typing[] | undefined {
  const place = placeOf(update);
  if (place === undefined) return undefined;
  const { peer, from, action } = place;
  const sender = companions.sender(from);
  if (sender.id === ownId) return [];
  return [{ type: 'chat.typing', chat: companions.chat(peer), sender, action: actionOf(action) }];
}

function placeOf(
  update: Api.TypeUpdate,
): { peer: Api.TypePeer; from: Api.TypePeer; action: Api.TypeSendMessageAction } | undefined {
  if (update instanceof Api.UpdateUserTyping) {
    const peer = new Api.PeerUser({ userId: update.userId });
    return { peer, from: peer, action: update.action };
  }
  if (update instanceof Api.UpdateChatUserTyping)
    return { peer: new Api.PeerChat({ chatId: update.chatId }), from: update.fromId, action: update.action };
  if (update instanceof Api.UpdateChannelUserTyping) {
    const { channelId, fromId: from, action } = update;
    return { peer: new Api.PeerChannel({ channelId }), from, action };
  }
  return undefined;
}

/** Names of Telegram's that differ from those of the Bot API. */
const RENAMED: Readonly<Record<string, string>> = {
  record_audio: 'record_voice',
  upload_audio: 'upload_voice',
  record_round: 'record_video_note',
  upload_round: 'upload_video_note',
  geo_location: 'find_location',
};

/** `SendMessageUploadPhotoAction` → `upload_photo`. */
function actionOf({ className }: Api.TypeSendMessageAction): string {
  const name = className
    .replace(/^SendMessage|Action$/g, '')
    .replace(/(?!^)[A-Z]/g, '_$&')
    .toLowerCase();
  return RENAMED[name] ?? name;
}
