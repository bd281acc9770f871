import { partsOfUpload, type FileAtUrl, type FileStep } from '@gateway/actions';
import { FILE_PART_BYTES, readUploadId, type FileProgress, type MediaType } from '@gateway/contracts';
import { arePartsMissing, TelegramFailure, type OutgoingMedia } from '@gateway/telegram';
import { recipientOf } from '../accounts/recipients.ts';
import { fileIdOf, thumbnailIdOf } from './random-id.ts';
import type { ActionClient, Step } from './step.ts';

/** How often a file is uploaded again because Telegram has lost parts of it. */
const MAX_RESTARTS = 3;

/** A file as a job has it. */
interface JobFile {
  type: MediaType;
  uploadId?: string | undefined;
  fileName?: string | undefined;
  mimeType?: string | undefined;
  spoiler?: boolean | undefined;
  duration?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  title?: string | undefined;
  performer?: string | undefined;
  thumbnailUploadId?: string | undefined;
}

/** A step of a job that has files. */
interface FilesStep extends Pick<Step, 'jobId' | 'files' | 'askedAt'> {
  job: { recipient: string; media?: readonly JobFile[] | undefined };
  progress: { files?: readonly FileProgress[] | undefined };
}

/** What a step for a file did: the progress of all files. `asked`: whether it called Telegram. */
interface FileStepEnd {
  files: FileProgress[];
  asked?: false;
}

/**
 * Makes one step for a file of the job.
 * @param as the type by which the file is stored, if not its own.
 * @returns what it did. `later`: it brings bytes of the file here or to Telegram, beside the account's turn.
 */
export async function runFileStep(
  client: ActionClient,
  step: FilesStep,
  next: FileStep,
  as?: MediaType,
): Promise<FileStepEnd | { later: Promise<FileStepEnd> }> {
  switch (next.do) {
    case 'fetch':
      return { later: fetchFiles(step, next.from) };
    case 'upload':
      return { later: uploadNextPart(client, step, next) };
    case 'find': {
      const { recipient, messageId } = next.from;
      const message = { recipient: recipientOf(recipient), messageId, askedAt: step.askedAt };
      return { files: changed(step, next.file, { stored: await client.run('file.find', message) }) };
    }
    case 'store':
      return storeFile(client, step, next, as);
  }
}

/**
 * What the step of an action did, of which a step for a file is all.
 * @param progressWith the job's progress with that of its files.
 */
export function endOfFileStep<P>(
  outcome: FileStepEnd | { later: Promise<FileStepEnd> },
  progressWith: (files: FileProgress[]) => P,
): { progress: P; asked?: false } | { later: Promise<{ progress: P; asked?: false }> } {
  const endOf = ({ files, ...end }: FileStepEnd) => ({ progress: progressWith(files), ...end });
  if (!('later' in outcome)) return endOf(outcome);
  const later = outcome.later.then(endOf);
  later.catch(() => {}); // Awaited once the turn is over.
  return { later };
}

async function fetchFiles(step: FilesStep, from: readonly FileAtUrl[]): Promise<FileStepEnd> {
  const progress = [...filesOf(step)];
  for (const { file, uploadId } of await step.files.fetch(step.jobId, from))
    progress[file] = { ...progress[file], fetched: uploadId };
  return { files: Array.from(progress, (each) => each ?? {}), asked: false };
}

async function uploadNextPart(
  client: ActionClient,
  step: FilesStep,
  { file, uploadId, part }: Extract<FileStep, { do: 'upload' }>,
): Promise<FileStepEnd> {
  const bytes = await step.files.read(uploadId, part * FILE_PART_BYTES, FILE_PART_BYTES);
  const transfer = transferOf(step, file, uploadId);
  // A voice note is decoded here, beside the account's turn.
  const isVoice = fileOf(step, file).type === 'voice' && part + 1 === transfer.parts;
  const [waveform] = await Promise.all([
    isVoice ? step.files.waveform(uploadId) : undefined,
    client.uploadPart({ ...transfer, part, bytes }),
  ]);
  const found = waveform !== undefined && { waveform: waveform.toString('base64') };
  return { files: changed(step, file, { uploaded: part + 1, ...found }) };
}

