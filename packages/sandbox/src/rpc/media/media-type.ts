import type { FileType, Media } from '../../state/media.ts';
import type { Store } from '../../state/store.ts';

/** The type of a message's file; undefined for other media. */
export function fileTypeOf({ state }: Store, media: Media | undefined): FileType | undefined {
  return media?.kind === 'file' ? state.files.get(media.fileId)?.type : undefined;
}
