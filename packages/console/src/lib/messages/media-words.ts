import type { OutgoingMessage, TelegramMessage } from '@gateway/client';
import { text, type Text } from '@gateway/texts';

export type MediaType = NonNullable<OutgoingMessage['media']>[number]['type'];
type ShownType = NonNullable<TelegramMessage['media']>['type'];

export const MEDIA_WORDS: Record<ShownType, Text> = {
  photo: text('Photo'),
  video: text('Video'),
  animation: text('Animation'),
  audio: text('Audio'),
  voice: text('Voice message'),
  video_note: text('Video message'),
  document: text('File'),
  sticker: text('Sticker'),
  location: text('Location'),
  contact: text('Contact'),
  poll: text('Poll'),
  other: text('Attachment'),
};

/** The types that a file of this MIME type can be sent as, the usual one first. */
export function typesFor(mimeType: string): MediaType[] {
  const [kind] = mimeType.split('/');
  if (mimeType === 'image/gif') return ['animation', 'document'];
  if (kind === 'image') return ['photo', 'document', 'sticker'];
  if (kind === 'video') return ['video', 'document', 'animation', 'video_note'];
  if (kind === 'audio') return ['audio', 'voice', 'document'];
  return ['document'];
}
