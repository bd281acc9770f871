export { type ActionDocs, type JobTools, type Repeat } from './action.ts';
export {
  actionTypeSchema,
  batchRequestSchema,
  MAX_BATCH,
  sendBatchRequestSchema,
  splitItem,
} from './batch.ts';
export {
  ACTION_NAMES,
  ACTIONS,
  actionOf,
  isActionName,
  pathOf,
  type ActionName,
  type AnyAction,
  type JobOf,
  type ProgressOf,
  type RequestOf,
  type ResultOf,
} from './catalogue.ts';
export { digestOf, isCurrentDigest } from './digest.ts';
export {
  nextFileStep,
  partsOfUpload,
  type FileAtUrl,
  type FileStep,
  type MessageWithFile,
} from './file-steps.ts';
export { jobEnvelopeSchema, type JobEnvelope } from './job-envelope.ts';
export { previewText } from './message-text.ts';
export { newJob, type JobData, type JobKey, type JobOrigin, type NewJob } from './new-job.ts';
export { readJob, type KnownJob, type ReadJob } from './read-job.ts';
export { formattedFields, isCaptionUncut, sendMessage } from './send-message.ts';
