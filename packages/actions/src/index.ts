export { type ActionDocs, type JobTools, type Repeat } from './action.ts';
export {
  batchItemSchema,
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
  partsOfJob,
  pathOf,
  type ActionName,
  type AnyAction,
  type JobOf,
  type ProgressOf,
  type RequestOf,
  type ResultOf,
} from './catalogue.ts';
export { digestOf, isCurrentDigest } from './jobs/digest.ts';
export {
  nextFileStep,
  partsOfUpload,
  type FileAtUrl,
  type FileStep,
  type MessageWithFile,
} from './fields/file-steps.ts';
export { COMMON_REQUESTS } from './fields/named-message.ts';
export { jobEnvelopeSchema, type JobEnvelope } from './jobs/job-envelope.ts';
export { previewText } from './fields/message-text.ts';
export { newJob, type JobData, type JobKey, type JobOrigin, type NewJob } from './jobs/new-job.ts';
export { readJob, type KnownJob, type ReadJob } from './jobs/read-job.ts';
export { formattedFields, isCaptionUncut, sendMessage } from './send-message.ts';
