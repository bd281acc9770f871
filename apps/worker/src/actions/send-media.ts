import { filePartsOf, uploadOf, type ProgressOf } from '@gateway/actions';
import { FILE_PART_BYTES, readUploadId } from '@gateway/contracts';
import { arePartsMissing, TelegramFailure, type OutgoingMedia } from '@gateway/telegram';
import { fileIdOf } from './random-id.ts';
import type { ActionClient, StepOf } from './step.ts';

/** How often a file is uploaded again because Telegram has lost parts of it. */
const MAX_RESTARTS = 3;

type SendStep = StepOf<'send'>;
type Progress = ProgressOf<'send'>;

/** Waits a moment for the job's file to be fetched. */
export async function fetchFile({ jobId, job, progress, files }: SendStep): Promise<Progress> {
  const fetched = await files.fetch(jobId, job.media?.[0]?.url ?? '');
  return fetched === null ? progress : { ...progress, fetched };
}

/** Uploads the next part of the job's file to Telegram. */
export async function sendFilePart(client: ActionClient, step: SendStep): Promise<Progress> {
  const { job, index: part, progress, files } = step;
  const uploadId = uploadOf(job, progress) ?? '';
  const bytes = await files.read(uploadId, part * FILE_PART_BYTES, FILE_PART_BYTES);
  await client.run('file.part', { ...transferOf(step, uploadId), part, bytes });
  return { ...progress, uploaded: part + 1 };
}

/** The job's file as its message has it; `undefined` if it has none. */
export async function outgoingMedia(step: SendStep): Promise<OutgoingMedia | undefined> {
  const [media] = step.job.media ?? [];
  if (media === undefined) return undefined;
  const { uploadId: _id, url: _url, ...options } = media;
  const uploadId = uploadOf(step.job, step.progress) ?? '';
  const { fileName, mimeType } = await step.files.describe(uploadId);
  return {
    ...options,
    ...transferOf(step, uploadId),
    fileName: options.fileName ?? fileName ?? defaultName(mimeType),
    mimeType: options.mimeType ?? mimeType,
  };
}

/** The progress with which the file is uploaded again, if Telegram has lost parts of it; else `null`. */
export function uploadedAgain(error: unknown, progress: Progress): Progress | null {
  const { restarts = 0 } = progress;
  const isLost = error instanceof TelegramFailure && arePartsMissing(error.error.details.rpcError);
  return isLost && restarts < MAX_RESTARTS ? { ...progress, uploaded: 0, restarts: restarts + 1 } : null;
}

function transferOf({ jobId, job, progress }: SendStep, uploadId: string) {
  const { size } = readUploadId(uploadId);
  return { fileId: fileIdOf(jobId, progress.restarts ?? 0), size, parts: filePartsOf(job, progress) };
}

function defaultName(mimeType: string): string {
  return `file.${mimeType.split('/')[1]?.replace(/^x-|\W.*$/g, '') ?? 'bin'}`;
}
