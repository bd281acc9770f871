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
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  checkMayWrite(store, account, to);
  return mediaObject(store, account.id, acceptMedia(request, to, objectField(query, 'media')));
}
