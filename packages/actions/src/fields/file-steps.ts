import { FILE_PART_BYTES, readUploadId, type FileProgress } from '@gateway/contracts';

/*
 * The steps that bring the files of a job to Telegram: all are fetched, a few at a time. Then one after the other is
 * uploaded in parts and, for an album, stored by a call of its own. A file of another message is only found.
 */

/** Files of one job that are fetched at a time. */
const FETCHED_AT_ONCE = 3;

/** Where a file comes from. */
interface FileSource {
  uploadId?: string | undefined;
  url?: string | undefined;
  from?: MessageWithFile | undefined;
  thumbnailUploadId?: string | undefined;
}

/** A message that has a file. */
export interface MessageWithFile {
  /** The `recipient_id` of its chat. */
  recipient: string;
  messageId: number;
}

interface FilesJob {
  media?: readonly FileSource[] | undefined;
}

interface FilesProgress {
  files?: readonly FileProgress[] | undefined;
}

/** A file of a job at an address. */
export interface FileAtUrl {
  /** Its index among the job's files. */
  file: number;
  url: string;
}

/** The next step for the file with this index. `fetch`: any of these files. */
export type FileStep =
  | { do: 'find'; file: number; from: MessageWithFile }
  | { do: 'fetch'; from: readonly FileAtUrl[] }
  | { do: 'upload'; file: number; uploadId: string; part: number }
  | { do: 'store'; file: number; uploadId: string };

/** The next step for the job's files; `undefined` if all are at Telegram. */
export function nextFileStep({ media = [] }: FilesJob, { files = [] }: FilesProgress): FileStep | undefined {
  const missing = media.flatMap(({ url }, file) =>
    url === undefined || files[file]?.fetched !== undefined ? [] : [{ file, url }],
  );
  if (missing.length > 0) return { do: 'fetch', from: missing.slice(0, FETCHED_AT_ONCE) };
  for (const [file, source] of media.entries()) {
    const { uploaded = 0, stored, fetched } = files[file] ?? {};
    if (stored !== undefined) continue;
    if (source.from !== undefined) return { do: 'find', file, from: source.from };
    const uploadId = source.uploadId ?? fetched;
    if (uploadId === undefined) throw new TypeError('a file without a source');
    if (uploaded < partsOfUpload(uploadId)) return { do: 'upload', file, uploadId, part: uploaded };
    if (isAlbum(media)) return { do: 'store', file, uploadId };
  }
  return undefined;
}

/** The number of steps for the job's files, as far as it is known: a file that is not fetched counts as one. */
export function countFileSteps({ media = [] }: FilesJob, { files = [] }: FilesProgress): number {
  return media.reduce((sum, source, file) => {
    if (source.from !== undefined) return sum + 1;
    const uploadId = source.uploadId ?? files[file]?.fetched;
    const parts = uploadId === undefined ? 1 : partsOfUpload(uploadId);
    return sum + parts + (isAlbum(media) ? 1 : 0);
  }, 0);
}

export function fileStepsDone({ files = [] }: FilesProgress): number {
  return files.reduce((sum, { uploaded = 0, stored }) => sum + uploaded + (stored === undefined ? 0 : 1), 0);
}

/** The uploads that the job uses: files, those that were fetched included, and thumbnails. */
export function uploadsOfFiles({ media = [] }: FilesJob, { files = [] }: FilesProgress = {}): string[] {
  return media
    .flatMap(({ uploadId, thumbnailUploadId }, file) => [uploadId ?? files[file]?.fetched, thumbnailUploadId])
    .filter((id) => id !== undefined);
}

/** The chats of a job with files: its own, and those of messages whose files it sends. */
export function chatsOfFiles({
  recipient,
  media = [],
}: FilesJob & { recipient: string }): [string, ...string[]] {
  return [recipient, ...media.flatMap(({ from }) => (from === undefined ? [] : [from.recipient]))];
}

/** The number of parts in which the file is uploaded to Telegram. */
export function partsOfUpload(uploadId: string): number {
  return Math.ceil(readUploadId(uploadId).size / FILE_PART_BYTES);
}

function isAlbum(media: readonly FileSource[]): boolean {
  return media.length > 1;
}
