import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { OutgoingMessage } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../failure.ts';

const TYPES = ['photo', 'video', 'animation', 'audio', 'voice', 'video_note', 'document', 'sticker'] as const;
type MediaType = (typeof TYPES)[number];

/** What a file is sent as by default, by its MIME type. Other files are documents. */
const BY_MIME_TYPE: Readonly<Record<string, MediaType>> = {
  'image/jpeg': 'photo',
  'image/png': 'photo',
  'image/webp': 'photo',
  'image/gif': 'animation',
  'video/mp4': 'video',
  'audio/mpeg': 'audio',
  'audio/mp4': 'audio',
};

/**
 * Uploads the files of a send, one after the other.
 * @param as what to send them as, from the command line.
 * @throws {UsageError} if a file cannot be read, or if there is no such type.
 */
export async function uploadMedia(
  context: CommandContext,
  userId: string,
  paths: readonly string[],
  as: string | undefined,
): Promise<OutgoingMessage['media']> {
  const type = TYPES.find((name) => name === as);
  if (as !== undefined && type === undefined) throw new UsageError(`--as must be one of ${TYPES.join(', ')}`);
  for (const path of paths)
    await access(path).catch((error: unknown) => {
      throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
    });
  const media = [];
  for (const path of paths) media.push(await uploadFile(context, userId, path, type));
  return media;
}

async function uploadFile(
  { client, io }: CommandContext,
  userId: string,
  path: string,
  type: MediaType | undefined,
) {
  const file = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  const { upload_id, mime_type } = await client.upload(userId, file, {
    fileName: basename(path),
    signal: io.signal,
  });
  return { type: type ?? BY_MIME_TYPE[mime_type] ?? 'document', upload_id };
}
