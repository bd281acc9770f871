import type { FileType } from '../../../state/media.ts';
import type { Message } from '../../../state/model.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { intField, objectField, textField } from '../../fields.ts';
import { fileTypeOf } from '../../media/media-type.ts';
import { historyAnswer } from '../../messages/history-page.ts';
import { boxOf, peerOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';

/** The files that a filter finds. */
const FILE_FILTERS: Readonly<Record<string, readonly FileType[]>> = {
  inputMessagesFilterPhotos: ['photo'],
  inputMessagesFilterVideo: ['video'],
  inputMessagesFilterPhotoVideo: ['photo', 'video'],
  inputMessagesFilterDocument: ['document'],
  inputMessagesFilterMusic: ['audio'],
  inputMessagesFilterVoice: ['voice'],
  inputMessagesFilterRoundVideo: ['video_note'],
  inputMessagesFilterRoundVoice: ['video_note', 'voice'],
  inputMessagesFilterGif: ['animation'],
};

/** Messages of a chat that contain a text, are pinned, have a file, or are in a topic. Other filters find nothing. */
export function search(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const peer = peerOfInput(telegram.store, account, objectField(query, 'peer'));
  const box = boxOf(peer, account.id);
  const text = textField(query, 'q').toLowerCase();
  const { top_msg_id: topicId } = query;
  const filter = objectField(query, 'filter')._;
  const [minDate, maxDate] = [intField(query, 'min_date'), intField(query, 'max_date')];
  return historyAnswer(request, peer, (message) => {
    const isKind =
      filter === 'inputMessagesFilterEmpty' ||
      (filter === 'inputMessagesFilterPinned' && message.pinnedIn?.includes(box) === true) ||
      hasFile(telegram.store, message, FILE_FILTERS[filter]);
    const isInTime = message.date > minDate && (maxDate === 0 || message.date < maxDate);
    const isInTopic = typeof topicId !== 'number' || message.topicId === topicId;
    return isKind && isInTime && isInTopic && contains(message, text);
  });
}

function hasFile(store: Store, { media }: Message, types: readonly FileType[] = []): boolean {
  const type = fileTypeOf(store, media);
  return type !== undefined && types.includes(type);
}

function contains({ action, text }: Message, wanted: string): boolean {
  return wanted === '' || (action === undefined && text.toLowerCase().includes(wanted));
}

/** The messages of a forum topic, or the replies to a message of a supergroup. */
export function getReplies(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const peer = peerOfInput(telegram.store, account, objectField(query, 'peer'));
  const id = intField(query, 'msg_id');
  return historyAnswer(request, peer, ({ topicId, replyTo }) => topicId === id || replyTo === id);
}
