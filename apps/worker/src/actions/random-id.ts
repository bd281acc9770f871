import { createHash } from 'node:crypto';

/**
 * The random id by which Telegram recognises a repeated message. It is the same for every attempt of a job, on any
 * worker, after any crash. Signed 64-bit, never 0.
 * @param part which of the job's messages, from 0: an item of an album, or a part of the text.
 */
export function randomIdOf(jobId: string, part = 0): bigint {
  return idOf(`${jobId}:${part}`);
}

/**
 * The id under which one of a job's files is uploaded to Telegram, the same on any worker.
 * @param restarts how often the upload was begun again: each time is another upload.
 */
export function fileIdOf(jobId: string, file: number, restarts: number): bigint {
  return idOf(`${jobId}:file:${file}:${restarts}`);
}

/** As {@link fileIdOf}, for the thumbnail of a file. */
export function thumbnailIdOf(jobId: string, file: number): bigint {
  return idOf(`${jobId}:thumbnail:${file}`);
}

function idOf(name: string): bigint {
  const id = createHash('sha256').update(name).digest().readBigInt64BE(0);
  return id === 0n ? 1n : id;
}
