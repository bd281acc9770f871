import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../../caller.ts';
import type { Recipients } from '../../peers/recipients.ts';

/** Files above this size are uploaded by another method. */
const LARGEST_SMALL_FILE = 10 * 1024 * 1024;

/** A file that is being uploaded to Telegram, in parts. */
export interface FileUpload {
  /** Telegram's name of the upload: signed 64-bit, the same for all parts and every attempt. */
  fileId: bigint;
  /** Bytes. */
  size: number;
  /** Number of parts. All but the last one have the same size. */
  parts: number;
}

export interface FilePart extends FileUpload {
  /** From 0. */
  part: number;
  bytes: Buffer;
}

/** Uploads one part of a file. A repeated part replaces the earlier one, so a lost answer is no harm. */
export async function uploadPart(caller: Caller, _recipients: Recipients, part: FilePart): Promise<void> {
  await caller.ask(savePart(part));
}

/** The call that uploads a part of a file. */
export function savePart({ fileId: id, size, part: filePart, parts, bytes }: FilePart) {
  const fileId = bigInt(id.toString());
  return isLarge(size)
    ? new Api.upload.SaveBigFilePart({ fileId, filePart, fileTotalParts: parts, bytes })
    : new Api.upload.SaveFilePart({ fileId, filePart, bytes });
}

/** The uploaded file, as a message names it. */
export function inputFile({ fileId, size, parts }: FileUpload, name: string): Api.TypeInputFile {
  const id = bigInt(fileId.toString());
  return isLarge(size)
    ? new Api.InputFileBig({ id, parts, name })
    : new Api.InputFile({ id, parts, name, md5Checksum: '' });
}

function isLarge(size: number): boolean {
  return size > LARGEST_SMALL_FILE;
}