/** Lets Telegram store an uploaded file, for an album. */
async function storeFile(
  client: ActionClient,
  step: FilesStep,
  { file, uploadId }: Extract<FileStep, { do: 'store' }>,
  as: MediaType | undefined,
): Promise<FileStepEnd> {
  try {
    const media = await uploadedMedia(client, step, file, uploadId);
    const stored = await client.run('file.store', {
      recipient: recipientOf(step.job.recipient),
      askedAt: step.askedAt,
      media: as === undefined ? media : { ...media, type: as },
    });
    return { files: changed(step, file, { stored }) };
  } catch (error) {
    const again = uploadedAgain(error, step, file);
    if (again === null) throw error;
    return { files: again };
  }
}

/** A file of the job, which is at Telegram, as a message has it. */
export async function outgoingMedia(
  client: ActionClient,
  step: FilesStep,
  file: number,
): Promise<OutgoingMedia> {
  const { stored, fetched } = filesOf(step)[file] ?? {};
  const { uploadId, spoiler } = fileOf(step, file);
  return stored === undefined
    ? uploadedMedia(client, step, file, uploadId ?? fetched ?? '')
    : { stored, spoiler };
}

async function uploadedMedia(client: ActionClient, step: FilesStep, file: number, uploadId: string) {
  const options = fileOf(step, file);
  const record = await step.files.describe(uploadId);
  const mimeType = options.mimeType ?? record.mimeType;
  const found = await step.files.probe(uploadId, options.type, mimeType);
  return {
    ...found,
    ...options,
    ...transferOf(step, file, uploadId),
    fileName: options.fileName ?? record.fileName ?? defaultName(mimeType),
    mimeType,
    waveform: filesOf(step)[file]?.waveform,
    thumbnail: await uploadThumbnail(client, step, file),
  };
}

/** Uploads the file's thumbnail, if it has one: a single part, again for every try. */
async function uploadThumbnail(client: ActionClient, step: FilesStep, file: number) {
  const { thumbnailUploadId: uploadId } = fileOf(step, file);
  if (uploadId === undefined) return undefined;
  const { size } = readUploadId(uploadId);
  const thumbnail = { fileId: thumbnailIdOf(step.jobId, file), size, parts: 1 };
  const bytes = await step.files.read(uploadId, 0, size);
  await client.run('file.part', { ...thumbnail, part: 0, bytes });
  return thumbnail;
}

/**
 * The progress with which files are uploaded again, if Telegram has lost them; else `null`.
 * @param only the index of the file that Telegram has lost; by default all.
 */
export function uploadedAgain(error: unknown, step: FilesStep, only?: number): FileProgress[] | null {
  const isLost = error instanceof TelegramFailure && arePartsMissing(error.error.details.rpcError);
  const isAffected = (file: number) => only === undefined || file === only;
  const restarts = filesOf(step)
    .filter((_, file) => isAffected(file))
    .map((each) => each.restarts ?? 0);
  if (!isLost || Math.max(...restarts) >= MAX_RESTARTS) return null;
  return filesOf(step).map((each, file) =>
    isAffected(file) ? { ...each, uploaded: 0, stored: undefined, restarts: (each.restarts ?? 0) + 1 } : each,
  );
}

function filesOf({ progress }: FilesStep): readonly FileProgress[] {
  return progress.files ?? [];
}

function fileOf({ job }: FilesStep, file: number): JobFile {
  return job.media?.[file] ?? { type: 'document' };
}

function changed(step: FilesStep, file: number, change: FileProgress): FileProgress[] {
  const files = [...filesOf(step)];
  files[file] = { ...files[file], ...change };
  return files;
}

function transferOf(step: FilesStep, file: number, uploadId: string) {
  const restarts = filesOf(step)[file]?.restarts ?? 0;
  return {
    fileId: fileIdOf(step.jobId, file, restarts),
    size: readUploadId(uploadId).size,
    parts: partsOfUpload(uploadId),
  };
}

function defaultName(mimeType: string): string {
  return `file.${mimeType.split('/')[1]?.replace(/^x-|\W.*$/g, '') ?? 'bin'}`;
}
