import type { TlObject } from '../../../types.ts';
import { checkMayWrite } from '../../chats/chat-rights.ts';
import { objectField } from '../../fields.ts';
import { acceptMedia } from '../../media/accept-media.ts';
import { mediaObject } from '../../media/media-objects.ts';
import { peerOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

/** Stores a file for a later message to the chat. */
export function uploadMedia(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { store } = telegram;
  checkMayWrite(store, account, peerOfInput(store, account, objectField(query, 'peer')));
  return mediaObject(store, account.id, acceptMedia(request, objectField(query, 'media')));
}
