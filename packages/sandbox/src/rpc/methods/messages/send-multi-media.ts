import type { Media } from '../../../state/media.ts';
import type { PeerId } from '../../../state/model.ts';
import type { TlObject } from '../../../types.ts';
import { letBotReply } from '../../chats/bots.ts';
import { rpcError } from '../../errors.ts';
import { longField, objectField, objectList, textField } from '../../fields.ts';
import { acceptMedia } from '../../media/accept-media.ts';
import { checkAlbum, checkAlbumLength, newGroupedId } from '../../media/albums.ts';
import { acceptCaption } from '../../messages/message-text.ts';
import { checkMaySend, sendOptions, sentEarlier } from '../../messages/sending.ts';
import { peerOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { postMessages } from '../../updates/post-message.ts';
import { sentMessages } from '../../updates/sent-messages.ts';

/** Sends an album: all of it or nothing. */
export function sendMultiMedia(request: UserRequest): TlObject {
  const { call, query, account, telegram } = request;
  const { store } = telegram;
  const to = peerOfInput(store, account, objectField(query, 'peer'));
  const items = objectList(query, 'multi_media');
  checkAlbumLength(items.length);
  const randomIds = items.map((item) => longField(item, 'random_id'));
  if (new Set(randomIds).size < randomIds.length) throw rpcError('RANDOM_ID_DUPLICATE');
  const earlier = sentEarlier(telegram, account, randomIds);
  if (earlier.length > 0) return sentMessages(telegram, account, to, earlier);
  checkMaySend(telegram, account, to, query);
  const options = sendOptions(store, account, to, query);
  const captions = items.map((item) =>
    acceptCaption(store, account, textField(item, 'message'), objectList(item, 'entities')),
  );
  const media = items.map((item) => storedMedia(request, to, objectField(item, 'media')));
  checkAlbum(store, media);
  const groupedId = newGroupedId();
  const messages = postMessages(
    telegram,
    media.map((each, index) => {
      const { text = '', entities = [] } = captions[index] ?? {};
      return {
        from: account.id,
        to,
        text,
        date: unixSeconds(telegram),
        randomId: String(randomIds[index]),
        media: each,
        ...(media.length > 1 && { groupedId }),
        ...(entities.length > 0 && { entities }),
        ...options,
      };
    }),
    call,
  );
  for (const first of messages.slice(0, 1)) letBotReply(telegram, first);
  return sentMessages(telegram, account, to, messages);
}

/** As at Telegram, an album takes only files that `messages.uploadMedia` has stored. */
function storedMedia(request: UserRequest, to: PeerId, input: TlObject): Media {
  if (input._ !== 'inputMediaPhoto' && input._ !== 'inputMediaDocument') throw rpcError('MEDIA_INVALID');
  return acceptMedia(request, to, input);
}
