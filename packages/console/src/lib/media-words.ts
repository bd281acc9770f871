import type { OutgoingMessage, TelegramMessage } from '@gateway/client';

export type MediaType = NonNullable<OutgoingMessage['media']>[number]['type'];
type ShownType = NonNullable<TelegramMessage['media']>['type'];

export const MEDIA_WORDS: Record<ShownType, string> = {
  photo: 'Photo',
  video: 'Video',
  animation: 'Animation',
  audio: 'Audio',
  voice: 'Voice message',
  video_note: 'Video message',
  document: 'File',
  sticker: 'Sticker',
  location: 'Location',
  contact: 'Contact',
  poll: 'Poll',
  other: 'Attachment',
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

const UNITS = ['B', 'KB', 'MB', 'GB'];

/** `12 B`, `1.5 MB`. */
export function bytes(size: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, size)) / Math.log(1024)));
  const value = size / 1024 ** unit;
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
